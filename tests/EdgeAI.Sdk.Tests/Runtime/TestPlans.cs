using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>Small plans for null devices "cpu" and "npu": x runs on npu to y, y is copied back.</summary>
internal static class TestPlans
{
    public static TensorSpec X { get; } = new("x", DataType.Float32, new Shape(1, 4));

    public static TensorSpec Y { get; } = new("y", DataType.Float32, new Shape(4));

    public static Plan ThereAndBack()
    {
        var executable = new Executable(NullDevice.Format, new ExecutableSignature([X], [Y]), new byte[] { 1, 2, 3 }, [new ConstantBlob("w", new byte[] { 9, 8 })], [new SourceRange(0, 3, "conv")]);
        var cost = new PredictedCost(1e-3, 2e-6, 16);
        return new Plan(
            "there-and-back", "hub",
            [new PlanDevice("cpu", 80), new PlanDevice("npu", 80)],
            [new PlanTensor(X, 0, 0), new PlanTensor(X, 1, 0), new PlanTensor(Y, 1, 64), new PlanTensor(Y, 0, 64)],
            [new PlanExecutable(executable, 1, ["conv"])],
            [new CopyStep(0, 1, cost), new RunStep(0, [1], [2], cost), new CopyStep(2, 3, cost)],
            [0], [3],
            new PlanReport(
                [new OperatorReport("conv", "QDQ Conv", "npu", 0, cost, [new DeviceAnswer("cpu", 5e-3, null, null), new DeviceAnswer("dsp", double.NaN, "float32", "element type is UInt8; expected Float32")])],
                "elimination", 3e-3, 3e-3, ["a note"]));
    }

    public static DeviceCatalog Devices(params Device[] devices) => new(devices.Select(DeviceFinding.Found));
}
