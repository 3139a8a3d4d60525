using EdgeAI.Graph;

namespace EdgeAI.Quantization.Preparation;

/// <summary>A model of its own with the same constants, which are shared and not copied.</summary>
internal static class ModelCopy
{
    public static Model Of(Model model)
    {
        var graph = Of(model.Graph, null, new Dictionary<Value, Value>(ReferenceEqualityComparer.Instance));
        var copy = new Model(graph)
        {
            IrVersion = model.IrVersion,
            ProducerName = model.ProducerName,
            ProducerVersion = model.ProducerVersion,
            Domain = model.Domain,
            ModelVersion = model.ModelVersion,
            DocString = model.DocString,
        };
        foreach (var (domain, version) in model.OpsetImports)
        {
            copy.OpsetImports[domain] = version;
        }

        foreach (var item in model.Metadata)
        {
            copy.Metadata.Add(item);
        }

        foreach (var function in model.Functions)
        {
            copy.Functions.Add(function);
        }

        return copy;
    }

    private static ModelGraph Of(ModelGraph graph, ModelGraph? parent, Dictionary<Value, Value> values)
    {
        var copy = new ModelGraph(graph.Name, parent) { DocString = graph.DocString, Metadata = graph.Metadata };
        foreach (var value in graph.Values.Values)
        {
            var twin = copy.AddValue(value.Name, value.Type);
            (twin.DocString, twin.Metadata, twin.Constant) = (value.DocString, value.Metadata, value.Constant);
            values[value] = twin;
        }

        foreach (var input in graph.Inputs)
        {
            copy.AddInput(values[input]);
        }

        foreach (var node in graph.Nodes)
        {
            AddTwin(copy, node, values);
        }

        foreach (var output in graph.Outputs)
        {
            copy.AddOutput(values[output]);
        }

        foreach (var sparse in graph.SparseConstants)
        {
            copy.SparseConstants.Add(sparse);
        }

        foreach (var annotation in graph.QuantizationAnnotations)
        {
            copy.QuantizationAnnotations.Add(annotation);
        }

        return copy;
    }

    private static void AddTwin(ModelGraph copy, Node node, Dictionary<Value, Value> values)
    {
        var twin = copy.AddNode(
            node.OpType, node.Inputs.Select(Twin), node.Outputs.Select(Twin), AttributesOf(node, copy, values), node.Name, node.Domain);
        (twin.DocString, twin.Metadata, twin.Overload) = (node.DocString, node.Metadata, node.Overload);

        Value? Twin(Value? value) => value is null ? null : values[value];
    }

    private static AttributeList AttributesOf(Node node, ModelGraph copy, Dictionary<Value, Value> values) =>
        ShapeInference.Subgraphs(node).Any()
            ? new([.. node.Attributes.Select(attribute => attribute with { Value = Copy(attribute.Value, copy, values) })])
            : node.Attributes;

    private static AttributeValue Copy(AttributeValue value, ModelGraph copy, Dictionary<Value, Value> values) => value switch
    {
        AttributeValue.Graph graph => new AttributeValue.Graph(Of(graph.Value, copy, values)),
        AttributeValue.Graphs graphs => new AttributeValue.Graphs([.. graphs.Values.Select(graph => Of(graph, copy, values))]),
        _ => value,
    };
}
