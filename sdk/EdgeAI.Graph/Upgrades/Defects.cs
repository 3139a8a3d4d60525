using EdgeAI.Hal;

namespace EdgeAI.Graph.Upgrades;

/// <summary>
/// What exporters are known to have written wrong, seen in the node itself and not guessed from the producer's name. Such nodes are
/// mended in models of any version; a sound model is only scanned.
/// </summary>
internal static class Defects
{
    public static IReadOnlyList<UpgradeRule> Rules { get; } =
    [
        // MXNet wrote spatial=0 for what it computes per channel; version 7 and 8 then want statistics of the shape of a feature map.
        Defect("spatial-of-vectors", 7, "BatchNormalization", "statistics that are vectors are those of channels, whatever 'spatial' says (MXNet)",
            node => node.Attributes.TryGet("spatial", out var spatial) && spatial is AttributeValue.Int { Value: 0 } && node.Input(1) is { Shape: { HasRank: true, Rank: 1 } }, site => FirstOperators.Drop(site, "spatial")),
        Defect("fixed-gamma", 1, "BatchNormalization", "a scale that MXNet fixes is one, whatever was stored (MXNet)", node => node.Attributes.Contains("fix_gamma"), FixedGamma),

        // Caffe2, and PyTorch before 0.4, stamped a newer operator set on nodes of an older form.
        Defect("reshape-shape-left", 5, "Reshape", "attribute 'shape' in a version that wants an operand (Caffe2, PyTorch)",
            node => node.Input(1) is null && node.Attributes.Contains("shape"), FirstOperators.ReshapeShape),
        Defect("pad-paddings-left", 2, "Pad", "attribute 'paddings' in a version that calls it 'pads' (Caffe2, PyTorch)", node => node.Attributes.Contains("paddings"), FirstOperators.Paddings),
        Defect("broadcast-left", 7, Broadcasting.Operators, "attributes 'broadcast' and 'axis' in a version that broadcasts by itself (PyTorch, Keras)",
            node => node.Attributes.Contains("broadcast") || node.Attributes.Contains("axis"), Broadcasting.Align),
        Defect("gemm-broadcast-left", 7, "Gemm", "attribute 'broadcast' in a version that broadcasts by itself (PyTorch, Keras)", node => node.Attributes.Contains("broadcast"), site => FirstOperators.Drop(site, "broadcast")),
        Defect("upsample-scales-left", 7, "Upsample", "'height_scale' and 'width_scale' in a version that wants scales of all axes (WinMLTools)",
            node => node.Attributes.Contains("height_scale") || node.Attributes.Contains("width_scale"), Resampling.Scales),
        Defect("test-hint-left", 7, "BatchNormalization Dropout", "attribute 'is_test' in a version that has none (Caffe2, Keras)", node => node.Attributes.Contains("is_test"), site => FirstOperators.Drop(site, "is_test")),
        Defect("consumed-inputs-left", 6, "*", "the hint 'consumed_inputs' in a version that has none (Caffe2, PyTorch)", node => node.Attributes.Contains("consumed_inputs"), site => FirstOperators.Drop(site, "consumed_inputs")),
    ];

    private const long FirstWithConstantOfShape = 9;

    private static readonly ILookup<string, UpgradeRule> ByOperator = Rules
        .SelectMany(rule => rule.OperatorNames.Select(name => (name, rule))).ToLookup(pair => pair.name, pair => pair.rule);

    /// <summary>True where some node of the model has a defect.</summary>
    public static bool AreIn(Model model)
    {
        var version = model.Opset("");
        return ShapeInference.Graphs(model.Graph).SelectMany(graph => graph.Nodes)
            .Any(node => node.Domain.Length == 0 && node.Attributes.Count > 0 && Of(node, 0, version).Any());
    }

    /// <summary>What is a defect in a node from a version (not including) to another.</summary>
    public static IEnumerable<UpgradeRule> Of(Node node, long from, long to) =>
        ByOperator[node.OpType].Concat(ByOperator["*"]).Where(rule => rule.Version > from && rule.Version <= to && rule.IsSeen!(node));

    private static UpgradeRule Defect(string name, int since, string operators, string summary, Func<Node, bool> isSeen, Action<UpgradeSite> mend) =>
        new(name, since, operators, summary, mend) { IsSeen = isSeen };

    private static void FixedGamma(UpgradeSite site)
    {
        var attributes = site.Attributes.Without("fix_gamma");
        if (site.Attributes.Int("fix_gamma", 0) == 0)
        {
            site.Become(attributes);
            return;
        }

        site.Become("BatchNormalization", attributes, [site.Input(0), Ones(site), .. site.Node.Inputs.Skip(2)], [.. site.Node.Outputs]);
    }

    /// <summary>
    /// Ones in the place of the scale: as large as a constant, whose bytes the file has. What is fed or computed may be declared as large
    /// as one likes, and gets its ones in the run.
    /// </summary>
    private static Value Ones(UpgradeSite site)
    {
        if (site.ConstantOf(1) is { } scale)
        {
            return site.Constant("ones", site.Numbers(scale.Shape, [.. Enumerable.Repeat(1.0, checked((int)scale.Shape.ElementCount))], scale.Type));
        }

        if (site.Target < FirstWithConstantOfShape)
        {
            throw site.Refuse($"the scale is no constant; expected one, or a target of version {FirstWithConstantOfShape} at least");
        }

        var one = new AttributeValue.Tensor(site.Numbers(new Shape(1L), [1.0], site.ElementOf(1)));
        return site.Insert("ConstantOfShape", "ones", AttributeList.Empty.With("value", one), site.Insert("Shape", "extents", AttributeList.Empty, site.Required(1)));
    }
}
