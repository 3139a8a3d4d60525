using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Upgrades;
using EdgeAI.Hal;

namespace EdgeAI.Graph;

/// <summary>Finds the types and shapes of a model's values from its inputs and constants, with symbols where extents have names.</summary>
public static class ShapeInference
{
    /// <summary>
    /// Writes what can be known into <see cref="Value.Type"/> of every value, in subgraphs too. What the file declares is kept where
    /// inference knows less. Operators that are not known leave what is declared.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="symbols">Numbers for named extents, put in first.</param>
    /// <exception cref="ModelFormatException">A node's operands do not fit it, or a declared type contradicts the inferred one.</exception>
    public static void Infer(Model model, IReadOnlyDictionary<string, long>? symbols = null)
    {
        if (symbols is { Count: > 0 })
        {
            BindSymbols(model, symbols);
        }

        InferWith(model);
    }

    /// <summary>As <see cref="Infer"/>; gives the engine, which knows the elements of small integer tensors too.</summary>
    internal static InferenceEngine InferWith(Model model)
    {
        var engine = new InferenceEngine(model);
        engine.Run();
        foreach (var (value, type) in engine.Types)
        {
            value.Type = type;
        }

        return engine;
    }

    /// <summary>Puts numbers in the place of named extents, in every type of the model.</summary>
    public static void BindSymbols(Model model, IReadOnlyDictionary<string, long> symbols)
    {
        foreach (var value in Graphs(model.Graph).SelectMany(graph => graph.Values.Values))
        {
            value.Type = TypeMerge.Bind(value.Type, symbols);
        }
    }

    /// <summary>
    /// Fixes the shapes of inputs: names that they give to extents are replaced by the numbers everywhere. Infer again afterwards.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="shapes">A shape per input that is to be fixed; extents that are no numbers stay as they are.</param>
    /// <exception cref="ModelFormatException">No such input, another rank, or two numbers for one extent.</exception>
    public static void BindInputShapes(Model model, IReadOnlyDictionary<string, Shape> shapes)
    {
        AnonymousExtents.Mend(model, new UpgradeTrace());
        var symbols = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, shape) in shapes)
        {
            var input = model.Graph.Inputs.FirstOrDefault(value => value.Name == name)
                ?? throw new ModelFormatException($"There is no input '{name}'; the inputs are {string.Join(", ", model.Graph.Inputs.Select(value => $"'{value.Name}'"))}.");
            Collect(input, shape, symbols);
        }

        CheckExpressions(symbols);
        BindSymbols(model, symbols);
        foreach (var input in model.Graph.Inputs.Where(input => shapes.ContainsKey(input.Name)))
        {
            var bound = Extents.Unify(shapes[input.Name], input.Shape) ?? throw Mismatch(input, shapes[input.Name]);
            input.Type = new TensorType(input.Element, bound);
        }
    }

    /// <summary>The model's main graph and every graph inside it.</summary>
    internal static IEnumerable<ModelGraph> Graphs(ModelGraph graph)
    {
        yield return graph;
        foreach (var node in graph.Nodes)
        {
            foreach (var inner in HasSubgraph(node) ? Subgraphs(node).SelectMany(Graphs) : [])
            {
                yield return inner;
            }
        }
    }

    /// <summary>The graphs in a node's attributes.</summary>
    internal static IEnumerable<ModelGraph> Subgraphs(Node node) => HasSubgraph(node) ? AllSubgraphs(node) : [];

    /// <summary>Few nodes have subgraphs; the others must not cost an enumerator.</summary>
    private static bool HasSubgraph(Node node)
    {
        for (var i = 0; i < node.Attributes.Count; i++)
        {
            if (node.Attributes[i].Value is AttributeValue.Graph or AttributeValue.Graphs)
            {
                return true;
            }
        }

        return false;
    }

    private static IEnumerable<ModelGraph> AllSubgraphs(Node node)
    {
        foreach (var attribute in node.Attributes)
        {
            var graphs = attribute.Value switch
            {
                AttributeValue.Graph graph => [graph.Value],
                AttributeValue.Graphs list => list.Values,
                _ => ImmutableArray<ModelGraph>.Empty,
            };
            foreach (var graph in graphs)
            {
                yield return graph;
            }
        }
    }

    private static void Collect(Value input, Shape shape, Dictionary<string, long> symbols)
    {
        if (input.Type is not (TensorType or null) || (input.Shape.HasRank && input.Shape.Rank != shape.Rank))
        {
            throw Mismatch(input, shape);
        }

        for (var i = 0; i < input.Shape.Rank; i++)
        {
            if (input.Shape[i].Symbol is { } symbol && shape[i].IsKnown && !symbols.TryAdd(symbol, shape[i].Value) && symbols[symbol] != shape[i].Value)
            {
                throw new ModelFormatException($"Extent '{symbol}' of input '{input.Name}' is bound to {shape[i]}; another extent of that name is {symbols[symbol]}.");
            }
        }
    }

    /// <summary>Where the names in an expression have numbers, its own must be the one that follows.</summary>
    private static void CheckExpressions(Dictionary<string, long> symbols)
    {
        foreach (var (symbol, number) in symbols)
        {
            if (TypeMerge.Evaluate(symbol, symbols) is { } expected && expected != number)
            {
                throw new ModelFormatException($"Extent '{symbol}' is bound to {number}; its names make it {expected}.");
            }
        }
    }

    private static ModelFormatException Mismatch(Value input, Shape shape) =>
        new($"Input '{input.Name}' cannot have shape {shape}; the model declares {input.Type}.");
}
