using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Sdk.Tests.Graph;

namespace EdgeAI.Sdk.Tests.Upgrades;

/// <summary>Every rule with at least one node that it lifts.</summary>
internal static class UpgradeCases
{
    public static IEnumerable<UpgradeCase> All => [.. First, .. Broadcasting, .. Normalizing, .. Removed, .. Resampling, .. Operands, .. Meanings, .. Defective];

    private static IEnumerable<UpgradeCase> First =>
    [
        new("pad-paddings", "constant", 1, t => One(t, "Pad", "paddings=[0,1,0,2] value=3.0 mode=constant", t.Input("f32[2,3]")), t => One(t, "Pad", "mode=constant", t.Input("f32[2,3]"), t.Vector<long>(0, 1, 0, 2), t.Constant(Shape.Scalar, 3f))),
        new("pad-paddings", "reflect", 1, t => One(t, "Pad", "paddings=[0,1,0,2] mode=reflect", t.Input("f32[2,3]")), t => One(t, "Pad", "mode=reflect", t.Input("f32[2,3]"), t.Vector<long>(0, 1, 0, 2))),
        new("split-sizes", "operand", 1, t => Many(t, 2, "Split", "axis=1", t.Input("f32[2,5]"), t.Vector(2f, 3f)), t => Many(t, 2, "Split", "axis=1", t.Input("f32[2,5]"), t.Vector<long>(2, 3))),
        new("pool-norm", "global", 1, t => One(t, "GlobalLpPool", "p=3.0", t.Input("f32[1,2,4,4]")), t => One(t, "GlobalLpPool", "p=3", t.Input("f32[1,2,4,4]"))),
        new("pool-norm", "window", 1, t => One(t, "LpPool", "p=2.0 kernel_shape=[2,2] strides=[1,1]", t.Input("f32[1,2,4,4]")), t => One(t, "LpPool", "p=2 kernel_shape=[2,2] strides=[1,1]", t.Input("f32[1,2,4,4]"))),
        new("concat-axis", "none", 1, t => One(t, "Concat", "", t.Input("f32[2,3]"), t.Input("f32[2,1]")), t => One(t, "Concat", "axis=1", t.Input("f32[2,3]"), t.Input("f32[2,1]"))),
        new("reshape-shape", "hole and kept extent", 1, t => One(t, "Reshape", "shape=[0,-1]", t.Input("f32[2,3,4]")), t => One(t, "Reshape", "", t.Input("f32[2,3,4]"), t.Vector<long>(0, -1))),
        new("consumed-inputs", "Relu", 1, t => One(t, "Relu", "consumed_inputs=[0]", t.Input("f32[2,3]")), t => One(t, "Relu", "", t.Input("f32[2,3]"))),
        new("consumed-inputs", "LeakyRelu", 1, t => One(t, "LeakyRelu", "alpha=0.2 consumed_inputs=[0]", t.Input("f32[2,3]")), t => One(t, "LeakyRelu", "alpha=0.2", t.Input("f32[2,3]"))),
        new("consumed-inputs", "Sum", 1, t => One(t, "Sum", "consumed_inputs=[0,0]", t.Input("f32[2,3]"), t.Input("f32[2,3]")), t => One(t, "Sum", "", t.Input("f32[2,3]"), t.Input("f32[2,3]"))),
        new("consumed-inputs", "InstanceNormalization", 1, t => One(t, "InstanceNormalization", "epsilon=0.01 consumed_inputs=[0]", t.Input("f32[1,2,4,4]"), t.Vector(1f, 2f), t.Vector(3f, 4f)), t => One(t, "InstanceNormalization", "epsilon=0.01", t.Input("f32[1,2,4,4]"), t.Vector(1f, 2f), t.Vector(3f, 4f))),
        new("cast-type", "FLOAT", 1, t => One(t, "Cast", "to=FLOAT", t.Input("i64[4]")), t => One(t, "Cast", "to=1", t.Input("i64[4]"))),
        new("cast-type", "int32 in small letters", 5, t => One(t, "Cast", "to=int32", t.Input("f32[4]")), t => One(t, "Cast", "to=6", t.Input("f32[4]"))),
        new("tile-repeats", "last axis", 1, t => One(t, "Tile", "", t.Input("f32[2,3]"), t.Constant(Shape.Scalar, 2f), t.Constant(Shape.Scalar, 1f)), t => One(t, "Tile", "", t.Input("f32[2,3]"), t.Vector<long>(1, 2))),
        new("recurrent-output-sequence", "LSTM", 1, t => Many(t, 2, "LSTM", "hidden_size=2 output_sequence=1", t.Input("f32[3,1,2]"), t.Input("f32[1,8,2]"), t.Input("f32[1,8,2]")), t => Many(t, 2, "LSTM", "hidden_size=2", t.Input("f32[3,1,2]"), t.Input("f32[1,8,2]"), t.Input("f32[1,8,2]"))),
        new("recurrent-output-sequence", "GRU backwards, reset before", 3, t => Many(t, 2, "GRU", "hidden_size=2 direction=reverse linear_before_reset=1 output_sequence=0", t.Input("f32[3,1,2]"), t.Input("f32[1,6,2]"), t.Input("f32[1,6,2]")), t => Many(t, 2, "GRU", "hidden_size=2 direction=reverse linear_before_reset=1", t.Input("f32[3,1,2]"), t.Input("f32[1,6,2]"), t.Input("f32[1,6,2]"))),
        new("recurrent-output-sequence", "RNN in both directions", 1, t => Many(t, 2, "RNN", "hidden_size=2 direction=bidirectional output_sequence=1", t.Input("f32[3,1,2]"), t.Input("f32[2,2,2]"), t.Input("f32[2,2,2]")), t => Many(t, 2, "RNN", "hidden_size=2 direction=bidirectional", t.Input("f32[3,1,2]"), t.Input("f32[2,2,2]"), t.Input("f32[2,2,2]"))),
        new("gemm-broadcast", "a vector", 6, t => One(t, "Gemm", "broadcast=1 transB=1 alpha=0.5", t.Input("f32[2,3]"), t.Input("f32[4,3]"), t.Input("f32[4]")), t => One(t, "Gemm", "transB=1 alpha=0.5", t.Input("f32[2,3]"), t.Input("f32[4,3]"), t.Input("f32[4]"))),
        new("dropout-test", "inference", 6, t => One(t, "Dropout", "is_test=1 ratio=0.5", t.Input("f32[2,3]")), t => One(t, "Identity", "", t.Input("f32[2,3]"))),
    ];

    private static IEnumerable<UpgradeCase> Broadcasting =>
    [
        new("broadcast-axis", "Add, channels", 6, t => One(t, "Add", "broadcast=1 axis=1", t.Input("f32[2,3,4,5]"), t.Input("f32[3]")), t => One(t, "Add", "", t.Input("f32[2,3,4,5]"), t.Input("f32[3]", "b"), 2)),
        new("broadcast-axis", "Sub, suffix", 6, t => One(t, "Sub", "broadcast=1", t.Input("f32[2,3,4]"), t.Input("f32[3,4]")), t => One(t, "Sub", "", t.Input("f32[2,3,4]"), t.Input("f32[3,4]"))),
        new("broadcast-axis", "Mul, first axes", 1, t => One(t, "Mul", "broadcast=1 axis=0 consumed_inputs=[0,0]", t.Input("f32[2,3,4]"), t.Input("f32[2,3]")), t => One(t, "Mul", "", t.Input("f32[2,3,4]"), t.Input("f32[2,3]"), 1)),
        new("broadcast-axis", "Div, one element", 6, t => One(t, "Div", "broadcast=1 axis=0", t.Input("f32[2,3]"), t.Input("f32[1]")), t => One(t, "Div", "", t.Input("f32[2,3]"), t.Input("f32[1]"))),
        new("broadcast-axis", "Pow", 1, t => One(t, "Pow", "broadcast=1 axis=1", t.Input("f32[2,3,2]"), t.Vector(1f, 2f, 3f)), t => One(t, "Pow", "", t.Input("f32[2,3,2]"), t.Vector(1f, 2f, 3f), 1)),
        new("broadcast-axis", "And", 1, t => One(t, "And", "broadcast=1 axis=0", t.Input("bool[2,3]"), t.Input("bool[2]")), t => One(t, "And", "", t.Input("bool[2,3]"), t.Input("bool[2]"), 1)),
        new("broadcast-axis", "Or", 1, t => One(t, "Or", "broadcast=1 axis=0", t.Input("bool[2,3]"), t.Input("bool[2]")), t => One(t, "Or", "", t.Input("bool[2,3]"), t.Input("bool[2]"), 1)),
        new("broadcast-axis", "Xor", 1, t => One(t, "Xor", "broadcast=1 axis=0", t.Input("bool[2,3]"), t.Input("bool[2]")), t => One(t, "Xor", "", t.Input("bool[2,3]"), t.Input("bool[2]"), 1)),
        new("broadcast-axis", "Greater", 1, t => One(t, "Greater", "broadcast=1 axis=0", t.Input("f32[2,3]"), t.Input("f32[2]")), t => One(t, "Greater", "", t.Input("f32[2,3]"), t.Input("f32[2]"), 1)),
        new("broadcast-axis", "Less", 1, t => One(t, "Less", "broadcast=1 axis=0", t.Input("f32[2,3]"), t.Input("f32[2]")), t => One(t, "Less", "", t.Input("f32[2,3]"), t.Input("f32[2]"), 1)),
        new("broadcast-axis", "Equal", 1, t => One(t, "Equal", "broadcast=1 axis=0", t.Input("i64[2,3]"), t.Input("i64[2]")), t => One(t, "Equal", "", t.Input("i64[2,3]"), t.Input("i64[2]"), 1)),
        new("prelu-channels", "a slope each", 6, t => One(t, "PRelu", "", t.Input("f32[2,3,4]"), t.Input("f32[3]")), t => One(t, "PRelu", "", t.Input("f32[2,3,4]"), t.Input("f32[3]"), 1)),
    ];

    private static IEnumerable<UpgradeCase> Normalizing =>
    [
        new("batch-normalization-test", "five results", 6, t => BatchNormalization(t, "is_test=1 epsilon=0.001", 5), t => BatchNormalization(t, "epsilon=0.001", 1)),
        new("batch-normalization-spatial", "channels", 7, t => BatchNormalization(t, "spatial=1", 1)),
        new("batch-normalization-spatial", "features", 7, t => One(t, "BatchNormalization", "spatial=0", t.Input("f32[2,2,3]"), t.Input("f32[2,3]"), t.Input("f32[2,3]"), t.Input("f32[2,3]"), Positive(t, 2, 3)), t => Features(t), 1e-6),
        new("batch-normalization-results", "five results, as in training", 9, t => BatchNormalization(t, "", 5)),
        new("mean-variance-axes", "per channel", 1, t => One(t, "MeanVarianceNormalization", "", t.Input("f32[2,3,4,4]")), t => One(t, "MeanVarianceNormalization", "axes=[0,2,3]", t.Input("f32[2,3,4,4]")), 1e-5),
        new("mean-variance-axes", "across channels, mean only", 1, t => One(t, "MeanVarianceNormalization", "across_channels=1 normalize_variance=0", t.Input("f32[2,3,4,4]")), t => One(t, "Sub", "", t.Input("f32[2,3,4,4]", "x"), t.Node("ReduceMean", "axes=[0,1,2,3]", t.Graph.FindValue("x")!))),
        new("group-normalization-channels", "two groups", 18, t => One(t, "GroupNormalization", "num_groups=2 epsilon=0.01", t.Input("f32[2,4,3]"), t.Input("f32[2]"), t.Input("f32[2]")), null, 1e-6),
    ];

    private static IEnumerable<UpgradeCase> Removed =>
    [
        new("affine-arithmetic", "α, β", 1, t => One(t, "Affine", "alpha=0.5 beta=-1.25", t.Input("f32[2,3]")), t => One(t, "Add", "", t.Node("Mul", "", t.Input("f32[2,3]"), t.Constant(Shape.Scalar, 0.5f)), t.Constant(Shape.Scalar, -1.25f)), 1e-7),
        new("scale-arithmetic", "factor", 1, t => One(t, "Scale", "scale=1.5", t.Input("f32[2,3]")), t => One(t, "Mul", "", t.Input("f32[2,3]"), t.Constant(Shape.Scalar, 1.5f))),
        new("scaled-tanh-arithmetic", "α, β", 1, t => One(t, "ScaledTanh", "alpha=1.5 beta=0.5", t.Input("f32[2,3]")), t => One(t, "Mul", "", t.Node("Tanh", "", t.Node("Mul", "", t.Input("f32[2,3]"), t.Constant(Shape.Scalar, 0.5f))), t.Constant(Shape.Scalar, 1.5f)), 1e-6),
        new("parametric-softplus-arithmetic", "α, β", 1, t => One(t, "ParametricSoftplus", "alpha=1.5 beta=0.5", t.Input("f32[2,3]")), t => One(t, "Mul", "", t.Node("Softplus", "", t.Node("Mul", "", t.Input("f32[2,3]"), t.Constant(Shape.Scalar, 0.5f))), t.Constant(Shape.Scalar, 1.5f)), 1e-6),
        new("image-scaler-arithmetic", "three channels", 1, t => One(t, "ImageScaler", "scale=2.0 bias=[0.5,1.0,-1.0]", t.Input("f32[1,3,2,2]")), t => One(t, "Add", "", t.Node("Mul", "", t.Input("f32[1,3,2,2]"), t.Constant(Shape.Scalar, 2f)), t.Constant(new Shape(3, 1, 1), 0.5f, 1f, -1f))),
        new("crop-slice", "borders", 1, t => One(t, "Crop", "border=[1,0,2,1]", t.Input("f32[1,2,5,6]")), t => One(t, "Slice", "", t.Input("f32[1,2,5,6]"), t.Vector<long>(0, 1), t.Vector<long>(4, 4), t.Vector<long>(2, 3))),
        new("crop-slice", "a size", 1, t => One(t, "Crop", "border=[1,0,0,0] scale=[2,3]", t.Input("f32[1,2,5,6]")), t => One(t, "Slice", "", t.Input("f32[1,2,5,6]"), t.Vector<long>(0, 1), t.Vector<long>(2, 4), t.Vector<long>(2, 3))),
        new("given-tensor-constant", "a matrix", 1, t => One(t, "Add", "", t.Input("f32[2,2]"), t.Node("GivenTensorFill", "values=[1.0,2.0,3.0,4.0] shape=[2,2]")), t => One(t, "Add", "", t.Input("f32[2,2]"), t.Constant(new Shape(2, 2), 1f, 2f, 3f, 4f))),
        new("constant-fill", "attribute", 1, t => One(t, "Add", "", t.Input("f32[2,2]"), t.Node("ConstantFill", "value=2.5 shape=[2,2]")), t => One(t, "Add", "", t.Input("f32[2,2]"), t.Constant(Shape.Scalar, 2.5f))),
        new("constant-fill", "operand as shape, integers", 1, t => One(t, "Add", "", t.Input("i64[3,2]"), t.Node("ConstantFill", "value=4.0 dtype=7 input_as_shape=1 extra_shape=[2]", t.Vector(3L))), t => One(t, "Add", "", t.Input("i64[3,2]"), t.Constant(Shape.Scalar, 4L))),
        new("dynamic-slice", "axes", 1, t => One(t, "DynamicSlice", "", t.Input("f32[4,5]"), t.Vector(1L), t.Vector(3L), t.Vector(1L)), t => One(t, "Slice", "", t.Input("f32[4,5]"), t.Vector(1L), t.Vector(3L), t.Vector(1L))),
    ];

    private static IEnumerable<UpgradeCase> Resampling =>
    [
        new("upsample-scales", "nearest", 1, t => One(t, "Upsample", "height_scale=2.0 width_scale=3.0 mode=nearest", t.Input("f32[1,2,3,4]")), t => One(t, "Resize", "mode=nearest nearest_mode=floor coordinate_transformation_mode=asymmetric", t.Input("f32[1,2,3,4]"), null, t.Vector(1f, 1f, 2f, 3f))),
        new("upsample-scales", "bilinear", 1, t => One(t, "Upsample", "height_scale=2.0 width_scale=3.0 mode=bilinear", t.Input("f32[1,2,3,4]")), t => One(t, "Resize", "mode=linear coordinate_transformation_mode=asymmetric", t.Input("f32[1,2,3,4]"), null, t.Vector(1f, 1f, 2f, 3f))),
        new("upsample-operand", "nearest", 7, t => One(t, "Upsample", "scales=[1.0,1.0,2.0,1.5] mode=nearest", t.Input("f32[1,2,3,4]"))),
        new("upsample-operand", "linear", 8, t => One(t, "Upsample", "scales=[1.0,1.0,2.0,1.5] mode=linear", t.Input("f32[1,2,3,4]")), null, 1e-6),
        new("upsample-resize", "nearest", 9, t => One(t, "Upsample", "mode=nearest", t.Input("f32[1,2,3,4]"), t.Vector(1f, 1f, 2f, 2.5f))),
        new("upsample-resize", "linear", 9, t => One(t, "Upsample", "mode=linear", t.Input("f32[1,2,3,4]"), t.Vector(1f, 1f, 2f, 2.5f)), null, 1e-6),
        new("resize-asymmetric", "growing", 10, t => One(t, "Resize", "mode=nearest", t.Input("f32[1,2,3,4]"), t.Vector(1f, 1f, 2f, 1.5f))),
        new("resize-asymmetric", "shrinking", 10, t => One(t, "Resize", "mode=nearest", t.Input("f32[1,2,7,9]"), t.Vector(1f, 1f, 0.6f, 0.5f))),
        new("resize-asymmetric", "linear both ways", 10, t => One(t, "Resize", "mode=linear", t.Input("f32[1,2,7,9]"), t.Vector(1f, 1f, 1.6f, 0.5f)), null, 1e-6),
    ];

    private static IEnumerable<UpgradeCase> Operands =>
    [
        new("slice-operands", "axes", 1, t => One(t, "Slice", "axes=[1,0] starts=[1,-2] ends=[100,2147483647]", t.Input("f32[3,4]")), t => One(t, "Slice", "", t.Input("f32[3,4]"), t.Vector<long>(1, 1), t.Vector<long>(4, 3), t.Vector<long>(1, 0))),
        new("slice-operands", "no axes", 9, t => One(t, "Slice", "starts=[1,0] ends=[3,-1]", t.Input("f32[3,4]"))),
        new("topk-operand", "largest", 1, t => Many(t, 2, "TopK", "k=2 axis=0", t.Input("f32[5,3]"))),
        new("clip-operands", "both", 6, t => One(t, "Clip", "min=-0.5 max=0.75", t.Input("f32[3,4]"))),
        new("clip-operands", "maximum", 10, t => One(t, "Clip", "max=0.75", t.Input("f32[3,4]"))),
        new("pad-operands", "value", 2, t => One(t, "Pad", "pads=[0,1,2,1] value=-1.5", t.Input("f32[3,4]"))),
        new("pad-operands", "edge", 10, t => One(t, "Pad", "pads=[0,1,2,1] mode=edge", t.Input("f32[3,4]"))),
        new("dropout-operand", "ratio", 10, t => One(t, "Dropout", "ratio=0.25", t.Input("f32[3,4]"))),
        new("axes-operand", "Squeeze", 7, t => One(t, "Squeeze", "axes=[0,2]", t.Input("f32[1,3,1]"))),
        new("axes-operand", "Unsqueeze", 12, t => One(t, "Unsqueeze", "axes=[0,-1]", t.Input("f32[3]"))),
        new("axes-operand", "ReduceSum", 11, t => One(t, "ReduceSum", "axes=[1] keepdims=0", t.Input("f32[3,4]"))),
        new("split-operand", "sizes", 11, t => Many(t, 2, "Split", "axis=1 split=[1,3]", t.Input("f32[3,4]"))),
        new("reduce-axes-operand", "ReduceMean", 13, t => One(t, "ReduceMean", "axes=[-1] keepdims=1", t.Input("f32[3,4]"))),
        new("reduce-axes-operand", "ReduceL2", 11, t => One(t, "ReduceL2", "axes=[0]", t.Input("f32[3,4]"))),
        new("reduce-axes-operand", "ReduceMax of everything", 7, t => One(t, "ReduceMin", "axes=[0,1] keepdims=0", t.Input("f32[3,4]"))),
        new("split-count", "equal parts", 13, t => Many(t, 2, "Split", "axis=1", t.Input("f32[3,4]"))),
        new("dft-axis-operand", "axis 1", 17, t => One(t, "DFT", "axis=1", t.Input("f32[1,8,1]")), null, 1e-5),
    ];

    private static IEnumerable<UpgradeCase> Meanings =>
    [
        new("softmax-matrix", "last axis", 12, t => One(t, "Softmax", "axis=2", t.Input("f32[2,3,4]"))),
        new("softmax-matrix", "default of three axes", 7, t => One(t, "Softmax", "", t.Input("f32[2,3,4]"))),
        new("softmax-matrix", "channels of 1×1", 11, t => One(t, "Softmax", "axis=1", t.Input("f32[2,5,1,1]"))),
        new("softmax-matrix", "Hardmax", 12, t => One(t, "Hardmax", "axis=1", t.Input("f32[2,3,4]"))),
        new("dropout-mask", "a mask as numbers", 7, t => Many(t, 2, "Dropout", "ratio=0.5", t.Input("f32[2,3]")), t => Masked(t)),
        new("scatter-elements", "axis 1", 9, t => One(t, "Scatter", "axis=1", t.Input("f32[2,4]"), t.Constant(new Shape(2, 2), 0L, 3L, 1L, 2L), t.Input("f32[2,2]"))),
        new("roi-align-pixels", "average", 10, t => One(t, "RoiAlign", "output_height=2 output_width=2 sampling_ratio=2", t.Input("f32[1,1,6,6]"), t.Constant(new Shape(1, 4), 0.5f, 0.5f, 4f, 4.5f), t.Vector(0L)), null, 1e-6),
        new("grid-sample-modes", "bilinear", 16, t => One(t, "GridSample", "mode=bilinear", t.Input("f32[1,1,4,4]"), t.Input("f32[1,3,3,2]"))),
        new("grid-sample-modes", "bicubic", 16, t => One(t, "GridSample", "mode=bicubic", t.Input("f32[1,1,4,4]"), t.Input("f32[1,3,3,2]"))),
    ];

    private static IEnumerable<UpgradeCase> Defective =>
    [
        new("spatial-of-vectors", "MXNet", 8, t => BatchNormalization(t, "spatial=0", 1), t => BatchNormalization(t, "", 1)),
        new("fixed-gamma", "MXNet", 9, t => BatchNormalization(t, "fix_gamma=1", 1), t => BatchNormalization(t, "", 1, gamma: 1)),
        new("reshape-shape-left", "Caffe2", 7, t => One(t, "Reshape", "shape=[3,-1]", t.Input("f32[2,3,4]")), t => One(t, "Reshape", "", t.Input("f32[2,3,4]"), t.Vector<long>(3, -1))),
        new("pad-paddings-left", "PyTorch", 7, t => One(t, "Pad", "paddings=[0,1,0,2] value=3.0", t.Input("f32[2,3]")), t => One(t, "Pad", "", t.Input("f32[2,3]"), t.Vector<long>(0, 1, 0, 2), t.Constant(Shape.Scalar, 3f))),
        new("broadcast-left", "PyTorch", 7, t => One(t, "Add", "broadcast=1 axis=1", t.Input("f32[2,3,4]"), t.Input("f32[3]")), t => One(t, "Add", "", t.Input("f32[2,3,4]"), t.Input("f32[3]"), 1)),
        new("gemm-broadcast-left", "Keras", 9, t => One(t, "Gemm", "broadcast=1", t.Input("f32[2,3]"), t.Input("f32[3,4]"), t.Input("f32[4]")), t => One(t, "Gemm", "", t.Input("f32[2,3]"), t.Input("f32[3,4]"), t.Input("f32[4]"))),
        new("upsample-scales-left", "WinMLTools", 7, t => One(t, "Upsample", "height_scale=2.0 width_scale=2.0 mode=nearest", t.Input("f32[1,2,3,4]")), t => One(t, "Resize", "mode=nearest nearest_mode=floor coordinate_transformation_mode=asymmetric", t.Input("f32[1,2,3,4]"), null, t.Vector(1f, 1f, 2f, 2f))),
        new("test-hint-left", "Keras", 8, t => One(t, "Dropout", "is_test=1", t.Input("f32[2,3]")), t => One(t, "Identity", "", t.Input("f32[2,3]"))),
        new("consumed-inputs-left", "Caffe2", 7, t => One(t, "Relu", "consumed_inputs=[0]", t.Input("f32[2,3]")), t => One(t, "Relu", "", t.Input("f32[2,3]"))),
        new("consumed-inputs-left", "an operator that never had it", 1, t => One(t, "Softplus", "consumed_inputs=[0]", t.Input("f32[2,3]")), t => One(t, "Softplus", "", t.Input("f32[2,3]"))),
    ];

    private static void One(TestGraph test, string opType, string attributes, params Value?[] inputs) => test.Output(test.Node(opType, attributes, inputs));

    /// <summary>As above, with so many extents of 1 behind the second operand.</summary>
    private static void One(TestGraph test, string opType, string attributes, Value first, Value second, int behind)
    {
        var axes = Enumerable.Range(second.Shape.Rank, behind).Select(axis => (long)axis).ToArray();
        One(test, opType, attributes, first, test.Node("Unsqueeze", "", second, test.Vector<long>(axes)));
    }

    private static void Many(TestGraph test, int outputs, string opType, string attributes, params Value?[] inputs)
    {
        foreach (var result in test.Nodes(opType, attributes, outputs, inputs))
        {
            test.Output(result);
        }
    }

    private static void BatchNormalization(TestGraph test, string attributes, int outputs, float? gamma = null)
    {
        var scale = test.Vector(gamma ?? 2f, gamma ?? 0.5f, gamma ?? -1f);
        var results = test.Nodes("BatchNormalization", attributes, outputs, test.Input("f32[2,3,4,4]"), scale, test.Vector(0.1f, 0.2f, 0.3f), test.Vector(0.5f, -0.5f, 0f), test.Vector(1f, 2f, 3f));
        test.Output(results[0]);
    }

    private static Value Positive(TestGraph test, params long[] extents)
    {
        var shape = new Shape(extents);
        return test.Constant<float>(shape, [.. Enumerable.Range(1, (int)shape.ElementCount).Select(i => i * 0.5f)]);
    }

    private static void Masked(TestGraph test)
    {
        var results = test.Nodes("Dropout", "", 2, test.Input("f32[2,3]"));
        test.Output(results[0]);
        test.Output(test.Node("Cast", "to=1", results[1]));
    }

    private static void Features(TestGraph test)
    {
        var (x, scale, bias, mean) = (test.Input("f32[2,2,3]"), test.Input("f32[2,3]"), test.Input("f32[2,3]"), test.Input("f32[2,3]"));
        var deviation = test.Node("Sqrt", "", test.Node("Add", "", Positive(test, 2, 3), test.Constant(Shape.Scalar, 1e-5f)));
        var normal = test.Node("Div", "", test.Node("Sub", "", x, mean), deviation);
        One(test, "Add", "", test.Node("Mul", "", normal, scale), bias);
    }
}
