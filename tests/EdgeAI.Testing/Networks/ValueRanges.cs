using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI.Testing.Networks;

/// <summary>Ranges of a network's values, by ONNX Runtime.</summary>
public static class ValueRanges
{
    /// <summary>The least and the largest element of every float value in a run.</summary>
    public static Dictionary<string, (float Low, float High)> Measure(byte[] bytes, IReadOnlyDictionary<string, EdgeTensor> feeds)
    {
        var model = OnnxReader.Read(bytes);
        ShapeInference.Infer(model);
        var inner = model.Graph.Nodes.SelectMany(node => node.Outputs).OfType<Value>().Where(value => value.Element == DataType.Float32).Except(model.Graph.Outputs).ToList();
        inner.ForEach(model.Graph.AddOutput);
        using var oracle = new OnnxOracle();
        var results = oracle.Run(OnnxWriter.ToBytes(model), feeds);
        var ranges = model.Graph.Outputs.Zip(results).Where(pair => pair.First.Element == DataType.Float32)
            .ToDictionary(pair => pair.First.Name, pair => Range(MemoryMarshal.Cast<byte, float>(((OnnxValue.Tensor)pair.Second).Data.AsSpan())));
        foreach (var (name, feed) in feeds.Where(feed => feed.Value.Type == DataType.Float32))
        {
            ranges[name] = Range(MemoryMarshal.Cast<byte, float>(feed.Bytes));
        }

        return ranges;
    }

    private static (float Low, float High) Range(ReadOnlySpan<float> numbers)
    {
        var (low, high) = (float.PositiveInfinity, float.NegativeInfinity);
        foreach (var number in numbers)
        {
            (low, high) = (Math.Min(low, number), Math.Max(high, number));
        }

        return (low, high);
    }
}
