using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>Takes nodes out that give their operand back: Identity, Dropout in inference, Cast to the same type, Reshape and Transpose that change nothing.</summary>
internal sealed class RemoveIdentity : GraphRewrite
{
    public override string Name => "remove-identity";

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (node.Domain.Length > 0 || node.Input(0) is not { } input || node.Output(0) is not { } output
            || !ChangesNothing(model, node, input, output) || !IsVisible(node, input) || !GraphPatch.CanReplace(node.Graph, output, input))
        {
            return null;
        }

        var patch = new GraphPatch(Name, node.Graph);
        patch.Replace(output, input);
        patch.Remove(node);
        return patch;
    }

    private static bool ChangesNothing(Model model, Node node, Value input, Value output) => node.OpType switch
    {
        "Identity" => true,
        "Dropout" => IsInference(model, node),
        "Cast" => input.Element != DataType.Undefined && node.Attributes.Int("to", 0) == (long)input.Element,
        "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Expand" => IsSame(input, output),
        "Transpose" => IsOrdered(node, input),
        "Concat" => node.Inputs.Count == 1,
        _ => false,
    };

    /// <summary>No mask is read, and training is not asked for.</summary>
    private static bool IsInference(Model model, Node node)
    {
        var isTraining = node.Input(2) is { } mode && !(new InferenceEngine(model).IntegersOf(mode) is { Items: [var item] } && item.Is(0));
        return !isTraining && (node.Output(1) is not { } mask || (mask.Consumers.Count == 0 && !node.Graph.Outputs.Contains(mask)));
    }

    private static bool IsSame(Value input, Value output) =>
        input.Shape.HasRank && input.Type == output.Type && input.Shape.All(extent => extent.IsKnown || extent.Symbol is not null);

    private static bool IsOrdered(Node node, Value input)
    {
        var axes = node.Attributes.Ints("perm");
        return axes.IsDefault ? input.Shape is { HasRank: true, Rank: <= 1 } : axes.SequenceEqual(Enumerable.Range(0, axes.Length).Select(axis => (long)axis));
    }

    /// <summary>A subgraph's output stays a value of the subgraph.</summary>
    private static bool IsVisible(Node node, Value input) =>
        !node.Graph.Outputs.Contains(node.Outputs[0]) || node.Graph.Values.TryGetValue(input.Name, out var own) && ReferenceEquals(own, input);
}
