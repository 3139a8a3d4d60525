using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>The nodes by which one operand is looked at in the run, and how to know them again.</summary>
internal sealed class OperandGuard(GraphPatch patch, OperandNeed need, Node node)
{
    private static readonly TensorType Numbers = new(DataType.Int64, new([Dimension.Unknown]));

    private readonly Value _operand = node.Inputs[need.Input]!;

    private Shape Known => _operand.Tensor?.Shape ?? Shape.Unknown;

    /// <summary>The operand as the node may read it.</summary>
    public Value Add()
    {
        if (need.IsSingle)
        {
            return Reshape(_operand, Constant([]), Shape.Scalar);
        }

        if (need.RankOf is { } other)
        {
            var shape = AddOf("Shape", Numbers, node.Inputs[other]!);
            return Reshape(_operand, AddOf("Sub", Numbers, shape, shape), Shape.Unknown);
        }

        var extents = AddOf("Shape", Numbers, _operand);
        extents = need.Rank is { } rank ? Reshape(extents, Constant([rank]), new([rank])) : need.LeastRank > 0 ? WithAxis(extents, need.LeastRank - 1) : extents;

        return Reshape(_operand, need.Filled is null ? extents : Filled(extents), Known.HasRank ? Known : need.Rank is { } known ? Extents(known) : Shape.Unknown);
    }

    /// <summary>True for a value that such nodes made for the same need or a harder one.</summary>
    public static bool IsOne(OperandNeed need, Node node)
    {
        if (node.Inputs[need.Input]?.Producer is not { } guard || !guard.Is("Reshape") || guard.Input(0) is not { } operand || guard.Input(1) is not { } extents)
        {
            return false;
        }

        if (need.IsSingle)
        {
            return extents.Constant is { Type: DataType.Int64, Shape: { Rank: 1, ElementCount: 0 } };
        }

        if (need.RankOf is { } other)
        {
            return extents.Producer is { } zeros && zeros.Is("Sub") && ReferenceEquals(zeros.Input(0), zeros.Input(1)) && IsShapeOf(zeros.Input(0), node.Inputs[other]);
        }

        var shape = operand.Tensor?.Shape ?? Shape.Unknown;
        return (need.Filled is null || IsFilled(need, shape, ref extents)) && IsRanked(need, ref extents)
            && IsShapeOf(extents, operand);
    }

    private static bool IsShapeOf(Value? extents, Value? operand) =>
        extents?.Producer is { } source && source.Is("Shape") && source.Attributes.Count == 0 && ReferenceEquals(source.Input(0), operand);

    private static Shape Extents(int rank) => new([.. Enumerable.Repeat(Dimension.Unknown, rank)]);

    /// <summary>The extents, when there is such an axis.</summary>
    private Value WithAxis(Value extents, int axis)
    {
        var extent = AddOf("Gather", Numbers with { Shape = new([1]) }, extents, Constant([axis]));
        return AddOf("Add", Numbers, extents, AddOf("Sub", extent.Type, extent, extent));
    }

    /// <summary>The extents, when none that matters is 0: each takes the only element of a list, an empty one the element behind it.</summary>
    private Value Filled(Value extents)
    {
        var flags = extents.Tensor! with { Element = DataType.Boolean };
        var isEmpty = AddOf("Equal", flags, extents, Constant([0]));
        if ((need.Rank ?? (Known.HasRank ? Known.Rank : null)) is { } rank)
        {
            var matters = need.Filled!(rank).ToHashSet();
            var mask = ConstantTensor.Of(new Shape([rank]), [.. Enumerable.Range(0, rank).Select(matters.Contains)]);
            isEmpty = AddOf("And", flags, isEmpty, patch.AddConstant("", mask));
        }

        var index = patch.AddValue("", extents.Type);
        patch.AddNode("Cast", [isEmpty], [index], new AttributeList(new NodeAttribute("to", new AttributeValue.Int((long)DataType.Int64))));
        return AddOf("Mul", extents.Type, extents, AddOf("Gather", extents.Type, Constant([1]), index));
    }

    private Value Reshape(Value value, Value extents, Shape shape) => AddOf("Reshape", value.Tensor is { } tensor ? tensor with { Shape = shape } : null, value, extents);

    private Value AddOf(string opType, ValueType? type, params Value[] inputs)
    {
        var result = patch.AddValue("", type);
        patch.AddNode(opType, inputs, [result]);
        return result;
    }

    private Value Constant(long[] numbers) => patch.AddConstant("", ConstantTensor.Of(new Shape([numbers.Length]), numbers));

    private static bool HasRank(OperandNeed need, int rank) => (need.Rank ?? rank) == rank && rank >= need.LeastRank;

    private static bool IsRanked(OperandNeed need, ref Value extents)
    {
        if (need.Rank is null && need.LeastRank == 0)
        {
            return true;
        }

        if (extents.Producer is not { } node || node.Input(1) is not { } second || node.Input(0) is not { } source)
        {
            return false;
        }

        extents = source;
        return node.Is("Reshape") ? second.Constant is { } rank && IsOneNumber(rank, out var found) && found <= int.MaxValue && HasRank(need, (int)found)
            : need.Rank is null && node.Is("Add") && second.Producer is { } difference && difference.Is("Sub") && ReferenceEquals(difference.Input(0), difference.Input(1))
                && difference.Input(0)?.Producer is { } gather && gather.Is("Gather") && gather.Attributes.Count == 0 && ReferenceEquals(gather.Input(0), source)
                && gather.Input(1)?.Constant is { } axis && IsOneNumber(axis, out var last) && last >= need.LeastRank - 1;
    }

    private static bool IsFilled(OperandNeed need, Shape shape, ref Value extents)
    {
        if (extents.Producer is not { } product || !product.Is("Mul") || product.Input(0) is not { } source
            || product.Input(1)?.Producer is not { } gather || !gather.Is("Gather") || gather.Attributes.Count > 0
            || gather.Input(0)?.Constant is not { } ones || !IsOneNumber(ones, out _)
            || gather.Input(1)?.Producer is not { } cast || !cast.Is("Cast") || cast.Input(0)?.Producer is not { } condition)
        {
            return false;
        }

        extents = source;
        var isMasked = condition.Is("And");
        var equal = isMasked ? condition.Input(0)?.Producer : condition;
        return equal is not null && equal.Is("Equal") && ReferenceEquals(equal.Input(0), source) && equal.Input(1)?.Constant is { } zero && IsOneNumber(zero, out var number) && number == 0
            && (!isMasked || Covers(need, shape, condition.Input(1)?.Constant));
    }

    private static bool Covers(OperandNeed need, Shape shape, ConstantTensor? mask) =>
        mask is { Type: DataType.Boolean, Shape.Rank: 1 } && (!shape.HasRank || shape.Rank == mask.Shape.ElementCount)
        && need.Filled!((int)mask.Shape.ElementCount).All(axis => mask.AsSpan<bool>()[axis]);

    private static bool IsOneNumber(ConstantTensor constant, out long number)
    {
        var isOne = constant is { Type: DataType.Int64, Shape: { Rank: 1, ElementCount: 1 } };
        number = isOne ? constant.AsSpan<long>()[0] : 0;
        return isOne;
    }
}
