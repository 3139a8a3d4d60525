using EdgeAI.Graph;
using EdgeAI.Graph.Operators;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Writing;

/// <summary>Writes ModelProto, FunctionProto, GraphProto, NodeProto and AttributeProto.</summary>
internal sealed class ModelWriter(BlobCollector? blobs, ExternalWeights? weights = null)
{
    private const int FirstIrWithFreeInitializers = 4;

    public ProtoWriter Write(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var message = new ProtoWriter();
        message.Int64Unless0(ModelFields.IrVersion, model.IrVersion);
        message.TextUnlessEmpty(ModelFields.ProducerName, model.ProducerName);
        message.TextUnlessEmpty(ModelFields.ProducerVersion, model.ProducerVersion);
        message.TextUnlessEmpty(ModelFields.Domain, model.Domain);
        message.Int64Unless0(ModelFields.ModelVersion, model.ModelVersion);
        message.TextUnlessEmpty(ModelFields.DocString, model.DocString);
        message.Message(ModelFields.Graph, Graph(model.Graph, model.IrVersion < FirstIrWithFreeInitializers, blobs, weights));
        WriteOpsets(message, ModelFields.OpsetImport, model.OpsetImports);
        TensorWriter.Entries(message, ModelFields.Metadata, model.Metadata);
        foreach (var function in model.Functions)
        {
            message.Message(ModelFields.Functions, Function(function));
        }

        return message;
    }

    private ProtoWriter Function(ModelFunction function)
    {
        var message = new ProtoWriter();
        message.Text(FunctionFields.Name, function.Name);
        WriteTexts(message, FunctionFields.Input, function.Inputs);
        WriteTexts(message, FunctionFields.Output, function.Outputs);
        WriteTexts(message, FunctionFields.Attribute, function.Attributes);
        WriteNodes(message, FunctionFields.Node, function.Body);
        message.TextUnlessEmpty(FunctionFields.DocString, function.DocString);
        WriteOpsets(message, FunctionFields.OpsetImport, function.OpsetImports);
        message.TextUnlessEmpty(FunctionFields.Domain, function.Domain);
        foreach (var attribute in function.AttributeDefaults)
        {
            message.Message(FunctionFields.AttributeDefault, Attribute(attribute));
        }

        WriteValues(message, FunctionFields.ValueInfo, function.Body.Inputs.Where(IsDescribed));
        WriteValues(message, FunctionFields.ValueInfo, Results(function.Body).Where(IsDescribed));
        message.TextUnlessEmpty(FunctionFields.Overload, function.Overload);
        TensorWriter.Entries(message, FunctionFields.Metadata, function.Body.Metadata);
        return message;
    }

    private ProtoWriter Graph(ModelGraph graph, bool initializersAreInputs, BlobCollector? blobs = null, ExternalWeights? weights = null)
    {
        var message = new ProtoWriter();
        WriteNodes(message, GraphFields.Node, graph);
        message.Text(GraphFields.Name, graph.Name);
        var beside = graph.Constants.Where(value => blobs?.TryAdd(value.Name, value.Constant!) ?? false).ToHashSet();
        var constants = graph.Constants.Where(value => !beside.Contains(value)).ToList();
        constants.ForEach(value => message.Message(GraphFields.Initializer, TensorWriter.Write(value, weights)));
        message.TextUnlessEmpty(GraphFields.DocString, graph.DocString);
        var listed = initializersAreInputs ? beside.Concat(constants) : beside;
        WriteValues(message, GraphFields.Input, graph.Inputs.Concat(listed.Except(graph.Inputs)));
        WriteValues(message, GraphFields.Output, graph.Outputs);
        var ends = graph.Inputs.Concat(graph.Outputs).ToHashSet();
        WriteValues(message, GraphFields.ValueInfo, Results(graph).Where(value => IsDescribed(value) && !ends.Contains(value)));
        WriteCarried(message, graph);
        return message;
    }

    /// <summary>What nodes make, in their order, so that the bytes do not depend on how the graph came about.</summary>
    private static IEnumerable<Value> Results(ModelGraph graph) => graph.Nodes.SelectMany(node => node.Outputs).OfType<Value>();

    private static bool IsDescribed(Value value) => value.Type is not null || value.DocString.Length > 0 || value.Metadata.Count > 0;

    private static void WriteCarried(ProtoWriter message, ModelGraph graph)
    {
        foreach (var annotation in graph.QuantizationAnnotations)
        {
            message.Message(GraphFields.QuantizationAnnotation, inner =>
            {
                inner.Text(AnnotationFields.Tensor, annotation.Tensor);
                TensorWriter.Entries(inner, AnnotationFields.Parameter, annotation.Parameters);
            });
        }

        foreach (var sparse in graph.SparseConstants)
        {
            message.Message(GraphFields.SparseInitializer, TensorWriter.Write(sparse));
        }

        TensorWriter.Entries(message, GraphFields.Metadata, graph.Metadata);
    }

    private void WriteNodes(ProtoWriter message, int field, ModelGraph graph)
    {
        foreach (var node in graph.Nodes)
        {
            message.Message(field, Node(node));
        }
    }

    /// <summary>
    /// For a runtime, operands left out at the end are not written wherever the operator allows that: kernels of ONNX Runtime 1.30
    /// (DFT's) take the number of operands for a promise that they are there, and read address 0.
    /// </summary>
    private int InputCount(Node node)
    {
        var count = node.Inputs.Count;
        if (blobs is null || count == 0 || node.Inputs[count - 1] is not null || OperatorRegistry.Find(node.Domain, node.OpType) is not { } schema)
        {
            return count;
        }

        for (var least = schema.LeastInputCount; count > least && node.Inputs[count - 1] is null; count--)
        {
        }

        return count;
    }

    private ProtoWriter Node(Node node)
    {
        var message = new ProtoWriter();
        WriteTexts(message, NodeFields.Input, node.Inputs.Take(InputCount(node)).Select(value => value?.Name ?? ""));
        WriteTexts(message, NodeFields.Output, node.Outputs.Select(value => value?.Name ?? ""));
        message.TextUnlessEmpty(NodeFields.Name, node.Name);
        message.Text(NodeFields.OpType, node.OpType);
        foreach (var attribute in node.Attributes)
        {
            message.Message(NodeFields.Attribute, Attribute(attribute));
        }

        message.TextUnlessEmpty(NodeFields.DocString, node.DocString);
        message.TextUnlessEmpty(NodeFields.Domain, node.Domain);
        message.TextUnlessEmpty(NodeFields.Overload, node.Overload);
        TensorWriter.Entries(message, NodeFields.Metadata, node.Metadata);
        return message;
    }

    private ProtoWriter Attribute(NodeAttribute attribute)
    {
        var message = new ProtoWriter();
        message.Text(AttributeFields.Name, attribute.Name);
        var kind = WriteValue(message, attribute.Value);
        message.TextUnlessEmpty(AttributeFields.DocString, attribute.DocString);
        message.Int64(AttributeFields.Kind, kind);
        return message;
    }

    private int WriteValue(ProtoWriter message, AttributeValue value)
    {
        switch (value)
        {
            case AttributeValue.Float one:
                message.Float(AttributeFields.Float, one.Value);
                return AttributeKinds.Float;
            case AttributeValue.Int one:
                message.Int64(AttributeFields.Int, one.Value);
                return AttributeKinds.Int;
            case AttributeValue.Text one:
                message.Bytes(AttributeFields.Text, one.Value);
                return AttributeKinds.Text;
            case AttributeValue.Tensor one:
                message.Message(AttributeFields.Tensor, TensorWriter.Write(one.Value, ""));
                return AttributeKinds.Tensor;
            case AttributeValue.Graph one:
                message.Message(AttributeFields.Graph, Graph(one.Value, initializersAreInputs: false));
                return AttributeKinds.Graph;
            case AttributeValue.Type one:
                message.Message(AttributeFields.TypeProto, TypeWriter.Write(one.Value));
                return AttributeKinds.Type;
            case AttributeValue.Sparse one:
                message.Message(AttributeFields.Sparse, TensorWriter.Write(one.Value));
                return AttributeKinds.Sparse;
            case AttributeValue.Reference one:
                message.Text(AttributeFields.Reference, one.FunctionAttribute);
                return one.Kind;
            default:
                return WriteList(message, value);
        }
    }

    private int WriteList(ProtoWriter message, AttributeValue value)
    {
        switch (value)
        {
            case AttributeValue.Floats many:
                foreach (var item in many.Values) { message.Float(AttributeFields.Floats, item); }
                return AttributeKinds.Floats;
            case AttributeValue.Ints many:
                foreach (var item in many.Values) { message.Int64(AttributeFields.Ints, item); }
                return AttributeKinds.Ints;
            case AttributeValue.Texts many:
                foreach (var item in many.Values) { message.Bytes(AttributeFields.Texts, item); }
                return AttributeKinds.Texts;
            case AttributeValue.Tensors many:
                foreach (var item in many.Values) { message.Message(AttributeFields.Tensors, TensorWriter.Write(item, "")); }
                return AttributeKinds.Tensors;
            case AttributeValue.Graphs many:
                foreach (var item in many.Values) { message.Message(AttributeFields.Graphs, Graph(item, initializersAreInputs: false)); }
                return AttributeKinds.Graphs;
            case AttributeValue.Types many:
                foreach (var item in many.Values) { message.Message(AttributeFields.TypeProtos, TypeWriter.Write(item)); }
                return AttributeKinds.Types;
            case AttributeValue.Sparses many:
                foreach (var item in many.Values) { message.Message(AttributeFields.Sparses, TensorWriter.Write(item)); }
                return AttributeKinds.Sparses;
            default:
                throw new ModelFormatException($"An attribute of kind {value.GetType().Name} cannot be written.");
        }
    }

    private static void WriteValues(ProtoWriter message, int field, IEnumerable<Value> values)
    {
        foreach (var value in values)
        {
            message.Message(field, info =>
            {
                info.Text(ValueFields.Name, value.Name);
                if (value.Type is not null)
                {
                    info.Message(ValueFields.Type, TypeWriter.Write(value.Type));
                }

                info.TextUnlessEmpty(ValueFields.DocString, value.DocString);
                TensorWriter.Entries(info, ValueFields.Metadata, value.Metadata);
            });
        }
    }

    private static void WriteOpsets(ProtoWriter message, int field, IEnumerable<KeyValuePair<string, long>> imports)
    {
        foreach (var (domain, version) in imports)
        {
            message.Message(field, import =>
            {
                import.TextUnlessEmpty(OpsetFields.Domain, domain);
                import.Int64(OpsetFields.Version, version);
            });
        }
    }

    private static void WriteTexts(ProtoWriter message, int field, IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            message.Text(field, text);
        }
    }
}
