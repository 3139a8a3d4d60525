using System.Text;
using EdgeAI.Hal;

namespace EdgeAI.Testing;

/// <summary>
/// Writes small ONNX models straight as protobuf, with no part of the SDK between test and bytes. Field numbers are those
/// of onnx.proto; nothing is checked, so wrong models can be written too.
/// </summary>
public sealed class TinyOnnx
{
    private readonly Message _graph = new Message().Text(2, "tiny");

    /// <summary>A graph input. An extent is a number, a name, or null for unknown.</summary>
    public TinyOnnx Input(string name, DataType type, params object?[] extents) => ValueInfo(11, name, type, extents);

    /// <summary>A graph output.</summary>
    public TinyOnnx Output(string name, DataType type, params object?[] extents) => ValueInfo(12, name, type, extents);

    /// <summary>A node; inputs and outputs are names separated by blanks.</summary>
    public TinyOnnx Node(string op, string inputs, string outputs, string domain = "", params (string Name, object Value)[] attributes)
    {
        var node = new Message();
        foreach (var input in inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            node.Text(1, input == "_" ? "" : input);
        foreach (var output in outputs.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            node.Text(2, output);
        node.Text(3, $"{op}_{outputs.Replace(' ', '_')}").Text(4, op);
        foreach (var (name, value) in attributes)
            node.Nested(5, Attribute(name, value));
        _graph.Nested(1, node.Text(7, domain));
        return this;
    }

    /// <summary>A constant inside the model.</summary>
    public TinyOnnx Initializer(string name, DataType type, long[] extents, ReadOnlySpan<byte> data)
    {
        _graph.Nested(5, Tensor(name, type, extents).Bytes(9, data));
        return this;
    }

    /// <summary>A constant outside of the model.</summary>
    public TinyOnnx External(string name, DataType type, long[] extents, string location, long offset, long length)
    {
        var tensor = Tensor(name, type, extents);
        foreach (var (key, value) in new[] { ("location", location), ("offset", $"{offset}"), ("length", $"{length}") })
            tensor.Nested(13, new Message().Text(1, key).Text(2, value));
        _graph.Nested(5, tensor.Number(14, 1));
        return this;
    }

    /// <summary>The model's bytes.</summary>
    public byte[] Build(int opset = 17, int irVersion = 8) =>
        new Message().Number(1, irVersion)
            .Nested(8, new Message().Text(1, "").Number(2, opset))
            .Nested(8, new Message().Text(1, "com.microsoft").Number(2, 1))
            .Nested(8, new Message().Text(1, "ai.onnx.ml").Number(2, 3))
            .Nested(7, _graph).ToArray();

    private static Message Tensor(string name, DataType type, long[] extents)
    {
        var tensor = new Message();
        foreach (var extent in extents)
            tensor.Number(1, extent);
        return tensor.Number(2, (int)type).Text(8, name);
    }

    private static Message Attribute(string name, object value)
    {
        var attribute = new Message().Text(1, name);
        switch (value)
        {
            case float real:
                return attribute.Float(2, real).Number(20, 1);
            case int or long:
                return attribute.Number(3, Convert.ToInt64(value)).Number(20, 2);
            case string text:
                return attribute.Text(4, text).Number(20, 3);
            case long[] integers:
                foreach (var integer in integers)
                    attribute.Number(8, integer);
                return attribute.Number(20, 7);
            case string[] texts:
                foreach (var text in texts)
                    attribute.Text(9, text);
                return attribute.Number(20, 8);
            default:
                throw new ArgumentException($"Attribute '{name}': {value.GetType()} is not written by TinyOnnx.", nameof(value));
        }
    }

    private TinyOnnx ValueInfo(int field, string name, DataType type, object?[] extents)
    {
        var shape = new Message();
        foreach (var extent in extents)
        {
            var dimension = new Message();
            shape.Nested(1, extent switch
            {
                string symbol => dimension.Text(2, symbol),
                null => dimension,
                _ => dimension.Number(1, Convert.ToInt64(extent)),
            });
        }

        var tensor = new Message().Number(1, (int)type).Nested(2, shape);
        _graph.Nested(field, new Message().Text(1, name).Nested(2, new Message().Nested(1, tensor)));
        return this;
    }

    /// <summary>A protobuf message in the making.</summary>
    private sealed class Message
    {
        private readonly MemoryStream _bytes = new();

        public Message Number(int field, long value)
        {
            Varint((ulong)field << 3);
            Varint((ulong)value);
            return this;
        }

        public Message Float(int field, float value)
        {
            Varint(((ulong)field << 3) | 5);
            _bytes.Write(BitConverter.GetBytes(value));
            return this;
        }

        public Message Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

        public Message Nested(int field, Message value) => Bytes(field, value.ToArray());

        public Message Bytes(int field, ReadOnlySpan<byte> value)
        {
            Varint(((ulong)field << 3) | 2);
            Varint((ulong)value.Length);
            _bytes.Write(value);
            return this;
        }

        public byte[] ToArray() => _bytes.ToArray();

        private void Varint(ulong value)
        {
            for (; value >= 0x80; value >>= 7)
                _bytes.WriteByte((byte)(value | 0x80));
            _bytes.WriteByte((byte)value);
        }
    }
}
