using System.Collections.Immutable;
using EdgeAI.Graph.Operators;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Inference;

/// <summary>Infers the types of a model's values into tables of its own, in one walk in topological order; the model itself stays as it is.</summary>
internal sealed class InferenceEngine(Model model)
{
    private const int MaximumDepth = 64;

    private readonly Dictionary<Value, ValueType?> _types = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Value, IntegerTensor?> _integers = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Value> _overridable = model.IrVersion >= 4 ? new(model.Graph.Inputs, ReferenceEqualityComparer.Instance) : [];
    private readonly HashSet<ModelGraph> _reached = new(ReferenceEqualityComparer.Instance);
    private int _depth;

    /// <summary>The model's operators.</summary>
    public OperatorTable Operators { get; } = new(model);

    /// <summary>Bodies that the walk stands in.</summary>
    public int Depth => _depth;

    /// <summary>Every value that was reached, with what is known of it.</summary>
    public IReadOnlyDictionary<Value, ValueType?> Types => _types;

    /// <summary>Walks the main graph and the subgraphs in it.</summary>
    public void Run() => Run(model.Graph);

    /// <summary>
    /// Infers a node again after its operands or the graph have changed, and writes what it finds into the model. Nodes of branches
    /// that the walk did not come to are left alone.
    /// </summary>
    /// <returns>True when something else is known of a result than before.</returns>
    public bool Refresh(Node node)
    {
        if (!_reached.Contains(node.Graph))
        {
            return false;
        }

        var context = Infer(node);
        var isChanged = false;
        for (var i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] is { } output)
            {
                isChanged |= Update(output, Unify(context?.ResultType(i), output.Type, node, output), context?.ResultIntegers(i));
            }
        }

        return isChanged;
    }

    /// <summary>True when the walk has come to the graph, so that the types in it are those of every run.</summary>
    public bool HasReached(ModelGraph graph) => _reached.Contains(graph);

    /// <summary>What is known of a value: what was inferred, else what is declared.</summary>
    public ValueType? TypeOf(Value value) =>
        _types.TryGetValue(value, out var type) ? type
        : value.Constant is not { } constant ? value.Type
        : value.Type is TensorType recorded && recorded.Element == constant.Type && recorded.Shape == constant.Shape ? recorded
        : new TensorType(constant.Type, constant.Shape);

    /// <summary>The elements, unless a caller may feed others (a default of an input).</summary>
    public ConstantTensor? ConstantOf(Value value) => _overridable.Contains(value) ? null : value.Constant;

    public IntegerTensor? IntegersOf(Value value)
    {
        if (!_integers.TryGetValue(value, out var integers))
        {
            integers = ConstantOf(value) is { } constant ? IntegerTensor.From(constant) : null;
            _integers[value] = integers;
        }

        return integers;
    }

    /// <summary>Infers a subgraph; the types of its outputs. Values of the graphs around are seen by it.</summary>
    public ImmutableArray<ValueType?> InferBody(ModelGraph body, IReadOnlyList<ValueType?>? inputs, Node owner)
    {
        for (var i = 0; i < body.Inputs.Count && inputs is not null; i++)
        {
            var input = body.Inputs[i];
            _types[input] = i >= inputs.Count ? input.Type
                : TypeMerge.TryUnify(inputs[i], input.Type, out var type) ? type
                : throw new ModelFormatException($"{owner}: input '{input.Name}' of body '{body.Name}' is inferred as {inputs[i]}; it is declared as {input.Type}.");
        }

        if (++_depth > MaximumDepth)
        {
            throw new ModelFormatException($"{owner}: subgraphs are nested deeper than {MaximumDepth}.");
        }

        try
        {
            Run(body);
        }
        finally
        {
            _depth--;
        }

        return [.. body.Outputs.Select(TypeOf)];
    }

    /// <summary>The rule's view of a node, after the rule has run; null where the operator is not known.</summary>
    public InferenceContext? Infer(Node node)
    {
        var (known, version) = Operators.Find(node);
        if (known is not { } schema)
        {
            return null;
        }

        var context = new InferenceContext(this, node, schema, version);
        SignatureCheck.Check(context, schema);
        try
        {
            schema.Infer(context);
            schema.Propagate?.Invoke(context);
            PropagateMap(context);
            CheckNeeds(context, schema);
        }
        catch (Exception exception) when (exception is OverflowException or ArgumentOutOfRangeException)
        {
            throw new ModelFormatException($"{node}: an extent of a result passes 2^63 − 1 or is negative.", inner: exception);
        }
        catch (Exception exception) when (exception is ArgumentException or IndexOutOfRangeException or InvalidOperationException)
        {
            throw new ModelFormatException($"{node}: operands or attributes do not fit the operator.", inner: exception);
        }

        return context;
    }

    /// <summary>Infers the results of one node, whose operands were visited before.</summary>
    /// <exception cref="ModelFormatException">The operands do not fit, or a declared type contradicts the inferred one.</exception>
    public void Visit(Node node)
    {
        var context = Infer(node);
        for (var i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] is { } output)
            {
                _types[output] = Unify(context?.ResultType(i), output.Type, node, output);
                _integers[output] = context?.ResultIntegers(i);
            }
        }
    }

    private void Run(ModelGraph graph)
    {
        foreach (var node in graph.Nodes)
        {
            Visit(node);
        }

        _reached.Add(graph);
    }

    private bool Update(Value value, ValueType? type, IntegerTensor? integers)
    {
        var isChanged = !_types.TryGetValue(value, out var old) || old != type || !Equals(_integers.GetValueOrDefault(value), integers);
        (_types[value], _integers[value], value.Type) = (type, integers, type);
        return isChanged;
    }

    /// <summary>What is known not to hold is refused here; where too little is known, <see cref="Rewrites.GuardOperands"/> lets the run find out.</summary>
    private static void CheckNeeds(InferenceContext context, OperatorSchema schema)
    {
        foreach (var need in schema.Needs?.Invoke(context.Node, context.Version) ?? [])
        {
            if (context.Has(need.Input) && need.Holds(context.ShapeOf(need.Input)) == false)
            {
                throw context.Error($"operand {need.Input} has shape {context.ShapeOf(need.Input)}; expected {need}.");
            }
        }
    }

    private static ValueType? Unify(ValueType? inferred, ValueType? declared, Node node, Value output) =>
        TypeMerge.TryUnify(inferred, declared, out var result) ? result
        : throw new ModelFormatException($"{node}: output '{output.Name}' is inferred as {inferred}; it is declared as {declared}.");

    private static void PropagateMap(InferenceContext context)
    {
        if (context.IntegersOf(0) is { } integers && context.Map(IntegerTensor.MaximumCount) is { } moved)
        {
            context.SetIntegers(0, moved.Apply(integers));
        }
    }
}
