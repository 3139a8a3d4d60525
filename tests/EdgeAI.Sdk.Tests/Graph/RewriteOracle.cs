using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>Runs a model in ONNX Runtime, as the oracle does, before and after it is rewritten.</summary>
internal sealed class RewriteOracle(GraphOptimization optimization = GraphOptimization.All) : IDisposable
{
    private readonly OnnxOracle _oracle = new(new CpuOptions { Threads = 1, Optimization = optimization });

    /// <summary>The outputs on seeded feeds.</summary>
    public ImmutableArray<OnnxValue> Run(Model model, int seed = 1, bool hasOddNumbers = false)
    {
        var random = new Random(seed);
        var feeds = model.Graph.Inputs.ToDictionary(input => input.Name, input => Feed(input, random, hasOddNumbers));
        return _oracle.Run(OnnxWriter.ToBytes(model), feeds);
    }

    /// <summary>The worst difference between two runs.</summary>
    public static TensorDifference Worst(ImmutableArray<OnnxValue> found, ImmutableArray<OnnxValue> expected) =>
        found.Zip(expected, TensorDifference.Of).MaxBy(difference => difference.Relative)!;

    public void Dispose() => _oracle.Dispose();

    private static EdgeTensor Feed(Value input, Random random, bool hasOddNumbers)
    {
        float[] odd = [-0f, 0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon];
        var extents = input.Shape.Select(extent => extent.IsKnown ? extent.Value : 3).ToArray();
        var count = (int)extents.Aggregate(1L, (a, b) => a * b);
        var numbers = Enumerable.Range(0, count).Select(_ => hasOddNumbers && random.Next(2) == 0 ? odd[random.Next(odd.Length)] : (random.NextSingle() * 8) - 4).ToArray();
        return input.Element switch
        {
            DataType.Float32 => EdgeTensor.Of<float>(numbers, extents),
            DataType.Float64 => EdgeTensor.Of<double>([.. numbers.Select(number => (double)number)], extents),
            DataType.Int64 => EdgeTensor.Of<long>([.. numbers.Select(number => (long)number)], extents),
            DataType.Boolean => EdgeTensor.Of<bool>([.. numbers.Select(number => number > 0)], extents),
            DataType.UInt8 => EdgeTensor.Of<byte>([.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(256))], extents),
            _ => EdgeTensor.Of<sbyte>([.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-128, 128))], extents),
        };
    }
}
