using System.Collections.Immutable;
namespace EdgeAI.Graph.Rewrites;

/// <summary>Gives each reader of a DequantizeLinear one of its own, so that every DQ-op-Q group is whole.</summary>
internal sealed class UniqueDequantize : GraphRewrite
{
    public override string Name => "unique-dequantize";

    protected internal override ImmutableArray<string> Operators => ["DequantizeLinear"];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (node.OpType != "DequantizeLinear" || node.Output(0) is not { } output)
        {
            return null;
        }

        var readers = output.Consumers.Distinct().ToList();
        var isShared = node.Graph.Outputs.Contains(output) || readers.Exists(reader => !ReferenceEquals(reader.Graph, node.Graph));
        var extra = readers.Where(reader => ReferenceEquals(reader.Graph, node.Graph)).Skip(isShared ? 0 : 1).ToList();
        if (extra.Count == 0)
        {
            return null;
        }

        var patch = new GraphPatch(Name, node.Graph);
        extra.ForEach(reader => Duplicate(patch, node, output, reader));
        return patch;
    }

    private static void Duplicate(GraphPatch patch, Node node, Value output, Node reader)
    {
        var copy = patch.AddValue(output.Name, output.Type);
        patch.AddNode(node.OpType, node.Inputs, [copy], node.Attributes, node.Name, node.Domain);
        for (var i = 0; i < reader.Inputs.Count; i++)
        {
            if (ReferenceEquals(reader.Inputs[i], output))
            {
                patch.ReplaceInput(reader, i, copy);
            }
        }
    }
}
