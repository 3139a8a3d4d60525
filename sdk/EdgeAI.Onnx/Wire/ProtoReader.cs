using System.Buffers.Binary;
using System.Text;
using EdgeAI.Graph;

namespace EdgeAI.Onnx.Wire;

/// <summary>How a field's bytes end.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    StartGroup = 3,
    EndGroup = 4,
    Fixed32 = 5,
}

/// <summary>Walks a protobuf message without copying. Every length is checked against the message; what does not fit is a typed error.</summary>
internal ref struct ProtoReader(ReadOnlyMemory<byte> message, Place place)
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private const int MaximumGroups = 100;

    private readonly ReadOnlySpan<byte> _span = message.Span;
    private int _position;

    /// <summary>Number of the field that <see cref="Next"/> came to.</summary>
    public int Field { get; private set; }

    /// <summary>Its form.</summary>
    public WireType Type { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_position == _span.Length)
        {
            return false;
        }

        var key = Varint();
        (Field, Type) = ((int)Math.Min(key >> 3, int.MaxValue), (WireType)(key & 7));
        return Field > 0 && Type is WireType.Varint or WireType.Fixed64 or WireType.Bytes or WireType.Fixed32 or WireType.StartGroup ? true
            : throw Error($"field {Field} has wire type {(int)Type}; expected 0, 1, 2, 3 or 5");
    }

    /// <summary>A signed integer.</summary>
    public long Int64()
    {
        Expect(WireType.Varint);
        return (long)Varint();
    }

    /// <summary>An integer that must fit 32 bits.</summary>
    public int Int32() => Int64() is var value && value == (int)value ? (int)value : throw Error($"field {Field} is {value}; expected a number of 32 bits");

    /// <summary>A float.</summary>
    public float Float()
    {
        Expect(WireType.Fixed32);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    /// <summary>The bytes of a text, a block or an inner message.</summary>
    public ReadOnlyMemory<byte> Bytes()
    {
        Expect(WireType.Bytes);
        var length = Varint();
        if (length > (ulong)(_span.Length - _position))
        {
            throw Error($"field {Field} has {length} bytes with {_span.Length - _position} left: truncated");
        }

        var bytes = message.Slice(_position, (int)length);
        _position += (int)length;
        return bytes;
    }

    /// <summary>A text.</summary>
    public string Text()
    {
        try
        {
            return StrictUtf8.GetString(Bytes().Span);
        }
        catch (DecoderFallbackException)
        {
            throw Error($"field {Field} is no valid UTF-8");
        }
    }

    /// <summary>A text that may be there more than once in a file.</summary>
    public string Text(NameTable names)
    {
        var start = this;
        var bytes = Bytes().Span;
        if (names.Find(bytes) is { } known)
        {
            return known;
        }

        var name = start.Text();
        names.Keep(bytes, name);
        return name;
    }

    /// <summary>Adds one integer, or a packed list of them.</summary>
    public void Int64s(List<long> values)
    {
        if (Type != WireType.Bytes)
        {
            values.Add(Int64());
            return;
        }

        var inner = new ProtoReader(Bytes(), place);
        values.EnsureCapacity(values.Count + inner.CountVarints());
        while (inner._position < inner._span.Length)
        {
            values.Add((long)inner.Varint());
        }
    }

    /// <summary>The elements of a list of fixed-size numbers: a slice when packed, else one element.</summary>
    public ReadOnlyMemory<byte> Fixed(int size)
    {
        if (Type == WireType.Bytes)
        {
            var packed = Bytes();
            return packed.Length % size == 0 ? packed : throw Error($"field {Field} has {packed.Length} bytes; expected a multiple of {size}");
        }

        Expect(size == 4 ? WireType.Fixed32 : WireType.Fixed64);
        var start = _position;
        Take(size);
        return message.Slice(start, size);
    }

    /// <summary>Passes over a field that nobody asked for.</summary>
    public void Skip()
    {
        switch (Type)
        {
            case WireType.Varint:
                Varint();
                break;
            case WireType.Bytes:
                Bytes();
                break;
            case WireType.StartGroup:
                SkipGroup();
                break;
            default:
                Take(Type == WireType.Fixed32 ? 4 : 8);
                break;
        }
    }

    /// <summary>Groups are of protobuf's first version; ONNX has none, but an unknown field may be one. They end with a key of their number.</summary>
    private void SkipGroup()
    {
        var open = new Stack<int>();
        open.Push(Field);
        while (open.TryPeek(out var innermost))
        {
            var key = _position < _span.Length ? Varint() : throw Error($"group {innermost} does not end: truncated");
            (Field, Type) = ((int)Math.Min(key >> 3, int.MaxValue), (WireType)(key & 7));
            switch (Type)
            {
                case WireType.StartGroup when open.Count < MaximumGroups: open.Push(Field); break;
                case WireType.EndGroup when Field == innermost: open.Pop(); break;
                case WireType.Varint or WireType.Fixed64 or WireType.Bytes or WireType.Fixed32: Skip(); break;
                default: throw Error($"group {innermost} holds field {Field} of wire type {(int)Type}; expected its end, or groups at most {MaximumGroups} deep");
            }
        }
    }

    /// <summary>An error at this place.</summary>
    public readonly ModelFormatException Error(string message) => new($"{place}: {message} (byte {_position} of {_span.Length}).");

    private ulong Varint()
    {
        if (_position < _span.Length && _span[_position] < 0x80)
        {
            return _span[_position++];
        }

        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            if (_position == _span.Length)
            {
                throw Error("a number is cut off: truncated");
            }

            var next = _span[_position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }

        throw Error("a number has more than 10 bytes");
    }

    /// <summary>Each number ends with the only byte of it that is less than 128.</summary>
    private readonly int CountVarints()
    {
        var count = 0;
        foreach (var item in _span)
        {
            count += item < 0x80 ? 1 : 0;
        }

        return count;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _span.Length - _position)
        {
            throw Error($"field {Field} is cut off: truncated");
        }

        _position += count;
        return _span.Slice(_position - count, count);
    }

    private readonly void Expect(WireType type)
    {
        if (Type != type)
        {
            throw Error($"field {Field} is of wire type {Type}; expected {type}");
        }
    }
}
