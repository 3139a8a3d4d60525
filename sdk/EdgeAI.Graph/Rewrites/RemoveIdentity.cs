using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Takes nodes out that give their operand back: Identity, Dropout in inference, Cast to the same type, moves that move nothing,
/// and operators over any number of operands that have one.
/// </summary>
internal sealed class RemoveIdentity : GraphRewrite
{
    public override string Name => "remove-identity";

    protected internal override ImmutableArray<string> Operators =>
    [
        "Identity", "Dropout", "Cast", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Expand", "Tile", "Slice", "Pad", "Transpose", "Concat", "Sum", "Max", "Min",
    ];

    protected internal override GraphPatch? Match(Model model, Node node) =>
        node.Domain.Length == 0 && node.Input(0) is { } input && node.Output(0) is { } output && ChangesNothing(model, node, input, output)
            ? Known.Bypass(Name, node, input)
            : null;

    private static bool ChangesNothing(Model model, Node node, Value input, Value output) => node.OpType switch
    {
        "Identity" => true,
        _ when input.Type is not (null or TensorType) => false,
        "Dropout" => IsInference(model, node),
        "Cast" => input.Element != DataType.Undefined && node.Attributes.Int("to", 0) == (long)input.Element,
        "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze" or "Expand" or "Tile" => IsSame(input, output),
        "Slice" => IsSame(input, output) && (node.Input(4) is not { } steps || Known.Numbers(model, steps)?.All(step => step == 1) == true),
        "Pad" => Known.Numbers(model, node, 1, "pads")?.All(pad => pad == 0) == true,
        "Transpose" => IsOrdered(node, input),
        "Concat" or "Sum" or "Max" or "Min" => node.Inputs.Count == 1,
        _ => false,
    };

    /// <summary>No mask is read, and training is not asked for.</summary>
    private static bool IsInference(Model model, Node node)
    {
        var isTraining = node.Input(2) is { } mode && Known.Numbers(model, mode) is not [0];
        return !isTraining && (node.Output(1) is not { } mask || (mask.Consumers.Count == 0 && !node.Graph.Outputs.Contains(mask)));
    }

    private static bool IsSame(Value input, Value output) => input.Type == output.Type && Known.AreSame(input.Shape, output.Shape);

    private static bool IsOrdered(Node node, Value input)
    {
        var axes = node.Attributes.Ints("perm");
        return axes.IsDefault ? input.Shape is { HasRank: true, Rank: <= 1 } : axes.SequenceEqual(Enumerable.Range(0, axes.Length).Select(axis => (long)axis));
    }
}
