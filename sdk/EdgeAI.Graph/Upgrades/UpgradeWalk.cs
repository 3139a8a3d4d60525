using EdgeAI.Graph.Inference;

namespace EdgeAI.Graph.Upgrades;

/// <summary>
/// Lifts all graphs of a model in one walk in topological order: each node through the rules of its operator, version by version, the
/// nodes that a rule makes likewise; then its results are inferred, so that later rules know the ranks of what they read. A patch for
/// each node would search the graph each time; the walk makes the order of nodes anew and stays linear.
/// </summary>
/// <param name="model">The model; its import of ai.onnx becomes the target.</param>
/// <param name="target">The version to lift to; where it is the model's own, only defects are mended.</param>
/// <param name="trace">Gets what was done.</param>
/// <param name="versionOf">The version that a node is written in, where that is not the model's.</param>
internal sealed class UpgradeWalk(Model model, long target, UpgradeTrace trace, Func<Node, long?>? versionOf = null)
{
    private const int MaximumDepth = 64;
    private const long IrOfCurrent = 8;

    private readonly ValueNames _names = new(model);
    private readonly long _version = model.Opset("");
    private InferenceEngine _engine = new(model);
    private int _depth;

    public void Run()
    {
        model.OpsetImports[""] = target;
        if (target > _version)
        {
            model.IrVersion = Math.Max(model.IrVersion, IrFor(target));
        }

        _engine = new InferenceEngine(model);
        Lift(model.Graph);
        foreach (var (value, type) in _engine.Types)
        {
            value.Type = type;
        }
    }

    /// <summary>The oldest file format that speaks of that operator set.</summary>
    private static long IrFor(long opset) => opset switch { <= 18 => IrOfCurrent, <= 20 => 9, <= 22 => 10, 23 => 11, 24 => 12, _ => 13 };

    private void Lift(ModelGraph graph)
    {
        if (++_depth > MaximumDepth)
        {
            throw new ModelFormatException($"Graph '{graph.Name}' is nested deeper than {MaximumDepth}.");
        }

        var nodes = new List<Node>(graph.Nodes.Count);
        foreach (var node in graph.Nodes.ToList())
        {
            foreach (var body in ShapeInference.Subgraphs(node))
            {
                Lift(body);
            }

            Lift(node, versionOf?.Invoke(node) ?? _version, nodes, isOfFile: true);
        }

        graph.SetNodes(nodes);
        _depth--;
    }

    /// <summary>The first rule that changes the node ends its own part: what stands for it then is lifted in its place.</summary>
    private void Lift(Node node, long version, List<Node> nodes, bool isOfFile)
    {
        var from = version < target && UpgradeTable.IsRemoved(node) ? 1 : version;
        foreach (var rule in UpgradeTable.For(node, from, target))
        {
            var site = new UpgradeSite(rule, node, version, target, _engine, _names);
            Apply(rule, site);
            if (site.Nodes.Count > 0)
            {
                if (isOfFile)
                {
                    trace.Add(rule.Name, rule.Summary, node.Name);
                }

                foreach (var successor in site.Nodes)
                {
                    Lift(successor, site.ResultVersion, nodes, isOfFile && successor.Name == node.Name);
                }

                return;
            }
        }

        nodes.Add(node);
        _engine.Visit(node);
    }

    private static void Apply(UpgradeRule rule, UpgradeSite site)
    {
        try
        {
            rule.Lift(site);
        }
        catch (ModelFormatException error) when (!error.Detail.StartsWith("Upgrade rule", StringComparison.Ordinal))
        {
            throw site.Refuse(error.Detail.TrimEnd('.'));
        }
        catch (Exception error) when (error is ArgumentException or IndexOutOfRangeException or InvalidOperationException or OverflowException)
        {
            throw site.Refuse($"operands or attributes do not fit the operator ({error.Message.TrimEnd('.')})");
        }
    }
}
