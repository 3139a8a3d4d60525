using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>What the compiler promises of its streams, seen in their commands and in when these run.</summary>
public sealed class NpuScheduleTests
{
    private static readonly NpuConfiguration Machine = NpuConfiguration.Edge1k;

    [Test]
    public void ConcatSliceAndPad_BetweenConvolutions_MoveNothing()
    {
        var model = Build((model, random, x) =>
        {
            var (a, b) = (Conv(model, random, x), Conv(model, random, x));
            var joined = Infer(model, model.Group("Concat", [a, b], a.Type, a.Scale, a.ZeroPoint, new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(1)))));
            var bounds = new long[] { 8, 24, 1 }.Select(value => (object?)ConstantTensor.Of<long>(new Shape(1), value));
            var slice = Infer(model, model.Group("Slice", [joined, .. bounds], joined.Type, joined.Scale, joined.ZeroPoint));
            var wide = Conv(model, random, slice);
            var padded = Infer(model, model.Group("Pad", [wide, ConstantTensor.Of<long>(new Shape(8), 0, 0, 1, 1, 0, 0, 1, 1)], wide.Type, wide.Scale, wide.ZeroPoint));
            return TestUnits.Conv(model, random, padded, 8, [3, 3]);
        });
        var commands = CommandReader.ReadAll(Image(model, Machine).Commands);
        Assert.That(commands.OfType<Copy>().Where(copy => copy.Source.Region == Region.Sram && copy.Destination.Region == Region.Sram), Is.Empty);
        Assert.That(commands.OfType<TableLookup>(), Is.Empty);
        NpuRig.AssertEqualToOracle(model, Machine, seed: 3);
        NpuRig.AssertEqualToOracle(model, NpuRig.Tiny, seed: 4);
    }

    [Test]
    public void Relu_BehindAConvolution_TakesNoCommand()
    {
        var model = Build((model, random, x) => TestUnits.Conv(model, random, x, 16, [3, 3], activation: "Relu", outputZero: 0));
        var commands = CommandReader.ReadAll(Image(model, Machine).Commands);
        Assert.That(commands.Where(command => command.Engine == NpuEngine.Mac && command is not (Wait or Signal)), Has.Exactly(1).Items);
        Assert.That(commands.OfType<TableLookup>(), Is.Empty);
    }

    /// <summary>The fully connected layer's weights are there before the layers in front of it, on whatever engine, have ended.</summary>
    [Test]
    public void Weights_OfAFullyConnectedLayer_ComeUnderLayersBefore([Values("Conv", "Softmax", "MaxPool")] string before)
    {
        var model = Build((model, random, x) =>
        {
            var map = Conv(model, random, x);
            var last = before switch
            {
                "Conv" => TestUnits.Conv(model, random, map, 16, [3, 3], pads: [1, 1, 1, 1]),
                "Softmax" => model.Group("Softmax", [map], x.Type, 1 / 256f, 0, new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(-1)))),
                _ => model.Group("MaxPool", [map], x.Type, map.Scale, map.ZeroPoint, TestUnits.Attributes(("kernel_shape", [5, 5]), ("pads", [2, 2, 2, 2]))),
            };
            return TestUnits.Gemm(model, random, Infer(model, model.Group("Flatten", [Infer(model, last)], last.Type, last.Scale, last.ZeroPoint)), 8);
        });
        var image = Image(model, Machine);
        var (commands, schedule) = (CommandReader.ReadAll(image.Commands), Timing.Predict(image, Machine));
        var weights = schedule.Commands.Where(command => commands[command.Index] is Copy { Source.Region: Region.Constants }).MaxBy(command => command.Cost.DramBytes);
        var work = schedule.Commands.Where(command => command.Engine is NpuEngine.Mac or NpuEngine.Vector && command.Cost.Cycles > 0).OrderBy(command => command.End).ToList();
        Assert.That(weights.Start, Is.LessThan(work[^2].Start), "the weights' load begins before the layer in front of their own");
    }

    /// <summary>Weights of eight times the SRAM: they stream through two buffers while the array works on the ones before.</summary>
    [Test]
    public void Weights_LargerThanSram_StreamUnderTheProduct()
    {
        var (model, random) = (new QdqModel(), new Random(1));
        model.Output(TestUnits.Gemm(model, random, model.Input(DataType.UInt8, 0.05f, 120, 1, 2048), 512));
        var machine = Machine with { Name = "128 KiB", SramBytes = 128 << 10 };
        var schedule = Timing.Predict(Image(model, machine), machine);
        TestContext.Out.WriteLine($"{schedule.TotalCycles} cycles, busy {string.Join(", ", schedule.BusyCycles)}");
        Assert.That(schedule.Cost.DramBytes, Is.GreaterThan(8 * machine.SramBytes));
        Assert.That(schedule.TotalCycles, Is.LessThan(1.1 * schedule.BusyCycles.Max()));
        NpuRig.AssertEqualToOracle(model, machine, seed: 5);
    }

    private static QdqModel Build(Func<QdqModel, Random, QuantizedValue, QuantizedValue> build)
    {
        var (model, random) = (new QdqModel(), new Random(1));
        model.Output(build(model, random, model.Input(DataType.UInt8, 0.05f, 120, 1, 8, 16, 16)));
        return model;
    }

    private static QuantizedValue Conv(QdqModel model, Random random, QuantizedValue x) => TestUnits.Conv(model, random, x, 16, [3, 3], pads: [1, 1, 1, 1]);

    private static QuantizedValue Infer(QdqModel model, QuantizedValue value)
    {
        ShapeInference.Infer(model.Model);
        return value;
    }

    private static NpuImage Image(QdqModel model, NpuConfiguration machine) => NpuImage.FromExecutable(NpuRig.Compile(NpuRig.Inner(model), machine).Executable);
}
