using EdgeAI.Hal.Cpu;

namespace EdgeAI.Hal.Tests.Cpu;

public sealed class PackedValueTests
{
    private static readonly OnnxValue Nested = new OnnxValue.Sequence(
    [
        new OnnxValue.Tensor(DataType.Int16, new Shape(2, 1), [1, 0, 2, 0]),
        new OnnxValue.Texts(new Shape(2L), ["a", ""]),
        new OnnxValue.Sequence([]),
        new OnnxValue.Map(new OnnxValue.Tensor(DataType.Int64, new Shape(1L), [7, 0, 0, 0, 0, 0, 0, 0]), new OnnxValue.Tensor(DataType.UInt8, new Shape(1L), [9])),
    ]);

    [Test]
    public void Decode_WhatWasEncoded_IsEqual() => Assert.That(PackedValue.Decode(PackedValue.Encode(Nested)), Is.EqualTo(Nested));

    [Test]
    public void Decode_CutOffAnywhere_IsATypedError()
    {
        var bytes = PackedValue.Encode(Nested);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<TensorMismatchException>(() => PackedValue.Decode(bytes.AsSpan(0, length)), $"{length} of {bytes.Length} bytes");
        }
    }

    [Test]
    public void Decode_BytesChanged_IsAValueOrATypedError()
    {
        const int seed = 5;
        var random = new Random(seed);
        var bytes = PackedValue.Encode(Nested);
        for (var round = 0; round < 5_000; round++)
        {
            var changed = (byte[])bytes.Clone();
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            try
            {
                _ = PackedValue.Decode(changed);
            }
            catch (TensorMismatchException)
            {
                // Expected of most.
            }
        }
    }
}
