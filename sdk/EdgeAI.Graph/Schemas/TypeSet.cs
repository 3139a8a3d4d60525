using EdgeAI.Hal;

namespace EdgeAI.Graph.Schemas;

/// <summary>A set of element types, written as names joined by '|': "float", "index", "u8|i8".</summary>
internal readonly record struct TypeSet(ulong Bits)
{
    private static readonly Dictionary<string, TypeSet> Names = new(StringComparer.Ordinal)
    {
        ["f16"] = Of(DataType.Float16), ["f32"] = Of(DataType.Float32), ["f64"] = Of(DataType.Float64), ["bf16"] = Of(DataType.BFloat16),
        ["i8"] = Of(DataType.Int8), ["i16"] = Of(DataType.Int16), ["i32"] = Of(DataType.Int32), ["i64"] = Of(DataType.Int64),
        ["u8"] = Of(DataType.UInt8), ["u16"] = Of(DataType.UInt16), ["u32"] = Of(DataType.UInt32), ["u64"] = Of(DataType.UInt64),
        ["bool"] = Of(DataType.Boolean), ["string"] = Of(DataType.String),
        ["float"] = Of(DataType.Float16, DataType.Float32, DataType.Float64, DataType.BFloat16),
        ["float8"] = Of(DataType.Float8E4M3FN, DataType.Float8E4M3FNUZ, DataType.Float8E5M2, DataType.Float8E5M2FNUZ, DataType.Float8E8M0),
        ["signed"] = Of(DataType.Int8, DataType.Int16, DataType.Int32, DataType.Int64),
        ["unsigned"] = Of(DataType.UInt8, DataType.UInt16, DataType.UInt32, DataType.UInt64),
        ["index"] = Of(DataType.Int32, DataType.Int64),
        ["int8"] = Of(DataType.Int8, DataType.UInt8),
        ["narrow"] = Of(DataType.Int4, DataType.UInt4, DataType.Int2, DataType.UInt2, DataType.Float4E2M1),
        ["any"] = Any,
    };

    static TypeSet()
    {
        Names["integer"] = Names["signed"] | Names["unsigned"];
        Names["numeric"] = Names["integer"] | Names["float"];
        Names["quantized"] = Names["int8"] | Of(DataType.Int16, DataType.UInt16, DataType.Int32) | Names["float8"] | Names["narrow"];
    }

    /// <summary>All types.</summary>
    public static TypeSet Any => new(ulong.MaxValue);

    public static TypeSet Of(params ReadOnlySpan<DataType> types)
    {
        var bits = 0UL;
        foreach (var type in types)
        {
            bits |= 1UL << (int)type;
        }

        return new(bits);
    }

    /// <summary>Reads "float|i32"; null where a name is not a set.</summary>
    public static TypeSet? Parse(string text)
    {
        var result = default(TypeSet);
        foreach (var name in text.Split('|'))
        {
            if (!Names.TryGetValue(name, out var set))
            {
                return null;
            }

            result |= set;
        }

        return result;
    }

    public static TypeSet operator |(TypeSet left, TypeSet right) => new(left.Bits | right.Bits);

    public bool Contains(DataType type) => (Bits & 1UL << (int)type) != 0;

    /// <summary>The one type of a set of one, else Undefined.</summary>
    public DataType Single => ulong.PopCount(Bits) == 1 ? (DataType)ulong.TrailingZeroCount(Bits) : DataType.Undefined;

    public override string ToString()
    {
        var set = this;
        return string.Join('|', Enum.GetValues<DataType>().Where(type => set.Contains(type)));
    }
}
