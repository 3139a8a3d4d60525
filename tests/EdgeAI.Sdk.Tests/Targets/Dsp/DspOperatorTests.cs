namespace EdgeAI.Sdk.Tests.Targets.Dsp;

/// <summary>Every operator of the vector processor against ONNX Runtime; the tolerances are those of docs/dsp.md.</summary>
public sealed class DspOperatorTests
{
    [TestCase("Add")]
    [TestCase("Sub")]
    [TestCase("Mul")]
    [TestCase("Div")]
    [TestCase("Min")]
    [TestCase("Max")]
    [TestCase("Sum")]
    public void Binary_AllWaysOfBroadcasting_Exact(string op)
    {
        foreach (var (a, b) in new (long[], long[])[]
        {
            ([3, 5], [3, 5]), ([2, 3, 700], [700]), ([2, 3, 7], [3, 1]), ([1], [2, 2]), ([4, 1, 3], [1, 5, 1]), ([], [2]), ([1, 64, 49], [64, 1]), ([1100], [1100]),
        })
        {
            new DspCase().Random("a", a).Random("b", b, seed: 5).Node(op, "a b", "y").Output("y").AssertAgrees();
            new DspCase().Random("a", a).RandomConstant("b", b).Node(op, "a b", "y").Output("y").AssertAgrees();
            new DspCase().Random("a", a).RandomConstant("b", b).Node(op, "b a", "y").Output("y").AssertAgrees();
        }
    }

    [TestCase("Abs")]
    [TestCase("Neg")]
    [TestCase("Floor")]
    [TestCase("Ceil")]
    [TestCase("Round")]
    [TestCase("Relu")]
    [TestCase("Sqrt")]
    [TestCase("Reciprocal")]
    public void Unary_Arithmetic_Exact(string op) =>
        new DspCase().Input("x", [3, 8], [.. DspCase.Numbers([20], op == "Sqrt" ? 0 : -4, 4, 3), 0.5f, 1.5f, 2.5f, 1e-40f]).Node(op, "x", "y").Output("y").AssertAgrees();

    [TestCase("Exp", -87f, 88f, 1e-6, 0)]
    [TestCase("Log", 1e-6f, 1e6f, 1e-6, 1e-7)]
    [TestCase("Tanh", -9f, 9f, 1e-6, 2e-7)]
    [TestCase("Sigmoid", -20f, 20f, 1e-6, 2e-7)]
    [TestCase("Erf", -4f, 4f, 1e-6, 3e-7)]
    [TestCase("Softplus", -20f, 20f, 1e-6, 0)]
    [TestCase("Softsign", -20f, 20f, 1e-6, 0)]
    [TestCase("HardSigmoid", -5f, 5f, 1e-6, 1e-7)]
    [TestCase("HardSwish", -5f, 5f, 1e-6, 1e-7)]
    [TestCase("LeakyRelu", -5f, 5f, 1e-6, 0)]
    [TestCase("ThresholdedRelu", -5f, 5f, 0, 0)]
    [TestCase("Elu", -5f, 5f, 1e-6, 2e-7)]
    [TestCase("Selu", -5f, 5f, 1e-6, 3e-7)]
    [TestCase("Celu", -5f, 5f, 1e-6, 2e-7)]
    [TestCase("Mish", -20f, 20f, 2e-6, 1e-7)]
    public void Unary_Transcendental_WithinTolerance(string op, float low, float high, double relative, double absolute) =>
        new DspCase(18).Random("x", [5, 1000], low, high).Node(op, "x", "y").Output("y").AssertAgrees(relative, absolute);

    [TestCase("none")]
    [TestCase("tanh")]
    public void Gelu_BothForms_WithinTolerance(string form) =>
        new DspCase(20).Random("x", [5, 1000], -6, 6).Node("Gelu", "x", "y", ("approximate", form)).Output("y").AssertAgrees(2e-6, 6e-7);

    [Test]
    public void Gelu_OfMicrosoft_WithinTolerance() =>
        new DspCase().Random("x", [5, 1000], -6, 6).Domain("com.microsoft", "Gelu", "x", "y").Output("y").AssertAgrees(2e-6, 6e-7);

    [TestCase(2f)]
    [TestCase(0.5f)]
    [TestCase(1f)]
    [TestCase(-1f)]
    [TestCase(-0.5f)]
    [TestCase(3f)]
    public void Pow_ConstantExponent_WithinTolerance(float exponent) =>
        new DspCase().Random("x", [100], 0.1f, 4).Constant("e", [], exponent).Node("Pow", "x e", "y").Output("y").AssertAgrees(4e-7);

    [Test]
    public void Clip_BothKindsOfBounds_Exact()
    {
        new DspCase().Random("x", [100]).Constant("low", [], -1f).Constant("high", [], 2f).Node("Clip", "x low high", "y").Output("y").AssertAgrees();
        new DspCase().Random("x", [100]).Constant("high", [], 2f).Node("Clip", "x _ high", "y").Output("y").AssertAgrees();
        new DspCase(10).Random("x", [100]).Node("Clip", "x", "y", ("min", 0f), ("max", 3f)).Output("y").AssertAgrees();
    }

    [Test]
    public void PRelu_SlopePerChannel_Exact() =>
        new DspCase().Random("x", [1, 6, 40]).RandomConstant("s", [6, 1]).Node("PRelu", "x s", "y").Output("y").AssertAgrees();

    [TestCase("Greater")]
    [TestCase("GreaterOrEqual")]
    [TestCase("Less")]
    [TestCase("LessOrEqual")]
    [TestCase("Equal")]
    public void Compare_WhereAndLogic_Exact(string op) =>
        new DspCase().Input("a", [6], 1f, 2, 3, 4, 5, 6).Input("b", [6], 3f, 2, 1, 4, 7, 0).Random("c", [6])
            .Node(op, "a b", "m").Node("Not", "m", "n").Node("Or", "m n", "all").Node("And", "m all", "k").Node("Where", "k a c", "y")
            .Output("y", "m", "n").AssertAgrees();

    [TestCase("ReduceSum", 13)]
    [TestCase("ReduceMean", 17)]
    [TestCase("ReduceMax", 17)]
    [TestCase("ReduceMin", 17)]
    [TestCase("ReduceSumSquare", 17)]
    [TestCase("ReduceL1", 17)]
    [TestCase("ReduceL2", 17)]
    [TestCase("ReduceMean", 18)]
    public void Reduce_AnyAxes_WithinTolerance(string op, int opset)
    {
        foreach (var axes in new long[][] { [1], [-1], [0], [0, 2], [1, 2], [0, 1, 2], [] })
        {
            foreach (var keep in new[] { 0, 1 })
            {
                foreach (var extents in new long[][] { [3, 5, 70], [2, 600, 3], [1, 1, 4] })
                {
                    var test = new DspCase(opset).Random("x", extents, seed: 9);
                    var isInput = axes.Length > 0 && (opset >= 18 || op == "ReduceSum");
                    var list = new List<(string, object)> { ("keepdims", keep) };
                    if (isInput)
                    {
                        test.Constant("axes", [axes.Length], axes);
                    }
                    else if (axes.Length > 0)
                    {
                        list.Add(("axes", axes));
                    }

                    var isExact = op is "ReduceMax" or "ReduceMin";
                    test.Node(op, isInput ? "x axes" : "x", "y", [.. list]).Output("y").AssertAgrees(isExact ? 0 : 2e-6, isExact ? 0 : 3e-4);
                }
            }
        }
    }

    [TestCase("GlobalAveragePool")]
    [TestCase("GlobalMaxPool")]
    public void GlobalPool_OfImages_WithinTolerance(string op) =>
        new DspCase().Random("x", [1, 20, 7, 7]).Node(op, "x", "y").Output("y").AssertAgrees(1e-6, 1e-6);

    [TestCase("Softmax", 13, -1)]
    [TestCase("Softmax", 13, 1)]
    [TestCase("Softmax", 11, 1)]
    [TestCase("LogSoftmax", 13, -1)]
    [TestCase("LogSoftmax", 13, 0)]
    public void Softmax_AnyAxis_WithinTolerance(string op, int opset, int axis) =>
        new DspCase(opset).Random("x", [3, 11, 70], -8, 8).Node(op, "x", "y", ("axis", axis)).Output("y").AssertAgrees(2e-6, op == "Softmax" ? 1e-9 : 2e-6);

    [Test]
    public void Quantize_TiesSaturationAndNan_Exact()
    {
        float[] x = [-0.25f, 0.25f, 0.75f, 1.25f, 100, -100, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 63.25f, 1e30f, -1e30f, .. DspCase.Numbers([500], -80, 80, 4)];
        new DspCase().Input("x", [512], x).Constant("s", [], 0.5f).Constant<byte>("z", [], 3).Node("QuantizeLinear", "x s z", "y").Output("y").AssertAgrees();
        new DspCase().Input("x", [512], x).Constant("s", [], 0.37f).Constant<sbyte>("z", [], -7).Node("QuantizeLinear", "x s z", "y").Output("y").AssertAgrees();
        new DspCase().Input("x", [512], x).Constant("s", [], 0.5f).Node("QuantizeLinear", "x s", "y").Output("y").AssertAgrees();
        new DspCase(21).Input("x", [512], x).Constant("s", [], 0.001f).Constant<short>("z", [], 9).Node("QuantizeLinear", "x s z", "y").Output("y").AssertAgrees();
    }

    [Test]
    public void QuantizeAndDequantize_PerAxis_Exact()
    {
        new DspCase().Random("x", [4, 3, 50], -40, 40).Constant("s", [3], 0.1f, 0.33f, 0.5f).Constant<sbyte>("z", [3], 1, -2, 0)
            .Node("QuantizeLinear", "x s z", "q", ("axis", 1)).Node("DequantizeLinear", "q s z", "y", ("axis", -2)).Output("q", "y").AssertAgrees();
        new DspCase().Input("q", [2, 3], 10, -20, 1 << 30, 5, 6, 7).Constant("s", [], 0.0123f).Node("DequantizeLinear", "q s", "y").Output("y").AssertAgrees();
        new DspCase().Input<byte>("q", [6], 0, 1, 127, 128, 200, 255).Constant("s", [], 0.0123f).Constant<byte>("z", [], 128).Node("DequantizeLinear", "q s z", "y").Output("y").AssertAgrees();
    }

    [TestCase("constant")]
    [TestCase("reflect")]
    [TestCase("edge")]
    [TestCase("wrap")]
    public void Pad_EachMode_Exact(string mode)
    {
        new DspCase(19).Random("x", [2, 3, 5]).Constant("p", [6], 0L, 1, 4, 1, 2, 3).Constant("v", [], 7.5f).Node("Pad", "x p v", "y", ("mode", mode)).Output("y").AssertAgrees();
        new DspCase(19).Input<sbyte>("x", [4], 1, -2, 3, 4).Constant("p", [2], 0L, 3).Node("Pad", "x p", "y", ("mode", mode)).Output("y").AssertAgrees();
    }

    [Test]
    public void Transpose_AnyOrder_Exact()
    {
        new DspCase().Random("x", [2, 3, 4, 5]).Node("Transpose", "x", "y", ("perm", new long[] { 0, 2, 3, 1 })).Output("y").AssertAgrees();
        new DspCase().Random("x", [2, 3, 4]).Node("Transpose", "x", "y").Output("y").AssertAgrees();
        new DspCase().Input("x", [2, 2], 1L, 2, 3, 4).Node("Transpose", "x", "y").Output("y").AssertAgrees();
    }

    [Test]
    public void Slice_StepsOfEitherSign_Exact()
    {
        new DspCase().Random("x", [6, 7]).Constant("b", [2], 1L, -1).Constant("e", [2], 100L, -100).Constant("a", [2], 0L, 1).Constant("s", [2], 2L, -3)
            .Node("Slice", "x b e a s", "y").Output("y").AssertAgrees();
        new DspCase().Random("x", [6, 7]).Constant("b", [1], -3L).Constant("e", [1], -1L).Constant("a", [1], -1L).Node("Slice", "x b e a", "y").Output("y").AssertAgrees();
        new DspCase(9).Random("x", [6, 7]).Node("Slice", "x", "y", ("starts", new long[] { 2 }), ("ends", new long[] { 5 })).Output("y").AssertAgrees();
    }

    [Test]
    public void ConcatSplitExpand_AlongAxes_Exact()
    {
        new DspCase().Random("a", [2, 3]).Random("b", [2, 1], seed: 3).RandomConstant("c", [2, 2]).Node("Concat", "a b c", "y", ("axis", -1)).Output("y").AssertAgrees();
        new DspCase().Random("x", [2, 6]).Constant("n", [2], 2L, 4).Node("Split", "x n", "a b", ("axis", 1)).Node("Concat", "b a", "y", ("axis", 1)).Output("y", "a").AssertAgrees();
        new DspCase().Random("x", [3, 1]).Constant("n", [3], 2L, 1, 4).Node("Expand", "x n", "y").Output("y").AssertAgrees();
    }

    [TestCase(new long[] { 5, 7 }, new long[] { 7, 3 })]
    [TestCase(new long[] { 2, 5, 7 }, new long[] { 7, 40 })]
    [TestCase(new long[] { 2, 3, 5, 7 }, new long[] { 2, 3, 7, 9 })]
    [TestCase(new long[] { 5, 7 }, new long[] { 4, 7, 9 })]
    [TestCase(new long[] { 7 }, new long[] { 7, 9 })]
    [TestCase(new long[] { 5, 7 }, new long[] { 7 })]
    [TestCase(new long[] { 7 }, new long[] { 7 })]
    [TestCase(new long[] { 64, 300 }, new long[] { 300, 33 })]
    public void MatMul_AnyRanks_WithinTolerance(long[] a, long[] b)
    {
        new DspCase().Random("a", a, -1, 1).RandomConstant("b", b).Node("MatMul", "a b", "y").Output("y").AssertAgrees(1e-5, 1e-5);
        new DspCase().Random("a", a, -1, 1).Random("b", b, -1, 1, 6).Node("MatMul", "a b", "y").Output("y").AssertAgrees(1e-5, 1e-5);
    }

    [Test]
    public void Gemm_FactorsAndTranspositions_WithinTolerance()
    {
        foreach (var (transA, transB) in new[] { (0, 0), (0, 1), (1, 0), (1, 1) })
        {
            foreach (var c in new long[][] { [9], [1, 9], [5, 9], [5, 1], [1], [] })
            {
                var test = new DspCase().Random("a", transA == 1 ? [7, 5] : [5, 7], -1, 1).RandomConstant("b", transB == 1 ? [9, 7] : [7, 9]).RandomConstant("c", c);
                test.Node("Gemm", "a b c", "y", ("transA", transA), ("transB", transB), ("alpha", 0.5f), ("beta", 1.5f)).Output("y").AssertAgrees(1e-5, 1e-5);
            }

            new DspCase().Random("a", transA == 1 ? [7, 5] : [5, 7], -1, 1).Random("b", transB == 1 ? [9, 7] : [7, 9], -1, 1).Random("c", [9])
                .Node("Gemm", "a b c", "y", ("transA", transA), ("transB", transB)).Output("y").AssertAgrees(1e-5, 1e-5);
        }
    }

    [TestCase(512, 160, 1)]
    [TestCase(400, 160, 1)]
    [TestCase(400, 100, 0)]
    [TestCase(31, 7, 1)]
    public void Stft_RealSignal_WithinTolerance(int length, int hop, int onesided) =>
        new DspCase().Random("x", [2, 2000, 1], -1, 1).Constant("hop", [], (long)hop).RandomConstant("window", [length], 0).Constant("length", [], (long)length)
            .Node("STFT", "x hop window length", "y", ("onesided", onesided)).Output("y").AssertAgrees(0, length == 512 ? 2e-5 : 3e-3); // ONNX Runtime is inexact where the length is no power of two

    [Test]
    public void Shapes_ReshapeFlattenSqueezeUnsqueeze_Exact() =>
        new DspCase().Random("x", [2, 1, 6]).Constant("shape", [2], 4L, -1).Constant("axes", [1], 1L)
            .Node("Reshape", "x shape", "r").Node("Squeeze", "x axes", "s").Node("Unsqueeze", "r axes", "u").Node("Flatten", "x", "f").Node("Identity", "f", "i").Node("Neg", "u", "n")
            .Output("r", "s", "u", "f", "i", "n", "x2").Node("Dropout", "x", "x2").AssertAgrees();
}
