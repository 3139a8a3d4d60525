using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Hands the extents of an operand on when they are as they must be, and ends the run when not. A check that a model brings itself is as
/// good as one that was added: it is known by its nodes.
/// </summary>
internal abstract record ExtentCheck
{
    private static readonly TensorType Numbers = new(DataType.Int64, new([Dimension.Unknown]));

    private ExtentCheck()
    {
    }

    /// <summary>The nodes of the check; the extents behind it.</summary>
    public abstract Value Add(GraphPatch patch, Value extents);

    /// <summary>The extents before the check, when they come from one of this kind or a harder one; else null.</summary>
    public abstract Value? Before(Value extents);

    /// <summary>So many axes: a Reshape of the list of extents.</summary>
    public sealed record OfRank(int Rank) : ExtentCheck
    {
        public override Value Add(GraphPatch patch, Value extents) =>
            patch.AddResult("Reshape", Numbers with { Shape = new([Rank]) }, extents, Constant(patch, Rank));

        public override Value? Before(Value extents) =>
            extents.Producer is { } node && node.Is("Reshape") && IsNumber(node.Input(1), Rank) ? node.Input(0) : null;
    }

    /// <summary>At least so many axes: the last of them is looked up, and what it adds is 0.</summary>
    public sealed record OfLeastRank(int Rank) : ExtentCheck
    {
        public override Value Add(GraphPatch patch, Value extents)
        {
            var extent = patch.AddResult("Gather", Numbers with { Shape = new([1]) }, extents, Constant(patch, Rank - 1));
            return patch.AddResult("Add", extents.Type, extents, patch.AddResult("Sub", extent.Type, extent, extent));
        }

        public override Value? Before(Value extents) =>
            extents.Producer is { } sum && sum.Is("Add") && sum.Input(1)?.Producer is { } difference && difference.Is("Sub") && ReferenceEquals(difference.Input(0), difference.Input(1))
            && difference.Input(0)?.Producer is { } gather && IsLookup(gather) && ReferenceEquals(gather.Input(0), sum.Input(0)) && IsNumber(gather.Input(1), Rank - 1) ? sum.Input(0) : null;
    }

    /// <summary>
    /// No extent of 0 on the axes that matter, of an unknown rank on none: each takes the only element of a list, an empty one the element behind it.
    /// </summary>
    public sealed record OfFilled(Func<int, IEnumerable<int>> Axes, int? Rank) : ExtentCheck
    {
        public override Value Add(GraphPatch patch, Value extents)
        {
            var flags = extents.Tensor! with { Element = DataType.Boolean };
            var isEmpty = patch.AddResult("Equal", flags, extents, Constant(patch, 0));
            isEmpty = Rank is { } rank ? patch.AddResult("And", flags, isEmpty, patch.AddConstant("", Mask(rank))) : isEmpty;
            return patch.AddResult("Mul", extents.Type, extents, Only(patch, 1, isEmpty));
        }

        public override Value? Before(Value extents)
        {
            if (extents.Producer is not { } product || !product.Is("Mul") || product.Input(0) is not { } before || OnlyIf(product.Input(1), 1) is not { } isEmpty)
            {
                return null;
            }

            var equal = isEmpty.Is("And") && Covers(isEmpty.Input(1)?.Constant) ? isEmpty.Input(0)?.Producer : isEmpty;
            return equal is not null && equal.Is("Equal") && ReferenceEquals(equal.Input(0), before) && IsNumber(equal.Input(1), 0) ? before : null;
        }

        private ConstantTensor Mask(int rank)
        {
            var axes = Axes(rank).ToHashSet();
            return ConstantTensor.Of(new Shape(rank), [.. Enumerable.Range(0, rank).Select(axes.Contains)]);
        }

        /// <summary>A mask of one flag would hold for every axis, so the rank must be known to be 1.</summary>
        private bool Covers(ConstantTensor? mask) =>
            mask is { Type: DataType.Boolean, Shape.Rank: 1 } && (int)mask.Shape.ElementCount is var rank && (Rank is { } known ? known == rank : rank > 1)
            && Axes(rank).All(axis => mask.AsSpan<bool>()[axis]);
    }

    /// <summary>The last two extents are equal.</summary>
    public sealed record OfSquare : ExtentCheck
    {
        public override Value Add(GraphPatch patch, Value extents)
        {
            var one = Numbers with { Shape = new([1]) };
            var (columns, rows) = (patch.AddResult("Gather", one, extents, Constant(patch, -1)), patch.AddResult("Gather", one, extents, Constant(patch, -2)));
            var isOther = patch.AddResult("Not", one with { Element = DataType.Boolean }, patch.AddResult("Equal", one with { Element = DataType.Boolean }, columns, rows));
            return patch.AddResult("Add", extents.Type, extents, Only(patch, 0, isOther));
        }

        public override Value? Before(Value extents) =>
            extents.Producer is { } sum && sum.Is("Add") && sum.Input(0) is { } before && OnlyIf(sum.Input(1), 0) is { } isOther && isOther.Is("Not")
            && isOther.Input(0)?.Producer is { } equal && equal.Is("Equal") && IsExtent(equal.Input(0), before, -1) && IsExtent(equal.Input(1), before, -2) ? before : null;

        private static bool IsExtent(Value? value, Value extents, long axis) =>
            value?.Producer is { } gather && IsLookup(gather) && ReferenceEquals(gather.Input(0), extents) && IsNumber(gather.Input(1), axis);
    }

    /// <summary>A list of one number, looked up where the flags are false; where one is true the place is behind its end.</summary>
    private static Value Only(GraphPatch patch, long number, Value flags)
    {
        var place = patch.AddValue("", flags.Tensor! with { Element = DataType.Int64 });
        patch.AddNode("Cast", [flags], [place], new AttributeList(new NodeAttribute("to", new AttributeValue.Int((long)DataType.Int64))));
        return patch.AddResult("Gather", place.Type, Constant(patch, number), place);
    }

    /// <summary>The node that makes the flags of such a lookup.</summary>
    private static Node? OnlyIf(Value? value, long number) =>
        value?.Producer is { } gather && IsLookup(gather) && IsNumber(gather.Input(0), number) && gather.Input(1)?.Producer is { } cast && cast.Is("Cast")
            ? cast.Input(0)?.Producer : null;

    private static bool IsLookup(Node node) => node.Is("Gather") && node.Attributes.Count == 0;

    private static Value Constant(GraphPatch patch, long number) => patch.AddConstant("", ConstantTensor.Of(new Shape(1L), number));

    private static bool IsNumber(Value? value, long number) =>
        value?.Constant is { Type: DataType.Int64, Shape: { Rank: 1, ElementCount: 1 } } constant && constant.AsSpan<long>()[0] == number;
}
