using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

public sealed class NpuTargetTests
{
    [Test]
    public void Compile_OneConvolution_EqualsOracle([Values(DataType.UInt8, DataType.Int8)] DataType type)
    {
        var model = new QdqModel();
        var x = model.Input(type, 0.05f, type == DataType.UInt8 ? 120 : -3, 1, 3, 9, 11);
        model.Output(TestUnits.Conv(model, new Random(1), x, 20, [3, 3], pads: [1, 1, 1, 1]));
        NpuRig.AssertEqualToOracle(model.Model, NpuConfiguration.Edge1k, 1);
    }
}
