using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// A Where whose condition is known and the same everywhere gives way to the operand that it takes. Not for floats: ONNX Runtime's
/// Where turns −0 into +0.
/// </summary>
internal sealed class SelectKnown : GraphRewrite
{
    public override string Name => "select-known";

    protected internal override ImmutableArray<string> Operators => ["Where"];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (!node.Is("Where") || Known.Constant(model, node.Input(0)) is not { } condition || condition.Data.IsEmpty)
        {
            return null;
        }

        if (node.Outputs[0]!.Element is DataType.Undefined or DataType.Float32 or DataType.Float16 or DataType.Float64 or DataType.BFloat16)
        {
            return null;
        }

        var bits = condition.Data.Span;
        var taken = !bits.ContainsAnyExcept((byte)1) ? node.Input(1) : !bits.ContainsAnyExcept((byte)0) ? node.Input(2) : null;
        return taken is not null && taken.Type == node.Outputs[0]!.Type && Known.AreSame(taken.Shape, node.Outputs[0]!.Shape) ? Known.Bypass(Name, node, taken) : null;
    }
}
