using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Testing;

/// <summary>
/// Inputs for any model, the same at every call: recorded ones where the shared data has some, else seeded random ones in ranges
/// that the model can take. Extents that a model leaves open are chosen so that it runs.
/// </summary>
public static class ModelFeeds
{
    /// <summary>Extents by name, or by "input.axis" where they have none; 1 where nothing is said.</summary>
    private static readonly Dictionary<string, Dictionary<string, long>> Extents = new()
    {
        ["audio/silero_vad_v6_op16.onnx"] = new() { ["input.1"] = 576 },
        ["misc/attention_past_state_u8s8.onnx"] = new() { ["seq_len"] = 4, ["past_sequence_length"] = 3 },
        ["nlp/tiny_random_gpt2_fp32.onnx"] = new() { ["seq_len"] = 2, ["past_seq_len"] = 3, ["total_seq_len"] = 5 },
        ["nlp/tinybert_tribuo.onnx"] = new() { ["sequence"] = 12 },
        ["ocr/ppocrv2_cls.onnx"] = new() { ["x.2"] = 48, ["x.3"] = 192 },
        ["sensor/rf_iris_sklearn.onnx"] = new() { ["float_input.0"] = 3 },
        ["sensor/gesture_history_lstm.onnx"] = new() { ["batch"] = 2 },
    };

    /// <summary>Recorded inputs of models whose only input they are.</summary>
    private static readonly Dictionary<string, string> Recordings = new()
    {
        ["cls/mnist_cntk.onnx"] = "inputs/reference/mnist_cntk_0_input.pb",
        ["cls/mobilenetv2_qdq_int8_op11.onnx"] = "inputs/reference/mobilenetv2_qdq_input.pb",
        ["misc/super_resolution_10_pytorch.onnx"] = "inputs/reference/super_resolution_10_input.pb",
        ["misc/super_resolution_ir1_pytorch02.onnx"] = "inputs/reference/super_resolution_10_input.pb",
        ["own/kws/kws_dscnn.onnx"] = "models/own/kws/samples/lights_noisy.wav",
        ["own/kws/kws_dscnn_int8.onnx"] = "models/own/kws/samples/lights_noisy.wav",
        ["own/kws/kws_dscnn_convfe.onnx"] = "models/own/kws/samples/on_clean.wav",
        ["own/kws/kws_dscnn_convfe_int8.onnx"] = "models/own/kws/samples/on_clean.wav",
    };

    /// <summary>A tensor for each input of a shared model.</summary>
    /// <param name="model">Its path below models/.</param>
    /// <param name="inputs">Its inputs as declared.</param>
    /// <param name="seed">Another seed gives other random inputs; recorded ones stay.</param>
    public static ImmutableArray<EdgeTensor> For(string model, ImmutableArray<TensorSpec> inputs, int seed = 7)
    {
        var extents = Extents.GetValueOrDefault(model) ?? [];
        return Recordings.TryGetValue(model, out var recording) && inputs.Length == 1
            ? [Recorded(SharedData.Path(recording.Split('/')), Bind(inputs[0], extents))]
            : Random(inputs, extents, seed);
    }

    /// <summary>Seeded random tensors for these inputs.</summary>
    /// <param name="inputs">The inputs as declared.</param>
    /// <param name="extents">Numbers for open extents by name or "input.axis"; 1 where nothing is said.</param>
    /// <param name="seed">Seed.</param>
    public static ImmutableArray<EdgeTensor> Random(ImmutableArray<TensorSpec> inputs, IReadOnlyDictionary<string, long> extents, int seed = 7)
    {
        var random = new Random(seed);
        return [.. inputs.Select(input => Tensor(input, Bind(input, extents), random, extents.GetValueOrDefault("past_seq_len")))];
    }

    private static Shape Bind(TensorSpec input, IReadOnlyDictionary<string, long> extents) =>
        new([.. input.Shape.Dimensions.Select((extent, axis) => extent.IsKnown ? extent
            : Dimension.Of(extents.GetValueOrDefault(extent.Symbol ?? "", extents.GetValueOrDefault($"{input.Name}.{axis}", 1))))]);

    private static EdgeTensor Recorded(string path, Shape shape)
    {
        if (path.EndsWith(".pb", StringComparison.Ordinal))
        {
            var tensor = OnnxReader.ReadTensor(File.ReadAllBytes(path));
            return EdgeTensor.FromBytes(tensor.Type, tensor.Shape, tensor.Data.Span);
        }

        // 16-bit mono waves with the shortest header.
        var samples = MemoryMarshal.Cast<byte, short>(File.ReadAllBytes(path).AsSpan(44));
        var wave = new float[shape.ElementCount];
        for (var i = 0; i < Math.Min(samples.Length, wave.Length); i++)
        {
            wave[i] = samples[i] / 32768f;
        }

        return EdgeTensor.Of<float>(wave, shape.ToArray());
    }

    private static EdgeTensor Tensor(TensorSpec input, Shape shape, Random random, long past)
    {
        var count = checked((int)shape.ElementCount);
        if (input.Type == DataType.String)
        {
            return EdgeTensor.OfStrings([.. Enumerable.Range(0, count).Select(i => $"{i + 2}")], shape.ToArray());
        }

        var bytes = new byte[input.Type.ByteCount(count)];
        for (var i = 0; i < count; i++)
        {
            Put(bytes, i, input, random, past);
        }

        return EdgeTensor.FromBytes(input.Type, shape, bytes);
    }

    private static void Put(Span<byte> bytes, int index, TensorSpec input, Random random, long past)
    {
        switch (input.Type)
        {
            case DataType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(bytes[(index * 4)..], (float)Real(input.Name, random));
                break;
            case DataType.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes[(index * 8)..], Real(input.Name, random));
                break;
            case DataType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(bytes[(index * 2)..], (Half)Real(input.Name, random));
                break;
            case DataType.UInt8 or DataType.Int8:
                bytes[index] = Is(input, "zero_point") ? (byte)(input.Type == DataType.Int8 ? 0 : 128) : (byte)random.Next(256);
                break;
            case DataType.Boolean:
                bytes[index] = (byte)random.Next(2);
                break;
            case DataType.Int32:
                BinaryPrimitives.WriteInt32LittleEndian(bytes[(index * 4)..], (int)Integer(input, index, random, past));
                break;
            case DataType.Int64:
                BinaryPrimitives.WriteInt64LittleEndian(bytes[(index * 8)..], Integer(input, index, random, past));
                break;
            default:
                throw new NotSupportedException($"No values are known for input '{input}'.");
        }
    }

    private static double Real(string name, Random random) =>
        name.Contains("scale", StringComparison.Ordinal) ? 0.02
        : name.Contains("threshold", StringComparison.Ordinal) ? 0.3
        : random.NextDouble();

    /// <summary>Small numbers, which index any vocabulary; masks of ones; positions that go on behind the past.</summary>
    private static long Integer(TensorSpec input, int index, Random random, long past) =>
        input.Name == "sr" ? 16000
        : Is(input, "mask") ? 1
        : Is(input, "position") ? past + index
        : random.Next(Is(input, "type") ? 2 : 40);

    private static bool Is(TensorSpec input, string part) => input.Name.Contains(part, StringComparison.Ordinal);
}
