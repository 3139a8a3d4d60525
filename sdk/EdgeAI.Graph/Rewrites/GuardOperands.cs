using System.Collections.Frozen;
using System.Collections.Immutable;
using EdgeAI.Graph.Operators;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Lets the run find out what <see cref="OperandNeed"/> asks for where inference cannot: an operand goes through a Reshape to its own
/// shape, and the extents are checked on the way (<see cref="ExtentCheck"/>). Nothing is copied.
/// </summary>
internal sealed class GuardOperands : GraphRewrite
{
    private static readonly FrozenSet<string> Names = OperatorRegistry.All.Where(schema => schema.Needs is not null).Select(schema => schema.Name).ToFrozenSet();

    public override string Name => "guard-operands";

    protected internal override ImmutableArray<string> Operators => [.. Names];

    /// <summary>What must hold of a node's operands, is not known to and is not guarded yet.</summary>
    public static IEnumerable<OperandNeed> Open(Model model, Node node) =>
        Names.Contains(node.OpType) && OperatorRegistry.Find(model, node) is { Needs: { } needs } schema
            ? needs(node, schema.SinceVersion(model.Opset(node.Domain))).Where(need => node.Input(need.Input) is { } value && IsOpen(need, node, value))
            : [];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        var open = Open(model, node).ToArray();
        if (open.Length == 0)
        {
            return null;
        }

        var patch = new GraphPatch(Name, node.Graph);
        foreach (var need in open)
        {
            patch.ReplaceInput(node, need.Input, OperandGuard.Add(patch, need, node));
        }

        return patch;
    }

    private static bool IsOpen(OperandNeed need, Node node, Value value) =>
        need.Holds(value.Tensor?.Shape ?? Shape.Unknown) != true && !OperandGuard.Stands(need, node);
}
