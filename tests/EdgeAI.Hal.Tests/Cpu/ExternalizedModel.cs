using System.Collections.Immutable;
using System.Text;

namespace EdgeAI.Hal.Tests.Cpu;

/// <summary>
/// A real model whose larger weights were cut out: each is an input of the graph now, and a constant that is a slice of the
/// original bytes. Knows of protobuf only what that takes (raw data of initializers).
/// </summary>
internal sealed record ExternalizedModel(byte[] Model, ImmutableArray<ConstantBlob> Constants)
{
    private const int SmallestMoved = 128;

    public static ExternalizedModel Read(byte[] model)
    {
        var constants = ImmutableArray.CreateBuilder<ConstantBlob>();
        var output = new MemoryStream();
        foreach (var (field, whole, content) in Fields(model, 0, model.Length))
        {
            if (field == 7)
                Write(output, 7, Graph(model, content, constants));
            else
                output.Write(model.AsSpan(whole));
        }

        return new ExternalizedModel(output.ToArray(), constants.ToImmutable());
    }

    private static byte[] Graph(byte[] model, Range graph, ImmutableArray<ConstantBlob>.Builder constants)
    {
        var (start, length) = graph.GetOffsetAndLength(model.Length);
        var fields = Fields(model, start, start + length).ToList();
        var inputs = fields.Where(field => field.Field == 11).Select(field => Text(model, field.Content, 1)).ToHashSet();
        var output = new MemoryStream();
        foreach (var (field, whole, content) in fields)
        {
            if (field != 5 || !Move(model, content, inputs, constants, output))
                output.Write(model.AsSpan(whole));
        }

        return output.ToArray();
    }

    private static bool Move(byte[] model, Range tensor, HashSet<string> inputs, ImmutableArray<ConstantBlob>.Builder constants, MemoryStream output)
    {
        var (start, length) = tensor.GetOffsetAndLength(model.Length);
        var fields = Fields(model, start, start + length).ToList();
        var data = fields.Where(field => field.Field == 9).Select(field => model.AsMemory(field.Content)).FirstOrDefault();
        if (data.Length < SmallestMoved)
            return false;
        var name = Text(model, tensor, 8);
        constants.Add(new ConstantBlob(name, data));
        if (inputs.Contains(name))
            return true;
        var shape = new MemoryStream();
        foreach (var extent in Extents(model, fields))
            Write(shape, 1, [8, .. Varint(extent)]);
        var type = new MemoryStream();
        type.Write([8, .. Varint(Number(model, fields, 2))]);
        Write(type, 2, shape.ToArray());
        var info = new MemoryStream();
        Write(info, 1, Encoding.UTF8.GetBytes(name));
        var outer = new MemoryStream();
        Write(outer, 1, type.ToArray());
        Write(info, 2, outer.ToArray());
        Write(output, 11, info.ToArray());
        return true;
    }

    // Extents are written one by one or packed; in the first case the content of the field is the number itself.
    private static IEnumerable<ulong> Extents(byte[] model, List<(int Field, Range Whole, Range Content)> fields)
    {
        foreach (var (_, _, content) in fields.Where(field => field.Field == 1))
        {
            var (position, length) = content.GetOffsetAndLength(model.Length);
            for (var end = position + length; position < end;)
                yield return Varint(model, ref position);
        }
    }

    private static ulong Number(byte[] model, List<(int Field, Range Whole, Range Content)> fields, int number)
    {
        var position = fields.First(field => field.Field == number).Content.Start.Value;
        return Varint(model, ref position);
    }

    private static string Text(byte[] model, Range message, int number)
    {
        var (start, length) = message.GetOffsetAndLength(model.Length);
        return Encoding.UTF8.GetString(model.AsSpan(Fields(model, start, start + length).First(field => field.Field == number).Content));
    }

    private static IEnumerable<(int Field, Range Whole, Range Content)> Fields(byte[] bytes, int start, int end)
    {
        for (var position = start; position < end;)
        {
            var begin = position;
            var key = Varint(bytes, ref position);
            var content = position;
            switch (key & 7)
            {
                case 0:
                    Varint(bytes, ref position);
                    break;
                case 1:
                    position += 8;
                    break;
                case 2:
                    var length = (int)Varint(bytes, ref position);
                    content = position;
                    position += length;
                    break;
                default:
                    position += 4;
                    break;
            }

            yield return ((int)(key >> 3), begin..position, content..position);
        }
    }

    private static ulong Varint(byte[] bytes, ref int position)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }
    }

    private static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
            bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static void Write(MemoryStream output, int field, byte[] content)
    {
        output.Write([.. Varint((ulong)(field << 3 | 2)), .. Varint((ulong)content.Length)]);
        output.Write(content);
    }
}
