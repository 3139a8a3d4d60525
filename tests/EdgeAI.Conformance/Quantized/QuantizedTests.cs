using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Quantized;

/// <summary>Own quantized cases through the whole of EdgeAI, on each device set, bit by bit as ONNX Runtime.</summary>
public sealed class QuantizedTests
{
    private const int Seed = 11;

    /// <summary>As on ARM: Int8 groups are computed in integers, always.</summary>
    private static readonly CpuOptions IntegerRule = new()
    {
        SessionEntries = ImmutableDictionary<string, string>.Empty.Add("session.qdqisint8allowed", "1"),
    };

    private static IEnumerable<string> Names() => QuantizedCase.All.Select(item => item.Name);

    [TestCaseSource(nameof(Names))]
    public void QuantizedCase_OnEveryDeviceSet_GivesTheOraclesBits(string name)
    {
        var item = QuantizedCase.All.Single(item => item.Name == name);
        Assert.Multiple(() =>
        {
            foreach (var type in (ReadOnlySpan<DataType>)[DataType.UInt8, DataType.Int8])
            {
                Check(item, type);
            }
        });
    }

    private static void Check(QuantizedCase item, DataType type)
    {
        var model = new QdqModel();
        var input = model.Input(type, item.Scale, type == DataType.UInt8 ? 121 : -3, item.Extents);
        model.Output(item.Build(model, new Random(Seed), input));
        var bytes = OnnxWriter.ToBytes(model.Model);
        var feeds = new Dictionary<string, EdgeTensor> { [model.Graph.Inputs[0].Name] = Feed(input) };
        foreach (var set in DeviceSet.All.Append(DeviceSet.Npu))
        {
            using var oracle = new OnnxOracle((set == DeviceSet.Accelerated || set == DeviceSet.Npu) && item.IsFloatOnX64 && type == DataType.Int8 ? IntegerRule : null);
            var expected = oracle.Run(bytes, feeds);
            var (found, devices) = Run(set, bytes, feeds);
            var difference = found.Zip(expected, TensorDifference.Of).FirstOrDefault(difference => !difference.IsExact);
            Assert.That(difference, Is.Null, $"{item.Name}, {type}, {set}: {difference?.Text}");
            if (set == DeviceSet.Npu && item.Device.Length > 0)
            {
                Assert.That(devices, Has.Some.EqualTo(item.Device), $"{item.Name}, {type}: no unit runs there");
            }

            if ((set == DeviceSet.Npu || set == DeviceSet.Accelerated) && item.Device.Length > 0)
            {
                Assert.That(devices, Has.None.EqualTo("cpu"), $"{item.Name}, {type}, {set}: a group was left to the CPU");
            }
        }
    }

    /// <summary>The results, and the devices of the quantized groups.</summary>
    private static (IReadOnlyList<OnnxValue> Found, ImmutableArray<string> Devices) Run(DeviceSet set, byte[] bytes, Dictionary<string, EdgeTensor> feeds)
    {
        using var file = new TemporaryModel(bytes);
        using var runtime = set.Create();
        using var model = runtime.Load(file.Path);
        var result = model.Run(feeds);
        var groups = result.Plan.Report.Operators.Where(unit => unit.Operator.StartsWith("QDQ ", StringComparison.Ordinal));
        return ([.. result.Select(OnnxOracle.ValueOf)], [.. groups.Select(unit => unit.Device)]);
    }

    /// <summary>Every integer of the type in some order, as the real numbers that they stand for.</summary>
    private static EdgeTensor Feed(QuantizedValue input)
    {
        var random = new Random(Seed);
        var lowest = input.Type == DataType.Int8 ? -128 : 0;
        var shape = input.Value.Shape;
        var values = Enumerable.Range(0, (int)shape.ElementCount).Select(_ => (random.Next(256) + lowest - input.ZeroPoint) * input.Scale);
        return EdgeTensor.Of<float>(values.ToArray(), shape.ToArray());
    }
}
