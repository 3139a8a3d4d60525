using System.Collections.Immutable;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// BatchNormalization, and Mul, Div, Add or Sub by a constant per channel, behind Conv, ConvTranspose, Gemm or MatMul go into its weights and bias.
/// Sums are the same but rounded elsewhere: for what is quantized or computed by an accelerator's rules afterwards, never for
/// what has to equal the file bit by bit.
/// </summary>
internal sealed class FoldAffine : GraphRewrite
{
    public override string Name => "fold-affine";

    protected internal override ImmutableArray<string> Operators => ["BatchNormalization", "Mul", "Div", "Add", "Sub"];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        foreach (var operand in node.Inputs.Take(node.OpType is "Mul" or "Add" ? 2 : 1))
        {
            if (operand?.Producer is { } maker && ReferenceEquals(maker.Graph, node.Graph) && Known.HasOneReader(operand)
                && LinearLayer.Of(model, maker) is { } layer && ChannelAffine.Of(model, node, operand, layer) is { } affine
                && layer.Scaled(affine) is { } result)
            {
                return ToPatch(node, layer, result);
            }
        }

        return null;
    }

    private GraphPatch ToPatch(Node node, LinearLayer layer, LinearLayer result)
    {
        var patch = new GraphPatch(Name, node.Graph);
        var weights = ReferenceEquals(result.Weights, layer.Weights) ? layer.Node.Inputs[1] : patch.AddConstant(layer.Node.Inputs[1]!.Name, result.Weights);
        Value?[] bias = result.Bias is { } constant ? [patch.AddConstant($"{layer.Node.Name}_bias", constant)] : [];
        var output = patch.AddValue("", node.Outputs[0]!.Type);
        patch.AddNode(result.OpType, [layer.Node.Inputs[0], weights, .. bias], [output], result.Attributes, layer.Node.Name);
        patch.Replace(node.Outputs[0]!, output);
        patch.Remove(node);
        patch.Remove(layer.Node);
        return patch;
    }
}
