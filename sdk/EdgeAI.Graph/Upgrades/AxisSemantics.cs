namespace EdgeAI.Graph.Upgrades;

/// <summary>Before version 13 Softmax and its kin saw a matrix: all axes before 'axis' and all from it on. Since then they work along one axis.</summary>
internal static class AxisSemantics
{
    public static IReadOnlyList<UpgradeRule> Rules { get; } =
    [
        new("softmax-matrix", 13, "Hardmax LogSoftmax Softmax", "a matrix by 'axis' becomes Flatten and Reshape around the last axis", AlongMatrix),
    ];

    private static void AlongMatrix(UpgradeSite site)
    {
        var axis = site.Attributes.Int("axis", 1);
        var shape = site.ShapeOf(0);
        if (shape.HasRank && OneAxis(shape, axis < 0 ? axis + shape.Rank : axis) is { } single)
        {
            site.Become(site.Attributes.With("axis", new AttributeValue.Int(single)));
            return;
        }

        var extents = site.Insert("Shape", "shape", AttributeList.Empty, site.Input(0));
        var matrix = site.Insert("Flatten", "matrix", AttributeList.Empty.With("axis", new AttributeValue.Int(axis)), site.Input(0));
        var result = site.Insert(site.Node.OpType, "along", AttributeList.Empty.With("axis", new AttributeValue.Int(-1)), matrix);
        site.Become("Reshape", AttributeList.Empty, result, extents);
    }

    /// <summary>The one axis that the rows of the matrix run along, where all others behind 'axis' have extent 1; −1 for the last.</summary>
    private static long? OneAxis(Hal.Shape shape, long axis)
    {
        var wide = Enumerable.Range(0, shape.Rank).Where(i => i >= axis && shape[i] is not { IsKnown: true, Value: 1 }).ToList();
        return axis == shape.Rank - 1 || (wide is [var last] && last == shape.Rank - 1) ? -1
            : axis < shape.Rank && wide.Count == 1 ? wide[0]
            : null;
    }
}
