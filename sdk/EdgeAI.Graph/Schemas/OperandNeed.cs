using EdgeAI.Hal;

namespace EdgeAI.Graph.Schemas;

/// <summary>
/// What ONNX Runtime 1.30 takes for granted of an operand: where it is not so, it ends with its process instead of refusing. Found by
/// feeding every operand of every conformance case with other ranks, with no elements and with extents of 0.
/// </summary>
/// <param name="Input">Number of the operand.</param>
internal sealed record OperandNeed(int Input)
{
    /// <summary>One element.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Number of axes, where only one will do.</summary>
    public int? Rank { get; init; }

    /// <summary>As many axes as that operand, of which nobody knows how many it has.</summary>
    public int? RankOf { get; init; }

    /// <summary>At least so many axes.</summary>
    public int LeastRank { get; init; }

    /// <summary>The axes, by rank, on which the extent must not be 0.</summary>
    public Func<int, IEnumerable<int>>? Filled { get; init; }

    /// <summary>As many rows as columns, the last two axes.</summary>
    public bool IsSquare { get; init; }

    /// <summary>Whether a shape is as it must be; null where too little is known of it.</summary>
    public bool? Holds(Shape shape)
    {
        if (IsSingle)
        {
            return HoldsOne(shape);
        }

        if (!shape.HasRank || RankOf is not null)
        {
            return null;
        }

        var isRank = (Rank ?? shape.Rank) == shape.Rank && shape.Rank >= (IsSquare ? 2 : LeastRank);
        return isRank ? HoldsFilled(shape) & HoldsSquare(shape) : false;
    }

    /// <summary>An axis counted from either end; none where it lies outside.</summary>
    public static IEnumerable<int> Axis(long axis, int rank) => Enumerable.Range(0, rank).Where(i => i == axis || i == axis + rank);

    /// <summary>All axes but that one.</summary>
    public static IEnumerable<int> AllBut(long axis, int rank) => Enumerable.Range(0, rank).Except(Axis(axis, rank));

    /// <summary>
    /// Operands that are joined: one without elements is not compared with the others, and is then asked for axes that it may not have.
    /// </summary>
    public static IEnumerable<OperandNeed> EqualRanks(Node node, IEnumerable<int> inputs) =>
        inputs.Select(node.Input).FirstOrDefault(input => input is { Shape.HasRank: true })?.Shape.Rank is { } rank
            ? inputs.Select(input => new OperandNeed(input) { Rank = rank })
            : inputs.Skip(1).Select(input => new OperandNeed(input) { RankOf = inputs.First() });

    /// <inheritdoc/>
    public override string ToString() =>
        IsSingle ? "one element"
        : (Rank is { } rank ? $"rank {rank}" : LeastRank > 0 ? $"rank {LeastRank} or more" : "")
            + (Filled is null ? "" : (Rank is null && LeastRank == 0 ? "" : ", ") + "no extent of 0") + (IsSquare ? "as many rows as columns" : "");

    private bool? HoldsFilled(Shape shape)
    {
        Dimension[] extents = Filled is null ? [] : [.. Filled(shape.Rank).Where(axis => axis < shape.Rank).Select(axis => shape[axis])];
        return extents.Any(extent => extent is { IsKnown: true, Value: 0 }) ? false : extents.All(extent => extent.IsKnown) ? true : null;
    }

    private bool? HoldsSquare(Shape shape) =>
        !IsSquare ? true
        : (shape[shape.Rank - 2], shape[shape.Rank - 1]) is ({ IsKnown: true } rows, { IsKnown: true } columns) ? rows.Value == columns.Value
        : null;

    private static bool? HoldsOne(Shape shape) =>
        shape.HasRank && shape.Any(extent => extent.IsKnown && extent.Value != 1) ? false
        : shape.IsStatic ? true
        : null;
}
