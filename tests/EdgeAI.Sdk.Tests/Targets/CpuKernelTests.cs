using EdgeAI.Compiler;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Sdk.Tests.Targets;

/// <summary>The operators that the list says the CPU has no kernel for, asked from ONNX Runtime itself.</summary>
public sealed class CpuKernelTests
{
    private static readonly CpuDevice Cpu = new();

    [OneTimeTearDown]
    public void Dispose() => Cpu.Dispose();

    private static IEnumerable<TestCaseData> Models()
    {
        yield return new TestCaseData("ImageDecoder", new TinyOnnx().Input("x", DataType.UInt8, "n").Node("ImageDecoder", "x", "y").Output("y", DataType.UInt8, null, null, null).Build(opset: 20, irVersion: 9))
            .SetArgDisplayNames("ImageDecoder");
        yield return Case("BiasAdd", DataType.Float32, Floats(("x", [1, 4, 8]), ("bias", [8]), ("skip", [1, 4, 8])));
        yield return Case("BiasSoftmax", DataType.Float32, Floats(("x", [2, 3]), ("bias", [2, 3])), ("axis", 1L), ("is_inner_broadcast", 0L));
        yield return Case("FusedMatMulActivation", DataType.Float32, Floats(("a", [2, 3]), ("b", [3, 2])), ("activation", "Relu"));
        yield return Case("GroupNorm", DataType.Float32, Floats(("x", [1, 2, 2, 4]), ("gamma", [4]), ("beta", [4])), ("groups", 2L), ("activation", 0L));
        yield return Case("IsAllFinite", DataType.Boolean, Floats(("x", [2])));
        yield return Case("MulInteger", DataType.Int32, Bytes(("a", [2]), ("az", []), ("b", [2]), ("bz", [])));
        yield return Case("NhwcFusedConv", DataType.Float16, [("x", DataType.Float16, [1, 5, 5, 2]), ("w", DataType.Float16, [3, 2, 3, 3])]);
        yield return Case("QLinearReduceMean", DataType.UInt8, [.. Bytes(("x", [2, 3])), .. Floats(("xs", [])), .. Bytes(("xz", [])), .. Floats(("ys", [])), .. Bytes(("yz", []))], ("axes", new[] { 1L }), ("keepdims", 1L));
        yield return Case("ReduceSumInteger", DataType.Int32, Bytes(("x", [2, 3])), ("axes", new[] { 1L }), ("keepdims", 1L));
        yield return Case("SkipGroupNorm", DataType.Float32, Floats(("x", [1, 2, 2, 4]), ("gamma", [4]), ("beta", [4]), ("skip", [1, 2, 2, 4])), ("groups", 2L), ("activation", 0L));
    }

    [TestCaseSource(nameof(Models))]
    public void Load_OperatorWithoutKernel_IsRefusedByOnnxRuntime(string op, byte[] model) =>
        Assert.That(() => Cpu.Load(new Executable(CpuDevice.Format, new ExecutableSignature([], []), model, [], [])).Dispose(), Throws.Exception.With.Message.Contain("(NotImplemented)"), op);

    [Test]
    public void All_OperatorsWithoutCpu_AreTheOnesAsked() =>
        Assert.That(OperatorCoverage.All().Where(row => !row.Devices.Contains("cpu")).Select(row => row.Name), Is.EquivalentTo(Models().Select(test => test.Arguments[0])));

    private static TestCaseData Case(string op, DataType result, (string Name, DataType Type, object?[] Extents)[] operands, params (string Name, object Value)[] attributes)
    {
        var model = new TinyOnnx();
        foreach (var (name, type, extents) in operands)
        {
            model.Input(name, type, extents);
        }

        model.Node(op, string.Join(' ', operands.Select(operand => operand.Name)), "y", "com.microsoft", attributes).Output("y", result, null, null);
        return new TestCaseData(op, model.Build()).SetArgDisplayNames(op);
    }

    private static (string Name, DataType Type, object?[] Extents)[] Floats(params (string Name, object?[] Extents)[] operands) =>
        [.. operands.Select(operand => (operand.Name, DataType.Float32, operand.Extents))];

    private static (string Name, DataType Type, object?[] Extents)[] Bytes(params (string Name, object?[] Extents)[] operands) =>
        [.. operands.Select(operand => (operand.Name, DataType.UInt8, operand.Extents))];
}
