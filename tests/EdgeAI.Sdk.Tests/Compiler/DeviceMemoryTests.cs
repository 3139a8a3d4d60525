using EdgeAI.Compiler;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Compiler;

/// <summary>Devices with memory of their own: what is too large is split or placed elsewhere, and what was placed loads.</summary>
public sealed class DeviceMemoryTests
{
    private const int Layers = 4;
    private const int Width = 512;

    [TestCase(1 << 30, Layers)]
    [TestCase(700 << 10, 2)]
    [TestCase(300 << 10, 1)]
    [TestCase(200 << 10, 0)]
    public void Place_WeightsOfAMegabyte_FillTheNpusDramAndLoad(int dramBytes, int layersOnNpu)
    {
        var configuration = NpuConfiguration.Edge1k with { DramBytes = dramBytes };
        var plan = Compile(Network(), new NpuTarget(configuration));
        var npu = new SimulatedNpu(configuration);
        using var devices = new DeviceCatalog([DeviceFinding.Found(new CpuDevice()), DeviceFinding.Found(new NpuDevice(npu))]);
        using var executor = new Executor(plan, devices);
        var context = executor.Rent();
        context.Run();
        executor.Return(context);
        Assert.Multiple(() =>
        {
            Assert.That(plan.Report.Operators.Count(unit => unit.Operator == "QDQ Gemm" && unit.Device == "npu"), Is.EqualTo(layersOnNpu));
            Assert.That(npu.MappedBytes, Is.LessThanOrEqualTo(dramBytes));
        });
    }

    [Test]
    public void Place_LayerTooLargeAlone_IsRefusedByName()
    {
        var plan = Compile(Network(), new NpuTarget(NpuConfiguration.Edge1k with { DramBytes = 200 << 10 }));
        var answer = plan.Report.Operators.First(unit => unit.Operator == "QDQ Gemm").Answers.Single(answer => answer.Device == "npu");
        Assert.That((answer.IsSupported, answer.Constraint), Is.EqualTo((false, "device-memory")));
        Assert.That(answer.Reason, Does.StartWith("it keeps ").And.EndsWith(" bytes, 'npu' has 204,800"));
    }

    /// <summary>Two values of 4,000 bytes, the second on a border of 64.</summary>
    [TestCase(8032, "acc acc acc")]
    [TestCase(8031, "cpu cpu cpu")]
    public void Place_ValuesOfAFrame_CountToo(long memory, string devices)
    {
        var plan = PlacementStageTests.Compile(PlacementStageTests.Chain("Neg", "Abs", "Neg"), new FakeTarget("acc") { Memory = memory });
        Assert.That(PlacementStageTests.Devices(plan), Is.EqualTo(devices));
        Assert.That(plan.Report.Notes.Any(note => note.StartsWith("acc has 8,031 bytes of memory, the plan would take ", StringComparison.Ordinal)), Is.EqualTo(memory == 8031));
    }

    [Test]
    public void Place_WeightsAndValuesTogetherTooLarge_LeavesRoomForTheValues()
    {
        var target = new FakeTarget("acc") { Memory = 20_000, Resident = _ => 6000, SegmentSeconds = segment => 1e-9 * segment.Units.Length };
        var plan = PlacementStageTests.Compile(PlacementStageTests.Chain("Neg", "Abs", "Neg"), target);
        Assert.That(PlacementStageTests.Devices(plan).Split(' ').Count(device => device == "acc"), Is.EqualTo(2).Or.EqualTo(1), plan.Explain());
        Assert.That(plan.Devices.Single(device => device.Id == "acc").ArenaByteCount + (6000 * plan.Report.Operators.Count(unit => unit.Device == "acc")), Is.LessThanOrEqualTo(20_000));
    }

    /// <summary>A chain of products with 256 KiB of weights each.</summary>
    private static byte[] Network()
    {
        var (model, random) = (new QdqModel(), new Random(5));
        var value = model.Input(DataType.UInt8, 0.05f, 100, 1, Width);
        for (var layer = 0; layer < Layers; layer++)
        {
            value = TestUnits.Gemm(model, random, value, Width);
            value.Value.Type = new EdgeAI.Graph.TensorType(DataType.UInt8, new Shape(1, Width));
        }

        model.Output(value);
        return OnnxWriter.ToBytes(model.Model);
    }

    private static Plan Compile(byte[] bytes, Target target) =>
        new ModelCompiler(new CompilerOptions { Accelerators = [target], Profile = BoardProfile.Default.AcceleratorsFirst() }).Compile(OnnxReader.Read(bytes), "network").Plan!;
}
