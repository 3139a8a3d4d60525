using System.Buffers.Binary;
using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Upgrades;

/// <summary>A model that is run as it is and upgraded, on seeded inputs.</summary>
internal static class OldModel
{
    private static readonly OnnxOracle Oracle = new(new CpuOptions { Threads = 1 });

    /// <summary>The outputs in ONNX Runtime; null where it refuses the model.</summary>
    public static ImmutableArray<OnnxValue>? RunAsIs(Model model, int seed = 1)
    {
        try
        {
            return Oracle.Run(OnnxWriter.ToBytes(model), Feeds(model, seed));
        }
        catch (EdgeException error) when (error is ExecutableFormatException or DeviceFaultException)
        {
            TestContext.Out.WriteLine($"as it is: {error.Message}");
            return null;
        }
    }

    /// <summary>The outputs in ONNX Runtime of a model that it must take, after the verifier and inference have taken it.</summary>
    public static ImmutableArray<OnnxValue> Run(Model model, int seed = 1)
    {
        GraphVerifier.Verify(model);
        ShapeInference.Infer(model);
        GraphVerifier.VerifyTypes(model);
        return Oracle.Run(OnnxWriter.ToBytes(model), Feeds(model, seed));
    }

    /// <summary>Floats in [−2, 2), small integers, by place of the input: the same for models of the same inputs.</summary>
    public static IReadOnlyDictionary<string, EdgeTensor> Feeds(Model model, int seed)
    {
        var random = new Random(seed);
        return model.Graph.Inputs.Where(input => input.Constant is null).ToDictionary(input => input.Name, input => Feed(input, random));
    }

    /// <summary>Fails with the first output that differs in a bit, or by more than a tolerance relative to the largest magnitude.</summary>
    public static void AssertEqual(IReadOnlyList<OnnxValue> found, IReadOnlyList<OnnxValue> expected, string what, double tolerance = 0)
    {
        Assert.That(found, Has.Count.EqualTo(expected.Count), what);
        for (var i = 0; i < found.Count; i++)
        {
            var difference = TensorDifference.Of(found[i], expected[i]);
            Assert.That(difference.IsExact || difference.Relative <= tolerance, $"{what}, output {i}: {difference.Text}");
        }
    }

    private static EdgeTensor Feed(Value input, Random random)
    {
        var shape = new Shape([.. input.Shape.Select(extent => extent.IsKnown ? extent : 2)]);
        var count = checked((int)shape.ElementCount);
        var bytes = new byte[input.Element.ByteCount(count)];
        for (var i = 0; i < count; i++)
        {
            Put(bytes.AsSpan(), i, input.Element, random);
        }

        return EdgeTensor.FromBytes(input.Element, shape, bytes);
    }

    private static void Put(Span<byte> bytes, int index, DataType type, Random random)
    {
        switch (type)
        {
            case DataType.Float32:
                BinaryPrimitives.WriteSingleLittleEndian(bytes[(index * 4)..], (float)(4 * random.NextDouble() - 2));
                break;
            case DataType.Float64:
                BinaryPrimitives.WriteDoubleLittleEndian(bytes[(index * 8)..], 4 * random.NextDouble() - 2);
                break;
            case DataType.Float16:
                BinaryPrimitives.WriteHalfLittleEndian(bytes[(index * 2)..], (Half)(4 * random.NextDouble() - 2));
                break;
            case DataType.Int64:
                BinaryPrimitives.WriteInt64LittleEndian(bytes[(index * 8)..], random.Next(3));
                break;
            case DataType.Int32:
                BinaryPrimitives.WriteInt32LittleEndian(bytes[(index * 4)..], random.Next(3));
                break;
            default:
                bytes[index] = (byte)random.Next(2);
                break;
        }
    }
}
