using EdgeAI.Graph;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>One node at a time: operands and attributes by text, the types of its results by text.</summary>
public sealed class OperatorInferenceTests
{
    // ---- convolutions and pools
    [TestCase("Conv", 11, "f32[1,3,224,224]; f32[8,3,3,3]; f32[8]", "strides=[2,2] pads=[1,1,1,1]", "Float32[1,8,112,112]")]
    [TestCase("Conv", 11, "f32[N,8,10,10]; f32[8,1,3,3]", "group=8 dilations=[2,2]", "Float32[N,8,6,6]")]
    [TestCase("Conv", 11, "f32[1,1,5,5]; f32[1,1,2,2]", "auto_pad=SAME_UPPER strides=[2,2]", "Float32[1,1,3,3]")]
    [TestCase("Conv", 11, "f32[1,1,H,W]; f32[1,1,3,3]", "auto_pad=SAME_LOWER", "Float32[1,1,H,W]")]
    [TestCase("Conv", 11, "f32[1,1,H,7]; f32[1,1,3,3]", "auto_pad=VALID", "Float32[1,1,H - 2,5]")]
    [TestCase("Conv", 11, "f32[1,3,20]; f32[4,3,5]", "", "Float32[1,4,16]")]
    [TestCase("Conv", 11, "f32[1,3,8,8,8]; f32[4,3,3,3,3]", "pads=[1,1,1,1,1,1]", "Float32[1,4,8,8,8]")]
    [TestCase("Conv", 11, "f32?; f32[4,3,3,3]", "", "Float32[?,4,?,?]")]
    [TestCase("Conv", 11, "f32[1,3,8,8]; f32?", "kernel_shape=[3,3]", "Float32[1,?,6,6]")]
    [TestCase("ConvTranspose", 11, "f32[1,3,5,5]; f32[3,2,3,3]", "strides=[2,2] pads=[1,1,1,1] output_padding=[1,1]", "Float32[1,2,10,10]")]
    [TestCase("ConvTranspose", 11, "f32[1,4,5,5]; f32[4,2,3,3]", "group=2 output_shape=[11,12]", "Float32[1,4,11,12]")]
    [TestCase("ConvTranspose", 11, "f32[1,3,5,5]; f32[3,2,3,3]", "auto_pad=SAME_UPPER strides=[2,2]", "Float32[1,2,10,10]")]
    [TestCase("ConvInteger", 10, "u8[1,1,3,3]; i8[1,1,2,2]; u8=1!", "pads=[1,1,1,1]", "Int32[1,1,4,4]")]
    [TestCase("QLinearConv", 10, "u8[1,1,7,7]; f32=1!; u8=0!; i8[2,1,1,1]; f32=1,1; i8=0,0; f32=1!; i8=3!", "", "Int8[1,2,7,7]")]
    [TestCase("MaxPool", 12, "f32[1,3,32,32]", "kernel_shape=[3,3] strides=[2,2] ceil_mode=1", "Float32[1,3,16,16]")]
    [TestCase("MaxPool", 12, "f32[1,3,32,32]", "kernel_shape=[3,3] strides=[2,2]", "Float32[1,3,15,15]")]
    [TestCase("AveragePool", 19, "f32[1,1,4,4]", "kernel_shape=[1,1] strides=[3,3] ceil_mode=1", "Float32[1,1,2,2]")]
    [TestCase("AveragePool", 11, "f32[1,1,2,2]", "kernel_shape=[3,3]", "Float32[1,1,0,0]")]
    [TestCase("MaxPool", 12, "f32[1,1,4,4]", "kernel_shape=[2,2] strides=[4,4] pads=[0,0,1,1] ceil_mode=1", "Float32[1,1,1,1]")]
    [TestCase("GlobalAveragePool", 7, "f32[N,8,7,7]", "", "Float32[N,8,1,1]")]
    // ---- products
    [TestCase("MatMul", 13, "f32[2,3,4]; f32[4,5]", "", "Float32[2,3,5]")]
    [TestCase("MatMul", 13, "f32[4]; f32[7,4,5]", "", "Float32[7,5]")]
    [TestCase("MatMul", 13, "f32[3,4]; f32[4]", "", "Float32[3]")]
    [TestCase("MatMul", 13, "f32[4]; f32[4]", "", "Float32[]")]
    [TestCase("MatMul", 13, "f32[B,1,S,8]; f32[6,8,S]", "", "Float32[B,6,S,S]")]
    [TestCase("Gemm", 13, "f32[8,N]; f32[5,8]; f32[5]", "transA=1 transB=1", "Float32[N,5]")]
    [TestCase("Gemm", 11, "f32[1,8]; f32[8,5]", "", "Float32[1,5]")]
    [TestCase("MatMulInteger", 10, "u8[2,4]; i8[4,3]", "", "Int32[2,3]")]
    [TestCase("Einsum", 12, "f32[B,3,4]; f32[B,4,5]", "equation=bij,bjk->bik", "Float32[B,3,5]")]
    [TestCase("Einsum", 12, "f32[2,3,4]", "equation=...ij", "Float32[2,3,4]")]
    // ---- broadcasting
    [TestCase("Add", 13, "f32[2,1,4]; f32[3,1]", "", "Float32[2,3,4]")]
    [TestCase("Add", 13, "f32[N,3]; f32[1,3]", "", "Float32[N,3]")]
    [TestCase("Add", 13, "f32[N,3]; f32[M,3]", "", "Float32[?,3]")]
    [TestCase("Add", 13, "f32[N,3]; f32[5,3]", "", "Float32[5,3]")]
    [TestCase("Add", 13, "f32?; f32[5,3]", "", "Float32?")]
    [TestCase("Equal", 13, "i64[2,1]; i64[3]", "", "Boolean[2,3]")]
    [TestCase("Where", 9, "bool[3,1]; f32[1,4]; f32[]", "", "Float32[3,4]")]
    [TestCase("Max", 13, "f32[3,1]; f32[1]; f32[2,1,5]", "", "Float32[2,3,5]")]
    [TestCase("PRelu", 9, "f32[1,8,4,4]; f32[8,1,1]", "", "Float32[1,8,4,4]")]
    [TestCase("Clip", 11, "f32[2]; _; f32=6!", "", "Float32[2]")]
    // ---- reductions: axes by attribute, by operand, negative, none
    [TestCase("ReduceMean", 11, "f32[2,3,4]", "axes=[-1]", "Float32[2,3,1]")]
    [TestCase("ReduceMean", 18, "f32[2,3,4]; i64=0,-1", "keepdims=0", "Float32[3]")]
    [TestCase("ReduceMean", 18, "f32[2,3,4]", "noop_with_empty_axes=1", "Float32[2,3,4]")]
    [TestCase("ReduceMean", 18, "f32[2,3,4]; i64[1]", "", "Float32[?,?,?]")]
    [TestCase("ReduceSum", 13, "f32[2,3,4]", "keepdims=0", "Float32[]")]
    [TestCase("ArgMax", 13, "f32[2,3,4]", "axis=-2 keepdims=0", "Int64[2,4]")]
    // ---- moving elements
    [TestCase("Reshape", 13, "f32[2,3,4]; i64=0,-1", "", "Float32[2,12]")]
    [TestCase("Reshape", 13, "f32[N,3,4]; i64=0,-1", "", "Float32[N,12]")]
    [TestCase("Reshape", 13, "f32[N,3,4]; i64=-1,12", "", "Float32[N,12]")]
    [TestCase("Reshape", 13, "f32[N,3,4]; i64=-1,6", "", "Float32[2*N,6]")]
    [TestCase("Reshape", 14, "f32[0,3]; i64=0,3", "allowzero=1", "Float32[0,3]")]
    [TestCase("Reshape", 13, "f32[2,3]; i64[4]", "", "Float32[?,?,?,?]")]
    [TestCase("Flatten", 13, "f32[N,3,4]", "", "Float32[N,12]")]
    [TestCase("Flatten", 13, "f32[2,3,4]", "axis=-1", "Float32[6,4]")]
    [TestCase("Flatten", 13, "f32[2,3]", "axis=0", "Float32[1,6]")]
    [TestCase("Transpose", 13, "f32[2,N,4]", "", "Float32[4,N,2]")]
    [TestCase("Transpose", 13, "f32?", "perm=[2,0,1]", "Float32[?,?,?]")]
    [TestCase("Squeeze", 11, "f32[1,3,1]", "axes=[-1]", "Float32[1,3]")]
    [TestCase("Squeeze", 13, "f32[1,3,1]; i64=0", "", "Float32[3,1]")]
    [TestCase("Squeeze", 13, "f32[1,3,1]", "", "Float32[3]")]
    [TestCase("Unsqueeze", 11, "f32[3]", "axes=[0,-1]", "Float32[1,3,1]")]
    [TestCase("Unsqueeze", 13, "f32[3]; i64=1,0", "", "Float32[1,1,3]")]
    [TestCase("Concat", 13, "f32[2,3]; f32[2,N]", "axis=-1", "Float32[2,N + 3]")]
    [TestCase("Concat", 13, "f32[N,3]; f32[2,5]", "axis=1", "Float32[2,8]")]
    [TestCase("Gather", 13, "f32[5,7,9]; i64[2,3]", "axis=1", "Float32[5,2,3,9]")]
    [TestCase("Gather", 13, "f32[5,7]; i64=0!", "axis=-1", "Float32[5]")]
    [TestCase("Slice", 9, "f32[10,8]", "starts=[1,-3] ends=[5,100] axes=[0,1]", "Float32[4,3]")]
    [TestCase("Slice", 10, "f32[10,8]; i64=9; i64=-100; i64=0; i64=-2", "", "Float32[5,8]")]
    [TestCase("Slice", 10, "f32[N,8]; i64=0; i64=9223372036854775807; i64=0", "", "Float32[N,8]")]
    [TestCase("Slice", 10, "f32[N,8]; i64=-1; i64=-9223372036854775807; i64=0; i64=-1", "", "Float32[N,8]")]
    [TestCase("Slice", 10, "f32[3,8]; i64=2; i64=1; i64=0", "", "Float32[0,8]")]
    [TestCase("Slice", 10, "f32[3,8]; i64[2]; i64[2]", "", "Float32[?,?]")]
    [TestCase("Expand", 13, "f32[3,1]; i64=2,1,6", "", "Float32[2,3,6]")]
    [TestCase("Tile", 13, "f32[2,N]; i64=3,1", "", "Float32[6,N]")]
    [TestCase("Pad", 7, "f32[1,3,4,4]", "pads=[0,0,1,1,0,0,2,2]", "Float32[1,3,7,7]")]
    [TestCase("Pad", 11, "f32[N,3]; i64=0,1,0,1", "", "Float32[N,5]")]
    [TestCase("Pad", 18, "f32[4,3]; i64=1,1; _; i64=-1", "", "Float32[4,5]")]
    [TestCase("Resize", 10, "f32[1,3,4,5]; f32=1,1,2,2.5", "", "Float32[1,3,8,12]")]
    [TestCase("Resize", 13, "f32[N,3,4,5]; _; f32=1,1,2,2", "", "Float32[N,3,8,10]")]
    [TestCase("Resize", 13, "f32[N,3,4,5]; _; _; i64=1,3,9,9", "", "Float32[1,3,9,9]")]
    [TestCase("Resize", 18, "f32[1,3,4,8]; _; _; i64=16,16", "axes=[2,3] keep_aspect_ratio_policy=not_larger", "Float32[1,3,8,16]")]
    [TestCase("Upsample", 7, "f32[1,3,4,5]", "scales=[1.0,1.0,2.0,2.0]", "Float32[1,3,8,10]")]
    [TestCase("DepthToSpace", 13, "f32[1,8,4,5]", "blocksize=2", "Float32[1,2,8,10]")]
    [TestCase("SpaceToDepth", 13, "f32[1,2,8,10]", "blocksize=2", "Float32[1,8,4,5]")]
    // ---- shape values and generators
    [TestCase("Shape", 15, "f32[2,3,4]", "start=-2", "Int64[2]")]
    [TestCase("ConstantOfShape", 9, "i64=2,3", "", "Float32[2,3]")]
    [TestCase("Range", 11, "i64=1!; i64=10!; i64=3!", "", "Int64[3]")]
    [TestCase("Range", 11, "f32=0!; f32=1!; f32=0.3!", "", "Float32[4]")]
    [TestCase("OneHot", 11, "i64[2,3]; i64=10!; f32=0,1", "axis=1", "Float32[2,10,3]")]
    [TestCase("NonZero", 13, "f32[2,3,4]", "", "Int64[3,?]")]
    [TestCase("Cast", 13, "f32[N,3]", "to=7", "Int64[N,3]")]
    [TestCase("RandomUniform", 7, "", "shape=[2,3] dtype=11", "Float64[2,3]")]
    // ---- quantization
    [TestCase("QuantizeLinear", 13, "f32[N,3]; f32=0.5!; i8=0!", "", "Int8[N,3]")]
    [TestCase("QuantizeLinear", 10, "f32[N,3]; f32=0.5!", "", "UInt8[N,3]")]
    [TestCase("QuantizeLinear", 21, "f32[N,3]; f32=0.5!", "output_dtype=5", "Int16[N,3]")]
    [TestCase("DequantizeLinear", 10, "i8[N,3]; f32=0.5!; i8=1!", "", "Float32[N,3]")]
    [TestCase("DequantizeLinear", 19, "i32[8]; f16[8]", "", "Float16[8]")]
    [TestCase("com.microsoft/QLinearAdd", 13, "u8[1,8]; f32=1!; u8=0!; u8[8]; f32=1!; u8=0!; f32=1!; u8=0!", "", "UInt8[1,8]")]
    [TestCase("com.microsoft/QLinearConcat", 13, "f32=1!; u8=0!; u8[1,2]; f32=1!; u8=0!; u8[1,3]; f32=1!; u8=0!", "axis=1", "UInt8[1,5]")]
    // ---- recurrent, signals, machine learning, experiments
    [TestCase("STFT", 17, "f32[1,16000]; i64=160!; f32[400]", "", "Float32[1,98,201,2]")]
    [TestCase("DFT", 17, "f32[1,10,1]", "axis=1 onesided=1", "Float32[1,6,2]")]
    [TestCase("com.microsoft/FastGelu", 13, "f32[2,N,8]; f32[8]", "", "Float32[2,N,8]")]
    [TestCase("com.microsoft/MatMulNBits", 13, "f32[N,64]; u8[8,2,16]; f32[16]", "K=64 N=8 bits=4 block_size=32", "Float32[N,8]")]
    [TestCase("ai.onnx.ml/Scaler", 13, "i64[N,4]", "", "Float32[N,4]")]
    [TestCase("Crop", 7, "f32[1,3,8,8]", "border=[1,2,3,4]", "Float32[1,3,2,4]")]
    [TestCase("ImageScaler", 7, "f32[N,3,8,8]", "scale=2.5 bias=[0.5,1.0,1.0]", "Float32[N,3,8,8]")]
    // ---- com.microsoft: what older exporters and quantizers left
    [TestCase("com.microsoft/CDist", 13, "f32[N,8]; f32[5,8]", "", "Float32[N,5]")]
    [TestCase("com.microsoft/CropAndResize", 13, "f32[2,3,32,32]; f32[R,4]; i32[R]; i32=7,9", "", "Float32[R,3,7,9]")]
    [TestCase("com.microsoft/ExpandDims", 13, "f32[N,3]; i32=-1!", "", "Float32[N,3,1]")]
    [TestCase("com.microsoft/GatherND", 13, "f32[2,3,4]; i64[5,2]", "", "Float32[5,4]")]
    [TestCase("com.microsoft/Inverse", 13, "f32[N,3,3]", "", "Float32[N,3,3]")]
    [TestCase("com.microsoft/MatMulInteger16", 13, "i16[2,4]; i16[4,3]", "", "Int32[2,3]")]
    [TestCase("com.microsoft/MurmurHash3", 13, "i64[N]", "positive=0", "Int32[N]")]
    [TestCase("com.microsoft/NhwcMaxPool", 13, "u8[1,8,9,3]", "kernel_shape=[2,3] strides=[2,3]", "UInt8[1,4,3,3]")]
    [TestCase("com.microsoft/Pad", 13, "f32[2,3]; i64=0,1,0,2", "", "Float32[2,6]")]
    [TestCase("com.microsoft/QLinearConv", 13, "u8[1,7,6,1]; f32=1!; u8=0!; i8[2,1,3,3]; f32=1,1; i8=0,0; f32=1!; i8=3!", "channels_last=1", "Int8[1,5,4,2]")]
    [TestCase("com.microsoft/QLinearWhere", 13, "bool[3,1]; u8[1,4]; f32=1!; u8=0!; u8[2,1,1]; f32=1!; u8=0!; f32=1!; u8=0!", "", "UInt8[2,3,4]")]
    [TestCase("com.microsoft/Range", 13, "i32=2!; i32=11!; i32=3!", "", "Int32[3]")]
    [TestCase("com.microsoft/TransposeMatMul", 13, "f32[4,N]; f32[5,4]", "transA=1 transB=1", "Float32[N,5]")]
    [TestCase("com.microsoft/Trilu", 13, "f32[N,3,4]", "upper=0", "Float32[N,3,4]")]
    public void Infer_OneNode_GivesType(string opType, int opset, string operands, string attributes, string expected) =>
        Assert.That(Infer(opType, opset, operands, attributes, 1), Is.EqualTo(expected));

    [TestCase("LSTM", 14, "f32[S,B,8]; f32[2,64,8]; f32[2,64,16]", "direction=bidirectional hidden_size=16", 3, "Float32[S,2,B,16]; Float32[2,B,16]; Float32[2,B,16]")]
    [TestCase("GRU", 14, "f32[B,S,8]; f32[1,48,8]; f32[1,48,16]", "layout=1", 2, "Float32[B,S,1,16]; Float32[B,1,16]")]
    [TestCase("Split", 11, "f32[2,6]", "axis=1", 3, "Float32[2,2]; Float32[2,2]; Float32[2,2]")]
    [TestCase("Split", 13, "f32[2,6]; i64=1,5", "axis=-1", 2, "Float32[2,1]; Float32[2,5]")]
    [TestCase("Split", 18, "f32[7]", "num_outputs=3", 3, "Float32[3]; Float32[3]; Float32[1]")]
    [TestCase("TopK", 11, "f32[2,10]; i64=3", "", 2, "Float32[2,3]; Int64[2,3]")]
    [TestCase("MaxPool", 12, "f32[1,1,4,4]", "kernel_shape=[2,2]", 2, "Float32[1,1,3,3]; Int64[1,1,3,3]")]
    [TestCase("Dropout", 12, "f32[2,3]", "", 2, "Float32[2,3]; Boolean[2,3]")]
    [TestCase("DynamicQuantizeLinear", 11, "f32[2,3]", "", 3, "UInt8[2,3]; Float32[]; UInt8[]")]
    [TestCase("LayerNormalization", 17, "f32[2,3,4]; f32[4]", "axis=-1", 2, "Float32[2,3,4]; Float32[2,3,1]")]
    [TestCase("ai.onnx.ml/LinearClassifier", 13, "f32[N,4]", "coefficients=[1.0,2.0] classlabels_ints=[0,1,2]", 2, "Int64[N]; Float32[N,3]")]
    [TestCase("com.microsoft/Attention", 13, "f32[B,S,64]; f32[64,192]; f32[192]; _; f32[2,B,4,P,16]", "num_heads=4", 2, "Float32[B,S,64]; Float32[2,B,4,P + S,16]")]
    public void Infer_OneNodeOfSeveralResults_GivesTypes(string opType, int opset, string operands, string attributes, int count, string expected) =>
        Assert.That(Infer(opType, opset, operands, attributes, count), Is.EqualTo(expected));

    [TestCase("Conv", 11, "f32[1,3,8,8]; f32[4,5,3,3]", "", "Conv 'Conv_1': 3 channels and weights [4,5,3,3] in 1 group(s) do not fit; expected 5 × 1 channels.")]
    [TestCase("Conv", 11, "f32[1,3,8,8]; f32[4,3,3,3]", "strides=[1]", "Conv 'Conv_1': attribute 'strides' is [1]; expected 2 numbers.")]
    [TestCase("Conv", 11, "f32[1,3,8,8]; f32[4,3,3,3]", "strides=[0,1]", "Conv 'Conv_1': kernel [3,3], strides [0,1], dilations [1,1]; expected numbers of at least 1.")]
    [TestCase("Conv", 11, "f32[1,3,8,8]", "", "Conv 'Conv_1': found 1 operands; expected 2 to 3.")]
    [TestCase("Conv", 11, "f32[1,3,8,8]; _", "", "Conv 'Conv_1': operand 1 ('W') is left out; it is required.")]
    [TestCase("Add", 13, "f32[2,3]; f32[2,4]", "", "Add 'Add_1': operand 'in1' has shape [2,4]; expected one that broadcasts with [2,3].")]
    [TestCase("Add", 13, "f32[2,3]; i64[2,3]", "", "Add 'Add_1': operand 'in1' (B) is of Int64; expected Float32 as the other operands of type T.")]
    [TestCase("Sigmoid", 13, "i64[2,3]", "", "Sigmoid 'Sigmoid_1': operand 'in0' (X) is of Int64; expected Float32|Float16|Float64|BFloat16.")]
    [TestCase("MatMul", 13, "f32[2,3]; f32[4,5]", "", "MatMul 'MatMul_1': operands have shapes [2,3] and [4,5]; expected the last extent of the first to equal the last but one of the second, and leading extents that broadcast.")]
    [TestCase("Reshape", 13, "f32[2,3]; i64=4,-1", "", "Reshape 'Reshape_1': operand [2,3] cannot be reshaped to [4,?]: 6 elements, 4 do not divide them.")]
    [TestCase("Reshape", 13, "f32[2,3]; i64=7", "", "Reshape 'Reshape_1': operand [2,3] has 6 elements; expected 7 for shape [7].")]
    [TestCase("Reshape", 13, "f32[2,3]; i64=-1,-1", "", "Reshape 'Reshape_1': shape is [-1,-1]; expected extents of at least 0 and at most one -1.")]
    [TestCase("Squeeze", 13, "f32[1,3]; i64=1", "", "Squeeze 'Squeeze_1': axis 1 of shape [1,3] has extent 3; expected 1.")]
    [TestCase("Concat", 13, "f32[2,3]; f32[4,3]", "axis=1", "Concat 'Concat_1': an operand has shape [4,3]; expected [2,?] (axis 1 joined).")]
    [TestCase("Softmax", 13, "f32[2,3]", "axis=first", "Softmax 'Softmax_1': attribute 'axis' is of kind Text; expected Int.")]
    [TestCase("ArgMax", 13, "f32[2,3]", "axis=5", "ArgMax 'ArgMax_1': axis: found 5; expected -2 … 1 (rank 2).")]
    [TestCase("Transpose", 13, "f32[2,3]", "perm=[0,0]", "Transpose 'Transpose_1': axes: found 0,0; expected each axis once.")]
    [TestCase("Gelu", 13, "f32[2,3]", "", "Gelu 'Gelu_1': Gelu exists since version 20 of its operator set; the model imports version 13.")]
    [TestCase("Cast", 13, "f32[2]", "to=99", "Cast 'Cast_1': attribute 'to' is 99; expected the number of an element type.")]
    [TestCase("Cast", 13, "f32[2]", "", "Cast 'Cast_1': attribute 'to' (Int) is missing.")]
    [TestCase("Tile", 13, "f32[4611686018427387904]; i64=4", "", "Tile 'Tile_1': an extent of a result passes 2^63 − 1 or is negative.")]
    public void Infer_BadNode_NamesFoundAndExpected(string opType, int opset, string operands, string attributes, string message) =>
        Assert.That(() => Infer(opType, opset, operands, attributes, 1), Throws.TypeOf<ModelFormatException>().With.Message.EqualTo(message));

    private static string Infer(string opType, int opset, string operands, string attributes, int count)
    {
        var test = new TestGraph(opset);
        var inputs = operands.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(test.Operand).ToArray();
        var results = test.Nodes(opType, attributes, count, inputs);
        foreach (var result in results)
        {
            test.Output(result);
        }

        GraphVerifier.Verify(test.Model);
        ShapeInference.Infer(test.Model);
        GraphVerifier.VerifyTypes(test.Model);
        return string.Join("; ", results.Select(result => result.Type));
    }
}
