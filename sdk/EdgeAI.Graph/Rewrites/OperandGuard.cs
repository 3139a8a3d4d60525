using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>A Reshape by which an operand is looked at in the run: to its own shape, whose extents pass the checks of a need.</summary>
internal static class OperandGuard
{
    private static readonly TensorType Numbers = new(DataType.Int64, new([Dimension.Unknown]));

    /// <summary>The operand as the node may read it.</summary>
    public static Value Add(GraphPatch patch, OperandNeed need, Node node)
    {
        var operand = node.Inputs[need.Input]!;
        if (need.IsSingle)
        {
            return Reshape(patch, operand, patch.AddConstant("", ConstantTensor.Of<long>(new Shape(0L))), Shape.Scalar);
        }

        if (need.RankOf is { } other)
        {
            var shape = patch.AddResult("Shape", Numbers, node.Inputs[other]!);
            return Reshape(patch, operand, patch.AddResult("Sub", Numbers, shape, shape), Shape.Unknown);
        }

        var extents = Checks(need, ShapeOf(operand)).Aggregate(patch.AddResult("Shape", Numbers, operand), (before, check) => check.Add(patch, before));
        return Reshape(patch, operand, extents, Behind(need, ShapeOf(operand)));
    }

    /// <summary>True where the operand comes from such a Reshape, for the same need or a harder one.</summary>
    public static bool Stands(OperandNeed need, Node node)
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

        return IsShapeOf(Checks(need, ShapeOf(operand)).Reverse().Aggregate((Value?)extents, (behind, check) => behind is null ? null : check.Before(behind)), operand);
    }

    private static Shape ShapeOf(Value operand) => operand.Tensor?.Shape ?? Shape.Unknown;

    /// <summary>From the first to the last.</summary>
    private static IEnumerable<ExtentCheck> Checks(OperandNeed need, Shape shape)
    {
        if (need.Rank is { } rank)
        {
            yield return new ExtentCheck.OfRank(rank);
        }
        else if (need.LeastRank > 0)
        {
            yield return new ExtentCheck.OfLeastRank(need.LeastRank);
        }

        if (need.Filled is { } filled)
        {
            yield return new ExtentCheck.OfFilled(filled, need.Rank ?? (shape.HasRank ? shape.Rank : null));
        }

        if (need.IsSquare)
        {
            yield return new ExtentCheck.OfSquare();
        }
    }

    private static Shape Behind(OperandNeed need, Shape shape) =>
        shape.HasRank ? shape : need.Rank is { } rank ? new([.. Enumerable.Repeat(Dimension.Unknown, rank)]) : Shape.Unknown;

    private static Value Reshape(GraphPatch patch, Value operand, Value extents, Shape shape) =>
        patch.AddResult("Reshape", operand.Tensor is { } tensor ? tensor with { Shape = shape } : null, operand, extents);

    private static bool IsShapeOf(Value? extents, Value? operand) =>
        extents?.Producer is { } source && source.Is("Shape") && source.Attributes.Count == 0 && ReferenceEquals(source.Input(0), operand);
}
