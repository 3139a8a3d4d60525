using EdgeAI.Compiler.Partitioning;
using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Onnx;

/// <summary>A segment as a model of its own: same names, same constants (not copied), its borders as inputs and outputs.</summary>
internal static class SegmentModel
{
    public static Model Build(GraphSegment segment)
    {
        var source = segment.Model;
        var graph = new ModelGraph($"{source.Graph.Name}.{segment.Index}");
        foreach (var input in segment.Inputs)
        {
            graph.AddInput(graph.AddValue(input.Name, input.Type));
        }

        foreach (var node in segment.Nodes)
        {
            Add(graph, node);
        }

        foreach (var output in segment.Outputs)
        {
            graph.AddOutput(graph.Values[output.Name]);
        }

        return Wrap(graph, source);
    }

    public static ExecutableSignature Signature(GraphSegment segment) =>
        new([.. segment.Inputs.Select(Spec)], [.. segment.Outputs.Select(Spec)]);

    public static TensorSpec Spec(Value value) => new(value.Name, value.Element, value.Shape);

    private static void Add(ModelGraph graph, Node node)
    {
        // Subgraphs are shared as they are: they name what they capture, so it must be here under the same name.
        foreach (var used in NodeUses.Of(node).Where(value => value.Constant is not null && !graph.Values.ContainsKey(value.Name)))
        {
            graph.AddConstant(used.Name, used.Constant!);
        }

        var inputs = node.Inputs.Select(value => value is null ? null : graph.Values[value.Name]);
        var outputs = node.Outputs.Select(value => value is null ? null : graph.AddValue(value.Name, value.Type));
        var copy = graph.AddNode(node.OpType, inputs, outputs, node.Attributes, node.Name, node.Domain);
        copy.Overload = node.Overload;
    }

    private static Model Wrap(ModelGraph graph, Model source)
    {
        var model = new Model(graph) { IrVersion = Math.Max(source.IrVersion, 4), ProducerName = "EdgeAI" };
        foreach (var (domain, version) in source.OpsetImports)
        {
            model.OpsetImports[domain] = version;
        }

        foreach (var function in source.Functions)
        {
            model.Functions.Add(function);
        }

        return model;
    }
}
