using System.Buffers.Binary;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>TensorProto has a list per group of element types, packed or not; the bytes must come out as in raw_data.</summary>
public sealed class TensorDecodingTests
{
    private static IEnumerable<TestCaseData> Integers() =>
    [
        Case(DataType.Int8, TensorFields.Int32Data, [-128, 0, 127], [0x80, 0, 0x7F]),
        Case(DataType.UInt8, TensorFields.Int32Data, [0, 255], [0, 0xFF]),
        Case(DataType.Int16, TensorFields.Int32Data, [-2, 258], [0xFE, 0xFF, 2, 1]),
        Case(DataType.UInt16, TensorFields.Int32Data, [65535], [0xFF, 0xFF]),
        Case(DataType.Int32, TensorFields.Int32Data, [int.MinValue, 1], [0, 0, 0, 0x80, 1, 0, 0, 0]),
        Case(DataType.Boolean, TensorFields.Int32Data, [0, 1, 2], [0, 1, 1]),
        Case(DataType.Float16, TensorFields.Int32Data, [0x3C00, 0xC000], [0, 0x3C, 0, 0xC0]),
        Case(DataType.BFloat16, TensorFields.Int32Data, [0x3F80], [0x80, 0x3F]),
        Case(DataType.Float8E5M2, TensorFields.Int32Data, [0x3C], [0x3C]),
        Case(DataType.UInt32, TensorFields.UInt64Data, [uint.MaxValue], [0xFF, 0xFF, 0xFF, 0xFF]),
        Case(DataType.UInt64, TensorFields.UInt64Data, [-1], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
        Case(DataType.Int64, TensorFields.Int64Data, [-2], [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
    ];

    [TestCaseSource(nameof(Integers))]
    public void ReadTensor_IntegerList_GivesTheElementsBytes(DataType type, int field, long[] values, byte[] expected)
    {
        var packed = Read(type, values.Length, tensor => tensor.PackedInt64(field, values));
        var single = Read(type, values.Length, tensor => Array.ForEach(values, value => tensor.Int64(field, value)));
        Assert.That(packed.Data.ToArray(), Is.EqualTo(expected), "packed");
        Assert.That(single.Data.ToArray(), Is.EqualTo(expected), "one by one");
    }

    [Test]
    public void ReadTensor_FourBitElements_StandTwoToAByte()
    {
        var odd = Read(DataType.Int4, 3, tensor => tensor.PackedInt64(TensorFields.Int32Data, [0xF1, 0x02]));
        Assert.That(odd.Data.ToArray(), Is.EqualTo(new byte[] { 0xF1, 0x02 }));
        var two = Read(DataType.UInt2, 5, tensor => tensor.Bytes(TensorFields.RawData, new byte[] { 0xE4, 0x01 }));
        Assert.That(two.Data.ToArray(), Is.EqualTo(new byte[] { 0xE4, 0x01 }));
    }

    [Test]
    public void ReadTensor_PackedFloats_AreASliceOfTheMessage()
    {
        var bytes = Message(DataType.Float32, 3, tensor => tensor.Bytes(TensorFields.FloatData, Floats(1, -2, float.NaN)));
        var data = OnnxReader.ReadTensor(bytes).Data;
        Assert.That(data.ToArray(), Is.EqualTo(Floats(1, -2, float.NaN)));
        Assert.That(((ReadOnlyMemory<byte>)bytes).Span.Overlaps(data.Span), "not copied");
    }

    [Test]
    public void ReadTensor_FloatsOneByOneAndInParts_AreGathered()
    {
        var tensor = Read(DataType.Float32, 4, message =>
        {
            message.Float(TensorFields.FloatData, 1);
            message.Float(TensorFields.FloatData, 2);
            message.Bytes(TensorFields.FloatData, Floats(3, 4));
        });
        Assert.That(tensor.AsSpan<float>().ToArray(), Is.EqualTo(new float[] { 1, 2, 3, 4 }));
    }

    [Test]
    public void ReadTensor_MillionFloatsOneByOne_TakesLinearTime()
    {
        const int Count = 1_000_000;
        var bytes = new byte[Count * 5];
        for (var i = 0; i < Count; i++)
        {
            bytes[i * 5] = (TensorFields.FloatData << 3) | 5;
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan((i * 5) + 1), i);
        }

        var head = Message(DataType.Float32, Count, _ => { });
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var tensor = OnnxReader.ReadTensor((byte[])[.. head, .. bytes]);
        Assert.That(tensor.AsSpan<float>()[Count - 1], Is.EqualTo(Count - 1f));
        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)));
    }

    [Test]
    public void ReadTensor_Doubles_Complex_Texts_AndNothing_AreRead()
    {
        var doubles = Read(DataType.Float64, 1, tensor => tensor.Bytes(TensorFields.DoubleData, BitConverter.GetBytes(0.1)));
        Assert.That(doubles.AsSpan<double>()[0], Is.EqualTo(0.1));
        Assert.That(Read(DataType.Complex64, 1, tensor => tensor.Bytes(TensorFields.FloatData, Floats(1, 2))).Data.ToArray(), Is.EqualTo(Floats(1, 2)));
        var texts = Read(DataType.String, 2, tensor =>
        {
            tensor.Bytes(TensorFields.StringData, new byte[] { 0xFF });
            tensor.Bytes(TensorFields.StringData, default);
        });
        Assert.That(texts.Strings.Select(text => text.Length), Is.EqualTo(new[] { 1, 0 }));
        Assert.That(Read(DataType.Float32, 0, _ => { }).Data.IsEmpty);
    }

    [TestCase(DataType.Float32, TensorFields.Int32Data, "Float32 stand in int32_data; expected float_data")]
    [TestCase(DataType.Int64, TensorFields.Int32Data, "expected int64_data")]
    [TestCase(DataType.Int32, TensorFields.Int64Data, "expected int32_data")]
    [TestCase(DataType.UInt8, TensorFields.UInt64Data, "expected int32_data")]
    public void ReadTensor_ElementsInAnotherTypesList_AreRefused(DataType type, int field, string reason) =>
        Assert.That(() => Read(type, 1, tensor => tensor.PackedInt64(field, [1])), Throws.InstanceOf<ModelFormatException>().With.Message.Contains(reason));

    [Test]
    public void ReadTensor_FloatListForInteger_IsRefused() =>
        Assert.That(() => Read(DataType.Int32, 1, tensor => tensor.Float(TensorFields.FloatData, 1)), Throws.InstanceOf<ModelFormatException>().With.Message.Contains("stand in float_data"));

    [TestCase(DataType.UInt8, 256)]
    [TestCase(DataType.Int8, -129)]
    [TestCase(DataType.Int16, 65536)]
    [TestCase(DataType.Int32, 4294967296)]
    [TestCase(DataType.Boolean, -1000)]
    public void ReadTensor_NumberTooLargeForItsType_IsRefused(DataType type, long value) =>
        Assert.That(() => Read(type, 1, tensor => tensor.PackedInt64(TensorFields.Int32Data, [value])), Throws.InstanceOf<ModelFormatException>().With.Message.Contains($"element {value} does not fit {type}"));

    [TestCase(3, 2)]
    [TestCase(2, 3)]
    public void ReadTensor_OtherCountThanItsShape_IsRefused(int extent, int count) =>
        Assert.That(() => Read(DataType.Int64, extent, tensor => tensor.PackedInt64(TensorFields.Int64Data, new long[count])), Throws.InstanceOf<ModelFormatException>().With.Message.Contains($"{count} numbers; expected {extent}"));

    [Test]
    public void ReadTensor_WrongForms_NameWhatWasFound()
    {
        Assert.That(() => Read((DataType)99, 1, _ => { }), Refused("element type 99 is unknown"));
        Assert.That(() => Read(DataType.Float32, -3, _ => { }), Refused("[-3] are no shape"));
        Assert.That(() => Read(DataType.Float32, 1, tensor => tensor.Bytes(TensorFields.RawData, new byte[5])), Refused("5 bytes of data; expected 4 for Float32[1]"));
        Assert.That(() => Read(DataType.Float32, 1, tensor => tensor.Message(TensorFields.Segment, _ => { })), Refused("segment"));
        Assert.That(() => Read(DataType.Float32, 1, tensor => tensor.Int64(TensorFields.DataLocation, 7)), Refused("data_location is 7"));
        Assert.That(() => Read(DataType.String, 2, tensor => tensor.Bytes(TensorFields.StringData, default)), Refused("1 texts; expected 2"));
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Refused(string reason) => Throws.InstanceOf<ModelFormatException>().With.Message.Contains(reason);

    private static TestCaseData Case(DataType type, int field, long[] values, byte[] expected) =>
        new TestCaseData(type, field, values, expected).SetArgDisplayNames($"{type}");

    private static byte[] Floats(params float[] values) => System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    private static ConstantTensor Read(DataType type, long extent, Action<ProtoWriter> elements) => OnnxReader.ReadTensor(Message(type, extent, elements));

    private static byte[] Message(DataType type, long extent, Action<ProtoWriter> elements)
    {
        var tensor = new ProtoWriter();
        tensor.PackedInt64(TensorFields.Dims, [extent]);
        tensor.Int64(TensorFields.DataType, (int)type);
        elements(tensor);
        return tensor.ToArray();
    }
}
