using EdgeAI.Hal;

namespace EdgeAI.Graph.Upgrades;

/// <summary>Operators as they were before version 7: attributes that became operands, names and kinds of attributes that changed.</summary>
internal static class FirstOperators
{
    public static IReadOnlyList<UpgradeRule> Rules { get; } =
    [
        new("pad-paddings", 2, "Pad", "attribute 'paddings' is called 'pads'", Paddings),
        new("split-sizes", 2, "Split", "sizes given as an operand become attribute 'split'", SplitSizes),
        new("pool-norm", 2, "GlobalLpPool LpPool", "the norm 'p' is an integer", PoolNorm),
        new("concat-axis", 4, "Concat", "the axis that was 1 by default is written down", ConcatAxis),
        new("reshape-shape", 5, "Reshape", "attribute 'shape' becomes an operand", ReshapeShape),
        new("consumed-inputs", 6,
            "Abs Add BatchNormalization Ceil Clip Div Dropout Elu Exp Floor HardSigmoid InstanceNormalization LeakyRelu Log Max Mean Min Mul " +
            "Neg PRelu Reciprocal Relu Selu Sigmoid Sqrt Sub Sum Tanh",
            "the hint 'consumed_inputs' goes", site => Drop(site, "consumed_inputs")),
        new("cast-type", 6, "Cast", "the target type is a number, no name", CastType),
        new("tile-repeats", 6, "Tile", "one axis and its count become repeats of all axes", TileRepeats),
        new("recurrent-output-sequence", 7, "GRU LSTM RNN", "the hint 'output_sequence' goes: results that are named are made", site => Drop(site, "output_sequence")),
        new("gemm-broadcast", 7, "Gemm", "C broadcasts always", site => Drop(site, "broadcast")),
        new("dropout-test", 7, "Dropout", "inference needs no 'is_test'", site => Drop(site, "is_test")),
    ];

    public static void Drop(UpgradeSite site, string attribute)
    {
        if (site.Attributes.Contains(attribute))
        {
            site.Become(site.Attributes.Without(attribute));
        }
    }

    public static void Paddings(UpgradeSite site)
    {
        var pads = site.Attributes.Ints("paddings");
        if (!pads.IsDefault)
        {
            site.Become(site.Attributes.Without("paddings").With("pads", new AttributeValue.Ints(pads)));
        }
    }

    public static void ReshapeShape(UpgradeSite site)
    {
        var shape = site.Attributes.Ints("shape");
        if (!shape.IsDefault)
        {
            site.Become("Reshape", site.Attributes.Without("shape").Without("consumed_inputs"), site.Input(0), site.Integers("shape", shape));
        }
    }

    private static void SplitSizes(UpgradeSite site)
    {
        if (!site.Attributes.Contains("axis"))
        {
            throw site.Refuse("attribute 'axis' is missing; version 1 of Split names no default");
        }

        if (site.Input(1) is not null)
        {
            site.Become("Split", site.Attributes.With("split", new AttributeValue.Ints([.. site.IntegersOf(1)])), site.Input(0));
        }
    }

    private static void PoolNorm(UpgradeSite site)
    {
        if (site.Attributes.TryGet("p", out var value) && value is AttributeValue.Float { Value: var norm })
        {
            site.Become(site.Attributes.With("p", new AttributeValue.Int(
                float.IsInteger(norm) && norm is > 0 and < int.MaxValue ? (long)norm : throw site.Refuse($"'p' is {norm:R}; expected a whole number above 0"))));
        }
    }

    private static void ConcatAxis(UpgradeSite site)
    {
        if (!site.Attributes.Contains("axis"))
        {
            site.Become(site.Attributes.With("axis", new AttributeValue.Int(1)));
        }
    }

    private static void CastType(UpgradeSite site)
    {
        if (site.Attributes.TryGet("to", out var value) && value is AttributeValue.Text text)
        {
            site.Become(site.Attributes.With("to", new AttributeValue.Int((long)TypeOf(site, text.ToString()))));
        }
    }

    private static DataType TypeOf(UpgradeSite site, string name) => name.ToUpperInvariant() switch
    {
        "FLOAT" => DataType.Float32,
        "FLOAT16" => DataType.Float16,
        "DOUBLE" => DataType.Float64,
        "INT8" => DataType.Int8,
        "INT16" => DataType.Int16,
        "INT32" => DataType.Int32,
        "INT64" => DataType.Int64,
        "UINT8" => DataType.UInt8,
        "UINT16" => DataType.UInt16,
        "UINT32" => DataType.UInt32,
        "UINT64" => DataType.UInt64,
        "BOOL" => DataType.Boolean,
        _ => throw site.Refuse($"'to' is '{name}'; expected a name of TensorProto.DataType that version 1 casts to, such as FLOAT or INT64"),
    };

    private static void TileRepeats(UpgradeSite site)
    {
        if (site.Node.Inputs.Count < 3)
        {
            throw site.Refuse($"found {site.Node.Inputs.Count} operands; expected data, tiles and axis");
        }

        if (site.IntegersOf(1) is not [var tiles] || site.IntegersOf(2) is not [var axis])
        {
            throw site.Refuse("tiles and axis hold several numbers; expected one each");
        }

        var repeats = Enumerable.Repeat(1L, site.RankOf(0)).ToArray();
        axis += axis < 0 ? repeats.Length : 0;
        repeats[axis >= 0 && axis < repeats.Length ? (int)axis : throw site.Refuse($"axis {axis} lies outside of rank {repeats.Length}")] = tiles;
        site.Become("Tile", site.Attributes, site.Input(0), site.Integers("repeats", [.. repeats]));
    }
}
