using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>Element-wise results that take the place of an operand that dies.</summary>
public sealed class NpuInPlaceTests
{
    private static readonly long[] Extents = [1, 8, 24, 24];

    [Test]
    public void Pair_WhoseOperandsDie_WritesOverOne([Values("Add", "Mul", "Sub", "Min", "Max", "PRelu")] string op)
    {
        var model = Build((model, random, x) => model.Group(op, [Conv(model, random, x), Conv(model, random, x)], x.Type, 0.2f, 120));
        var pair = Commands(model).OfType<PairCommand>().Single();
        Assert.That(new[] { pair.First.Address, pair.Second.Address }, Does.Contain(pair.Output.Address));
        NpuRig.AssertEqualToOracle(model, NpuConfiguration.Edge1k, seed: 3);
    }

    [Test]
    public void Square_OfADyingOperand_WritesOverIt()
    {
        var model = Build((model, random, x) => Conv(model, random, x) is var a ? model.Group("Mul", [a, a], x.Type, 4f, 0) : null!);
        var pair = Commands(model).OfType<PairCommand>().Single();
        Assert.That(pair.First.Address, Is.EqualTo(pair.Output.Address));
        NpuRig.AssertEqualToOracle(model, NpuConfiguration.Edge1k, seed: 4);
    }

    [Test]
    public void Tables_InAChain_AllLieInOnePlace()
    {
        var model = Build((model, random, x) => Unary(model, "Tanh", Unary(model, "HardSwish", Unary(model, "Sigmoid", Conv(model, random, x)))));
        var lookups = Commands(model).OfType<TableLookup>().ToList();
        Assert.That(lookups, Has.Count.EqualTo(3));
        Assert.That(lookups.SelectMany(lookup => new[] { lookup.Input.Address, lookup.Output.Address }).Distinct().Count(), Is.EqualTo(1));
        NpuRig.AssertEqualToOracle(model, NpuConfiguration.Edge1k, seed: 5);
    }

    [Test]
    public void Softmax_OfADyingOperand_WritesOverIt()
    {
        var model = Build((model, random, x) => model.Group("Softmax", [Conv(model, random, x)], x.Type, 1 / 256f, 0, new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(-1)))));
        var softmax = Commands(model).OfType<Softmax>().ToList();
        Assert.That(softmax, Is.Not.Empty);
        Assert.That(softmax.ConvertAll(command => command.Output.Address), Is.EqualTo(softmax.ConvertAll(command => command.Input.Address)));
        NpuRig.AssertEqualToOracle(model, NpuConfiguration.Edge1k, seed: 6, mustVary: false);
    }

    [Test]
    public void Table_WhoseOperandIsReadLater_HasAPlaceOfItsOwn()
    {
        var model = Build((model, random, x) =>
        {
            var a = Conv(model, random, x);
            return model.Group("Mul", [a, Unary(model, "Sigmoid", a)], x.Type, 0.1f, 100);
        });
        var commands = Commands(model);
        var (lookup, pair) = (commands.OfType<TableLookup>().Single(), commands.OfType<PairCommand>().Single());
        Assert.That(lookup.Input.Address, Is.Not.EqualTo(lookup.Output.Address));
        Assert.That(pair.Output.Address, Is.EqualTo(pair.First.Address).Or.EqualTo(pair.Second.Address));
        NpuRig.AssertEqualToOracle(model, NpuConfiguration.Edge1k, seed: 7);
    }

    [Test]
    public void Pair_WithABroadcastOperand_WritesOverTheOtherOne()
    {
        var model = Build((model, random, x) =>
        {
            var a = Conv(model, random, x);
            return model.Group("Mul", [model.Group("GlobalAveragePool", [a], x.Type, 0.1f, 100), a], x.Type, 0.5f, 100);
        });
        var pair = Commands(model).OfType<PairCommand>().Single();
        Assert.That(pair.Output.Address, Is.EqualTo(pair.Second.Address));
        NpuRig.AssertEqualToOracle(model, NpuConfiguration.Edge1k, seed: 8);
    }

    /// <summary>A map of 18 KiB and its table results: with 24 KiB everything stays only if they share their place.</summary>
    [Test]
    public void Compile_WhereOneMapFitsButNotTwo_NeedsNoScratch()
    {
        var model = Build((model, random, x) => Unary(model, "Tanh", Unary(model, "Sigmoid", TestUnits.Conv(model, random, x, 32, [1, 1]))));
        var machine = NpuConfiguration.Edge1k with { Name = "24 KiB", SramBytes = 24 << 10 };
        Assert.That(Image(model, machine).ScratchBytes, Is.Zero);
        NpuRig.AssertEqualToOracle(model, machine, seed: 9);
    }

    private static QdqModel Build(Func<QdqModel, Random, QuantizedValue, QuantizedValue> build)
    {
        var (model, random) = (new QdqModel(), new Random(1));
        var x = model.Input(DataType.UInt8, 0.05f, 120, Extents);
        var y = build(model, random, x);
        ShapeInference.Infer(model.Model);
        model.Output(model.Group("GlobalAveragePool", [y], y.Type, y.Scale * 0.5f, 100));
        return model;
    }

    private static QuantizedValue Conv(QdqModel model, Random random, QuantizedValue x) => TestUnits.Conv(model, random, x, 32, [3, 3], pads: [1, 1, 1, 1]);

    private static QuantizedValue Unary(QdqModel model, string op, QuantizedValue x)
    {
        var result = model.Group(op, [x], x.Type, op == "HardSwish" ? 0.03f : 1 / 128f, 128);
        ShapeInference.Infer(model.Model);
        return result;
    }

    private static ImmutableArray<ICommand> Commands(QdqModel model) => CommandReader.ReadAll(Image(model, NpuConfiguration.Edge1k).Commands);

    private static NpuImage Image(QdqModel model, NpuConfiguration machine) => NpuImage.FromExecutable(NpuRig.Compile(NpuRig.Inner(model), machine).Executable);
}
