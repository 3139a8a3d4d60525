using System.Collections.Immutable;
using EdgeAI.Graph.Operators;

namespace EdgeAI.Graph.Rewrites;

/// <summary>Turns Constant nodes into constants of the graph; those that are a graph's outputs stay.</summary>
internal sealed class LiftConstants : GraphRewrite
{
    public override string Name => "lift-constants";

    protected internal override ImmutableArray<string> Operators => ["Constant"];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (!node.Is("Constant") || node.Output(0) is not { } output || node.Graph.Outputs.Contains(output) || Constant.TensorOf(node) is not { } tensor)
        {
            return null;
        }

        var patch = new GraphPatch(Name, node.Graph);
        patch.Replace(output, patch.AddConstant("", tensor));
        patch.Remove(node);
        return patch;
    }
}
