using System.Runtime.InteropServices;
using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph;

/// <summary>Checks that a model is what its parts say: before it is used, and after each pass.</summary>
public static class GraphVerifier
{
    private const int MaximumDepth = 64;

    /// <summary>
    /// Order, producers and consumers, names and outputs of every graph; number of operands, attributes and element types of every
    /// operator that is known.
    /// </summary>
    /// <exception cref="ModelFormatException">Something does not hold; the message names node, found and expected.</exception>
    public static void Verify(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var uses = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        VerifyGraph(new(model, uses, new InferenceEngine(model)), model.Graph, new(ReferenceEqualityComparer.Instance), 0);
        foreach (var graph in ShapeInference.Graphs(model.Graph))
        {
            foreach (var (_, value) in graph.ValueTable)
            {
                if (value.Consumers.Count != uses.GetValueOrDefault(value))
                {
                    throw new ModelFormatException($"Value '{value.Name}' lists {value.Consumers.Count} readers; found {uses.GetValueOrDefault(value)} operands that read it.");
                }
            }
        }
    }

    /// <summary>Infers every node again and compares: no type that is recorded may contradict what follows from the operands.</summary>
    /// <exception cref="ModelFormatException">A recorded type contradicts the inferred one, or a node's operands do not fit it.</exception>
    public static void VerifyTypes(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        new InferenceEngine(model).Run();
    }

    private sealed record Walk(Model Model, Dictionary<Value, int> Uses, InferenceEngine Engine);

    private static void VerifyGraph(Walk walk, ModelGraph graph, HashSet<Value> known, int depth)
    {
        if (depth > MaximumDepth)
        {
            throw new ModelFormatException($"Graph '{graph.Name}' is nested deeper than {MaximumDepth}.");
        }

        VerifyValues(graph, known);
        foreach (var node in graph.Nodes)
        {
            VerifyOperands(walk, node, known);
            foreach (var body in ShapeInference.Subgraphs(node))
            {
                VerifyGraph(walk, body, known, depth + 1);
            }

            VerifyResults(node, known);
            VerifyOperator(walk, node);
        }

        foreach (var output in graph.Outputs)
        {
            if (!known.Contains(output) || !IsOwn(graph, output))
            {
                throw new ModelFormatException($"Graph '{graph.Name}': output '{output.Name}' is made by no node of the graph, is no input and no constant.");
            }
        }

        // One set for all graphs: a copy for each subgraph would make a graph of many small ones take quadratic time.
        known.ExceptWith(graph.Values.Values);
    }

    /// <summary>Names, and the values that are there before the first node.</summary>
    private static void VerifyValues(ModelGraph graph, HashSet<Value> known)
    {
        foreach (var (name, value) in graph.ValueTable)
        {
            if (name != value.Name || (value.Constant is not null && value.Producer is not null))
            {
                throw new ModelFormatException($"Graph '{graph.Name}': value '{name}' is defined twice; each name is defined once.");
            }

            if (value.Constant is { } constant)
            {
                known.Add(value);
                VerifyConstant(graph, value, constant);
            }
        }

        foreach (var sparse in graph.SparseConstants)
        {
            known.Add(graph.Values.TryGetValue(sparse.Name, out var value) && value is { Producer: null, Constant: null } ? value
                : throw new ModelFormatException($"Graph '{graph.Name}': sparse constant '{sparse.Name}' has no value of its name, or one that a node or another constant makes."));
        }

        foreach (var input in graph.Inputs)
        {
            if (input.Producer is not null || !IsOwn(graph, input))
            {
                throw new ModelFormatException($"Graph '{graph.Name}': input '{input.Name}' is made by {input.Producer}; an input is made by nobody.");
            }

            known.Add(input);
        }
    }

    private static void VerifyConstant(ModelGraph graph, Value value, ConstantTensor constant)
    {
        if (value.Tensor is not { } type || type.Element != constant.Type || type.Shape != constant.Shape)
        {
            throw new ModelFormatException($"Graph '{graph.Name}': constant '{value.Name}' is recorded as {value.Type?.ToString() ?? "unknown"}; its elements are {constant}.");
        }
    }

    private static bool IsOwn(ModelGraph graph, Value value) =>
        graph.Values.TryGetValue(value.Name, out var own) && ReferenceEquals(own, value);

    private static void VerifyOperands(Walk walk, Node node, HashSet<Value> known)
    {
        foreach (var input in node.InputArray)
        {
            if (input is null)
            {
                continue;
            }

            CollectionsMarshal.GetValueRefOrAddDefault(walk.Uses, input, out _)++;
            if (!known.Contains(input))
            {
                throw new ModelFormatException(input.Producer is { } producer && ReferenceEquals(producer.Graph, node.Graph)
                    ? $"{node} reads '{input.Name}' before {producer} makes it; expected each node behind the makers of its operands."
                    : $"{node} reads '{input.Name}', which nothing makes: no node, no input, no constant.");
            }
        }
    }

    private static void VerifyResults(Node node, HashSet<Value> known)
    {
        foreach (var output in node.OutputArray)
        {
            if (output is null)
            {
                continue;
            }

            if (!ReferenceEquals(output.Producer, node) || !IsOwn(node.Graph, output))
            {
                throw new ModelFormatException($"{node}: result '{output.Name}' is said to be made by {output.Producer?.ToString() ?? "nobody"}; expected this node.");
            }

            if (!known.Add(output))
            {
                throw new ModelFormatException($"{node}: result '{output.Name}' is defined twice; each name is defined once.");
            }
        }
    }

    private static void VerifyOperator(Walk walk, Node node)
    {
        var model = walk.Model;
        if (model.Opset(node.Domain) == 0 && model.OpsetImports.Count > 0 && !model.FunctionList.ContainsDomain(node.Domain))
        {
            throw new ModelFormatException($"{node}: the model imports no version of operator set '{(node.Domain.Length == 0 ? "ai.onnx" : node.Domain)}'.");
        }

        if (IntegerDivision.Traps(node))
        {
            throw new ModelFormatException($"{node}: divides the smallest {node.Inputs[0]!.Element} by −1, which no {node.Inputs[0]!.Element} is; expected other constants.");
        }

        var (known, version) = walk.Engine.Operators.Find(node);
        if (known is { } schema)
        {
            VerifyAttributes(node, schema, version);
            SignatureCheck.Check(new(walk.Engine, node, schema, version), schema);
        }
        else if (OperatorRegistry.Find(node.Domain, node.OpType) is { } other && other.SinceVersion(version) == 0 && model.OpsetImports.Count > 0)
        {
            throw new ModelFormatException($"{node}: {other} exists since version {other.Since[0]} of its operator set; the model imports version {version}.");
        }
    }

    /// <summary>Attributes of one node; operators that are not known have any.</summary>
    internal static void VerifyAttributes(Model model, Node node)
    {
        if (OperatorRegistry.Find(model, node) is { } schema)
        {
            VerifyAttributes(node, schema, OperatorRegistry.Version(model, node.Domain));
        }
    }

    private static void VerifyAttributes(Node node, OperatorSchema schema, long version)
    {
        for (var i = 0; i < node.Attributes.Count; i++)
        {
            var attribute = node.Attributes[i];
            if (schema.Attribute(attribute.Name, version) is { } expected && !expected.Accepts(attribute.Value))
            {
                throw new ModelFormatException($"{node}: attribute '{attribute.Name}' is of kind {attribute.Value.GetType().Name}; expected {expected.Kind}.");
            }
        }

        foreach (var required in schema.AllAttributes)
        {
            if (required.IsRequired && required.Versions.Contains(version) && !node.Attributes.Contains(required.Name))
            {
                throw new ModelFormatException($"{node}: attribute '{required.Name}' ({required.Kind}) is missing.");
            }
        }
    }
}
