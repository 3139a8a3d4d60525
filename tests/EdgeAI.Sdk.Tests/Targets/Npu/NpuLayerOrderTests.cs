using System.Collections.Immutable;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Compiler.Targets.Npu.Scheduler;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>The order in which a segment's layers run.</summary>
public sealed class NpuLayerOrderTests
{
    private static readonly NpuConfiguration Short = NpuConfiguration.Edge1k with { Name = "48 KiB", SramBytes = 48 << 10 };

    /// <summary>Wide maps of all branches first: together they do not fit, one after the other they do.</summary>
    [Test]
    public void Compile_BranchesWrittenSideBySide_RunOneAfterTheOther()
    {
        var model = Branches(count: 6);
        var segment = NpuRig.Inner(model);
        var given = new OrderedScheduler(ProgramBuilder.Build(segment), Short).Run();
        var chosen = new SegmentScheduler(ProgramBuilder.Build(segment), Short).Run();
        Assert.That(given.IsResident, Is.False);
        Assert.That(chosen.ScratchBytes, Is.Zero);
        Assert.That(Timing.Predict(chosen.Commands, Short).TotalCycles, Is.LessThan(Timing.Predict(given.Program.Commands, Short).TotalCycles));
        NpuRig.AssertEqualToOracle(model, Short, seed: 2);
    }

    /// <summary>Two branches whose convolutions and tables wait for each other: in turn they keep both engines busy.</summary>
    [Test]
    public void Compile_BranchesOfTwoEngines_RunSideBySide()
    {
        var model = new QdqModel();
        var (random, x) = (new Random(1), model.Input(DataType.UInt8, 0.05f, 120, 1, 32, 24, 24));
        model.Output(model.Group("Add", [Branch(), Branch()], x.Type, 0.1f, 100));
        var segment = NpuRig.Inner(model);
        var given = new OrderedScheduler(ProgramBuilder.Build(segment), NpuConfiguration.Edge1k).Run();
        var chosen = new SegmentScheduler(ProgramBuilder.Build(segment), NpuConfiguration.Edge1k).Run();
        Assert.That(given.IsResident);
        Assert.That(Timing.Predict(chosen.Commands, NpuConfiguration.Edge1k).TotalCycles, Is.LessThan(0.95 * Timing.Predict(given.Program.Commands, NpuConfiguration.Edge1k).TotalCycles));
        NpuRig.AssertEqualToOracle(model, NpuConfiguration.Edge1k, seed: 3, mustVary: false);

        QuantizedValue Branch()
        {
            var y = x;
            for (var i = 0; i < 12; i++)
            {
                y = TestUnits.Conv(model, random, Sigmoid(y), 32, [1, 1]);
            }

            return y;
        }

        QuantizedValue Sigmoid(QuantizedValue y)
        {
            var result = model.Group("Sigmoid", [y], x.Type, 1 / 256f, 0);
            ShapeInference.Infer(model.Model);
            return result;
        }
    }

    [Test]
    public void Compile_InAnotherOrder_GivesTheSameBytesEachTime()
    {
        var executables = Enumerable.Range(0, 2).Select(_ => NpuRig.Compile(NpuRig.Inner(Branches(count: 6)), Short).Executable).ToList();
        Assert.That(executables[0].Code.Span.SequenceEqual(executables[1].Code.Span), "code");
        Assert.That(executables[0].Constants[0].Data.Span.SequenceEqual(executables[1].Constants[0].Data.Span), "constants");
    }

    /// <summary>Any order that the graph of layers allows has the same bits: the last ready layer first is as far from the given one as can be.</summary>
    [Test]
    public void Compile_LastReadyLayerFirst_EqualsOracle([Range(1, 20)] int seed)
    {
        var machine = Short with { SramBytes = (8 + (seed * 4)) << 10 };
        NpuRig.AssertEqualToOracle(Wired(seed), machine, seed, mustVary: false, Compile);

        Executable Compile(GraphSegment segment)
        {
            var program = ProgramBuilder.Build(segment);
            var scheduled = new OrderedScheduler(program.InOrder(LastReadyFirst(new LayerGraph(program))), machine).Run().Program;
            return NpuTarget.Link(segment, scheduled, machine);
        }
    }

    [Test]
    public void Compile_RandomlyWiredNetwork_EqualsOracle([Range(1, 30)] int seed)
    {
        var machine = Short with { Name = $"wired-{seed}", SramBytes = (8 + (seed % 10 * 6)) << 10 };
        NpuRig.AssertEqualToOracle(Wired(seed), machine, seed, mustVary: false);
    }

    [Test]
    public void For_AGraphOfLayers_KeepsEachBehindItsPredecessors([Range(1, 10)] int seed)
    {
        var graph = new LayerGraph(ProgramBuilder.Build(NpuRig.Inner(Wired(seed))));
        ImmutableArray<long> cycles = [.. graph.Layers.Select((_, i) => 100L + (i * 37 % 50))];
        foreach (var order in new[] { LayerOrder.For(graph, 16 << 10), EngineOrder.For(graph, cycles, 1 << 20), EngineOrder.For(graph, cycles, 4 << 10) })
        {
            Assert.That(order.Order(), Is.EqualTo(Enumerable.Range(0, graph.Layers.Count)));
            var place = order.Select((layer, at) => (layer, at)).ToDictionary(pair => pair.layer, pair => pair.at);
            Assert.That(Enumerable.Range(0, order.Length).SelectMany(layer => graph.Followers(layer).Where(follower => place[follower] < place[layer])), Is.Empty);
        }
    }

    [TestCase(0, 16, 16, 16, false, TestName = "MayOverlap_ChannelsSideBySide_IsFalse")]
    [TestCase(0, 16, 15, 16, true, TestName = "MayOverlap_ChannelsThatMeet_IsTrue")]
    [TestCase(0, 16, 32, 16, true, TestName = "MayOverlap_NextPixel_IsTrue")]
    public void MayOverlap(int first, int firstChannels, int second, int secondChannels, bool expected)
    {
        var storage = new Storage(StorageKind.Internal, 4 * 4 * 32);
        Assert.That(Part(first, firstChannels).MayOverlap(Part(second, secondChannels)), Is.EqualTo(expected));
        Assert.That(Part(second, secondChannels).MayOverlap(Part(first, firstChannels)), Is.EqualTo(expected));

        Map Part(int offset, int channels) => new(storage, offset, 1, 4, 4, channels, 4 * 4 * 32, 4 * 32, 32);
    }

    private static ImmutableArray<int> LastReadyFirst(LayerGraph graph)
    {
        var (waiting, order) = (graph.Predecessors.ToArray(), ImmutableArray.CreateBuilder<int>());
        while (order.Count < waiting.Length)
        {
            var layer = Array.FindLastIndex(waiting, count => count == 0);
            waiting[layer] = -1;
            order.Add(layer);
            graph.Followers(layer).ToList().ForEach(follower => waiting[follower]--);
        }

        return order.DrainToImmutable();
    }

    private static QdqModel Branches(int count)
    {
        var (model, random) = (new QdqModel(), new Random(1));
        var x = model.Input(DataType.UInt8, 0.05f, 120, 1, 8, 24, 24);
        var wide = Enumerable.Range(0, count).Select(_ => TestUnits.Conv(model, random, x, 48, [1, 1])).ToList();
        var narrow = wide.ConvertAll(map => TestUnits.Conv(model, random, map, 8, [3, 3], strides: [4, 4]));
        var sum = narrow.Aggregate((left, right) => model.Group("Add", [left, right], x.Type, left.Scale * 1.3f, 120));
        model.Output(sum);
        return model;
    }

    /// <summary>Operators on any of what was made before; every result that nothing reads is an output.</summary>
    private static QdqModel Wired(int seed)
    {
        var (model, random) = (new QdqModel(), new Random(seed));
        var made = new List<QuantizedValue> { model.Input(DataType.UInt8, 0.05f, 120, 1, 8, 12, 12) };
        var unread = new HashSet<QuantizedValue>();
        for (var i = random.Next(6, 16); i > 0; i--)
        {
            var (x, step) = (made[random.Next(made.Count)], random.Next(6));
            var y = made.Where(other => other.Value.Shape == x.Value.Shape).OrderBy(_ => random.Next()).First();
            var result = step switch
            {
                0 => model.Group("Add", [x, y], x.Type, 1.5f * x.Scale, 118),
                1 => model.Group("Concat", [x, y], x.Type, x.Scale, x.ZeroPoint, new AttributeList(new NodeAttribute("axis", new AttributeValue.Int(1)))),
                2 => model.Group("Sigmoid", [x], x.Type, 1 / 256f, 0),
                3 => model.Group("MaxPool", [x], x.Type, x.Scale, x.ZeroPoint, TestUnits.Attributes(("kernel_shape", [3, 3]), ("pads", [1, 1, 1, 1]))),
                _ => TestUnits.Conv(model, random, x, 8 * random.Next(1, 5), [3, 3], pads: [1, 1, 1, 1]),
            };
            ShapeInference.Infer(model.Model);
            made.Add(result);
            unread.Remove(x);
            unread.Remove(y);
            unread.Add(result);
        }

        foreach (var value in made.Where(unread.Contains))
        {
            model.Output(value);
        }

        return model;
    }
}
