using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Sdk.Tests.Graph;
using FsCheck;
using FsCheck.Fluent;

namespace EdgeAI.Sdk.Tests.Upgrades;

/// <summary>The broadcasting of versions 1 to 6, evaluated element by element as its text says, against the upgraded node in ONNX Runtime.</summary>
public sealed class OldBroadcastTests
{
    [Test]
    public void Upgraded_RandomShapesAndAxes_GivesWhatTheOldTextSays()
    {
        var seeds = Gen.Choose(0, int.MaxValue).ToArbitrary();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll(seeds, seed =>
        {
            var random = new Random(seed);
            var extents = Enumerable.Range(0, random.Next(1, 5)).Select(_ => (long)random.Next(1, 5)).ToArray();
            var first = random.Next(extents.Length);
            var inner = extents[first..random.Next(first, extents.Length + 1)];
            var isSuffix = first + inner.Length == extents.Length && random.Next(2) == 0;
            var (model, feeds) = Build(extents, inner, isSuffix ? "" : $" axis={first}", seed);
            ModelUpgrade.Run(model);
            OldModel.AssertEqual(OldModel.Run(model, seed), [Expected(extents, inner, first, feeds)], $"seed {seed}: [{string.Join(',', extents)}] − [{string.Join(',', inner)}] from axis {first}");
        }));
    }

    private static (Model Model, EdgeTensor[] Feeds) Build(long[] extents, long[] inner, string axis, int seed)
    {
        var test = new TestGraph(6);
        var (a, b) = (test.Input($"f32[{string.Join(',', extents)}]"), test.Input($"f32[{string.Join(',', inner)}]"));
        test.Output(test.Node("Sub", $"broadcast=1{axis}", a, b));
        var feeds = OldModel.Feeds(test.Model, seed);
        return (test.Model, [feeds[a.Name], feeds[b.Name]]);
    }

    private static OnnxValue.Tensor Expected(long[] extents, long[] inner, int first, EdgeTensor[] feeds)
    {
        var a = feeds[0].AsSpan<float>();
        var b = feeds[1].AsSpan<float>();
        var behind = extents[(first + inner.Length)..].Aggregate(1L, (product, extent) => product * extent);
        var result = new float[a.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = a[i] - b[(int)(i / behind % b.Length)];
        }

        return new OnnxValue.Tensor(DataType.Float32, new Shape(extents), [.. System.Runtime.InteropServices.MemoryMarshal.AsBytes(result.AsSpan())]);
    }
}
