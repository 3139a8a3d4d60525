using System.Collections.Immutable;

namespace EdgeAI.Graph.Upgrades;

/// <summary>Attributes that became operands.</summary>
internal static class AttributesToInputs
{
    public static IReadOnlyList<UpgradeRule> Rules { get; } =
    [
        new("slice-operands", 10, "Slice", "starts, ends and axes become operands", Slice),
        new("topk-operand", 10, "TopK", "attribute 'k' becomes an operand", TopK),
        new("clip-operands", 11, "Clip", "min and max become operands", Clip),
        new("pad-operands", 11, "Pad", "pads and value become operands", Pad),
        new("dropout-operand", 12, "Dropout", "attribute 'ratio' becomes an operand", Dropout),
        new("axes-operand", 13, "ReduceSum Squeeze Unsqueeze", "attribute 'axes' becomes an operand", Axes),
        new("split-operand", 13, "Split", "attribute 'split' becomes an operand", Split),
        new("reduce-axes-operand", 18, "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSumSquare", "attribute 'axes' becomes an operand", Axes),
        new("split-count", 18, "Split", "equal parts are counted by 'num_outputs'", SplitCount),
        new("dft-axis-operand", 20, "DFT", "attribute 'axis' becomes an operand", DftAxis),
    ];

    private static void Slice(UpgradeSite site)
    {
        var (starts, ends, axes) = (Needed(site, "starts"), Needed(site, "ends"), site.Attributes.Ints("axes"));
        var attributes = site.Attributes.Without("starts").Without("ends").Without("axes");
        var (first, last) = (site.Integers("starts", starts), site.Integers("ends", ends));
        if (axes.IsDefault)
        {
            site.Become("Slice", attributes, site.Input(0), first, last);
            return;
        }

        site.Become("Slice", attributes, site.Input(0), first, last, site.Integers("axes", axes));
    }

    private static void TopK(UpgradeSite site)
    {
        var count = site.Attributes.Contains("k") ? site.Attributes.Int("k", 0) : throw site.Refuse("attribute 'k' is missing");
        site.Become("TopK", site.Attributes.Without("k"), site.Input(0), site.Integers("k", count));
    }

    private static void Clip(UpgradeSite site)
    {
        Value? Bound(string name) => site.Attributes.Contains(name) ? site.Scalar(name, site.Attributes.Float(name, 0), site.ElementOf(0)) : null;
        var (minimum, maximum) = (Bound("min"), Bound("max"));
        if (minimum is not null || maximum is not null)
        {
            site.Become("Clip", site.Attributes.Without("min").Without("max"), maximum is null ? [site.Input(0), minimum] : [site.Input(0), minimum, maximum], [.. site.Node.Outputs]);
        }
    }

    private static void Pad(UpgradeSite site)
    {
        var value = site.Attributes.Float("value", 0);
        var pads = site.Integers("pads", Needed(site, "pads"));
        var attributes = site.Attributes.Without("pads").Without("value");
        if (value == 0)
        {
            site.Become("Pad", attributes, site.Input(0), pads);
            return;
        }

        site.Become("Pad", attributes, site.Input(0), pads, site.Scalar("value", value, site.ElementOf(0)));
    }

    private static void Dropout(UpgradeSite site)
    {
        if (site.Attributes.Contains("ratio"))
        {
            site.Become("Dropout", site.Attributes.Without("ratio"), site.Input(0), site.Scalar("ratio", site.Attributes.Float("ratio", 0.5f), Hal.DataType.Float32));
        }
    }

    private static void Axes(UpgradeSite site)
    {
        var axes = site.Attributes.Ints("axes");
        if (!axes.IsDefault)
        {
            site.Become(site.Node.OpType, site.Attributes.Without("axes"), site.Input(0), site.Integers("axes", axes));
        }
    }

    private static void Split(UpgradeSite site)
    {
        var sizes = site.Attributes.Ints("split");
        if (!sizes.IsDefault)
        {
            site.Become("Split", site.Attributes.Without("split"), site.Input(0), site.Integers("split", sizes));
        }
    }

    private static void SplitCount(UpgradeSite site)
    {
        if (site.Input(1) is null)
        {
            site.Become("Split", site.Attributes.With("num_outputs", new AttributeValue.Int(site.Node.Outputs.Count)), site.Input(0));
        }
    }

    private static void DftAxis(UpgradeSite site)
    {
        var axis = site.Constant("axis", EdgeAI.Graph.ConstantTensor.Of<long>(Hal.Shape.Scalar, site.Attributes.Int("axis", 1)));
        site.Become("DFT", site.Attributes.Without("axis"), site.Input(0), site.Input(1), axis);
    }

    private static ImmutableArray<long> Needed(UpgradeSite site, string attribute) =>
        site.Attributes.Ints(attribute) is { IsDefault: false } items ? items : throw site.Refuse($"attribute '{attribute}' is missing; expected integers");
}
