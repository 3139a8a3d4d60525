using System.Collections.Immutable;
using EdgeAI.Graph.Upgrades;

namespace EdgeAI.Graph.Rewrites;

/// <summary>An If whose condition is known gives way to the nodes of the branch that it takes, under names that nobody else has.</summary>
internal sealed class InlineIf : GraphRewrite
{
    private ValueNames? _names;

    public override string Name => "inline-if";

    protected internal override ImmutableArray<string> Operators => ["If"];

    protected internal override void Prepare(Model model) => _names = null;

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (!node.Is("If") || Known.Numbers(model, node.Input(0)) is not [var condition]
            || node.Attributes.Graph(condition == 0 ? "else_branch" : "then_branch") is not { } branch || !CanMove(node, branch))
        {
            return null;
        }

        _names ??= new ValueNames(model);
        var patch = new GraphPatch(Name, node.Graph);
        var moved = new Dictionary<Value, Value>(ReferenceEqualityComparer.Instance);
        foreach (var value in branch.Values.Values.Where(value => value.Producer is not null || value.Constant is not null))
        {
            var name = _names.Unique(ValueNames.Inner(node.Name, value.Name));
            moved[value] = value.Constant is { } constant ? patch.AddConstant(name, constant) : patch.AddValue(name, value.Type);
        }

        Move(patch, branch, moved);
        for (var i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] is { } output)
            {
                patch.Replace(output, moved[branch.Outputs[i]]);
            }
        }

        patch.Remove(node);
        return patch;
    }

    /// <summary>Nothing that is only carried; and no output of the graph would lose its maker or its name.</summary>
    private static bool CanMove(Node node, ModelGraph branch)
    {
        var taken = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        return branch.Inputs.Count == 0 && branch.SparseConstants.Count == 0 && branch.Outputs.Count == node.Outputs.Count
            && branch.Outputs.Zip(node.Outputs).All(pair => pair.Second is null || (taken.Add(pair.First)
                && (pair.First.Producer is not null || !node.Graph.Outputs.Contains(pair.Second))));
    }

    private static void Move(GraphPatch patch, ModelGraph branch, Dictionary<Value, Value> moved)
    {
        foreach (var inner in branch.Nodes)
        {
            patch.AddNode(inner.OpType, inner.Inputs.Select(Moved), inner.Outputs.Select(Moved), inner.Attributes, inner.Name, inner.Domain);
            foreach (var body in ShapeInference.Subgraphs(inner))
            {
                patch.AdoptBody(body);
                Recapture(patch, body, moved);
            }
        }

        Value? Moved(Value? value) => value is not null && moved.TryGetValue(value, out var copy) ? copy : value;
    }

    /// <summary>Graphs inside the branch read what has moved at its new place.</summary>
    private static void Recapture(GraphPatch patch, ModelGraph body, Dictionary<Value, Value> moved)
    {
        foreach (var node in ShapeInference.Graphs(body).SelectMany(graph => graph.Nodes))
        {
            for (var i = 0; i < node.Inputs.Count; i++)
            {
                if (node.Inputs[i] is { } input && moved.TryGetValue(input, out var copy))
                {
                    patch.ReplaceInput(node, i, copy);
                }
            }
        }
    }
}
