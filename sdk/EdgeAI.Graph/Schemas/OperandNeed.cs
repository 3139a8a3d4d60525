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

        var isRank = (Rank ?? shape.Rank) == shape.Rank && shape.Rank >= LeastRank;
        var extents = isRank && Filled is not null ? [.. Filled(shape.Rank).Where(axis => axis < shape.Rank).Select(axis => shape[axis])] : Array.Empty<Dimension>();
        return !isRank || extents.Any(extent => extent is { IsKnown: true, Value: 0 }) ? false : extents.All(extent => extent.IsKnown) ? true : null;
    }

    /// <summary>An axis counted from either end; none where it lies outside.</summary>
    public static IEnumerable<int> Axis(long axis, int rank) => Enumerable.Range(0, rank).Where(i => i == axis || i == axis + rank);

    /// <summary>All axes but that one.</summary>
    public static IEnumerable<int> AllBut(long axis, int rank) => Enumerable.Range(0, rank).Except(Axis(axis, rank));

    /// <inheritdoc/>
    public override string ToString() =>
        IsSingle ? "one element"
        : (Rank is { } rank ? $"rank {rank}" : LeastRank > 0 ? $"rank {LeastRank} or more" : "")
            + (Filled is null ? "" : (Rank is null && LeastRank == 0 ? "" : ", ") + "no extent of 0");

    private static bool? HoldsOne(Shape shape) =>
        shape.HasRank && shape.Any(extent => extent.IsKnown && extent.Value != 1) ? false
        : shape.IsStatic ? true
        : null;
}
