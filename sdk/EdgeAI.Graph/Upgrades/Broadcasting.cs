namespace EdgeAI.Graph.Upgrades;

/// <summary>
/// Before version 7 the second operand was laid along the first from an axis on. NumPy's rule aligns the last axes: a second operand
/// that ends earlier gets extents of 1 behind it.
/// </summary>
internal static class Broadcasting
{
    public const string Operators = "Add And Div Equal Greater Less Mul Or Pow Sub Xor";

    public static IReadOnlyList<UpgradeRule> Rules { get; } =
    [
        new("broadcast-axis", 7, Operators, "attributes 'broadcast' and 'axis' become extents of 1 behind the second operand", Align),
        new("prelu-channels", 7, "PRelu", "a slope for each channel gets extents of 1 behind it", AlignSlope),
    ];

    public static void Align(UpgradeSite site)
    {
        if (!site.Attributes.Contains("broadcast") && !site.Attributes.Contains("axis"))
        {
            return;
        }

        var missing = site.Attributes.Int("broadcast", 0) != 0 && site.Attributes.Contains("axis") ? Missing(site, site.Attributes.Int("axis", -1)) : 0;
        site.Become(site.Node.OpType, site.Attributes.Without("broadcast").Without("axis"), site.Input(0), Extend(site, missing));
    }

    /// <summary>How many axes of the first operand lie behind those of the second; −1 means that the last axes are aligned.</summary>
    private static int Missing(UpgradeSite site, long axis)
    {
        if (axis == -1 || site.ShapeOf(1) is { IsStatic: true, ElementCount: 1 } or { HasRank: true, Rank: 0 })
        {
            return 0;
        }

        var (rank, inner) = (site.RankOf(0), site.RankOf(1));
        var first = axis < 0 ? axis + rank : axis;
        return first >= 0 && first + inner <= rank ? (int)(rank - inner - first)
            : throw site.Refuse($"'axis' is {axis}; an operand of rank {inner} does not fit into rank {rank} from there");
    }

    private static void AlignSlope(UpgradeSite site)
    {
        if (site.ShapeOf(1) is not { HasRank: true, Rank: 1 } slope || slope[0] is { IsKnown: true, Value: 1 })
        {
            return;
        }

        var missing = site.RankOf(0) - 2;
        if (missing > 0)
        {
            site.Become("PRelu", site.Attributes, site.Input(0), Extend(site, missing));
        }
    }

    private static Value? Extend(UpgradeSite site, int missing)
    {
        if (missing == 0)
        {
            return site.Input(1);
        }

        var rank = site.RankOf(1);
        return site.Insert("Unsqueeze", "aligned", AttributeList.Empty.With("axes", new AttributeValue.Ints([.. Enumerable.Range(rank, missing).Select(axis => (long)axis)])), site.Input(1));
    }
}
