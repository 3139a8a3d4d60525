namespace EdgeAI.Graph.Functions;

/// <summary>
/// Which function calls which: refuses circles, and nests that would unfold to more than the limits, by counting alone. The
/// functions are visited with a stack of their own, so that a long chain of them is no danger.
/// </summary>
internal sealed class CallGraph(FunctionTable table, FunctionInliningOptions options)
{
    private readonly Dictionary<ModelFunction, State> _states = new(ReferenceEqualityComparer.Instance);

    private sealed record State(List<ModelFunction> Callees, long OwnNodes, int OwnDepth)
    {
        public bool IsDone { get; set; }

        public long Nodes { get; set; }

        public int Depth { get; set; }
    }

    /// <exception cref="ModelFormatException">A circle, or a limit is passed.</exception>
    public void Check(Model model)
    {
        foreach (var function in table.All)
        {
            Visit(function);
        }

        var main = Measure(CallsOf(model.Graph, out var own, out var depth), own, depth);
        if (main.Nodes > options.MaxNodes)
        {
            throw new ModelFormatException(
                $"The model's functions unfold to {(main.Nodes == long.MaxValue ? "more than 2^63" : main.Nodes)} nodes; expected at most {options.MaxNodes} ({nameof(FunctionInliningOptions)}.{nameof(FunctionInliningOptions.MaxNodes)}).");
        }

        if (main.Depth > options.MaxDepth)
        {
            throw new ModelFormatException(
                $"The model's functions and subgraphs stand in each other {main.Depth} deep; expected at most {options.MaxDepth} ({nameof(FunctionInliningOptions)}.{nameof(FunctionInliningOptions.MaxDepth)}).");
        }
    }

    private void Visit(ModelFunction start)
    {
        var path = new Stack<(ModelFunction Function, int Next)>();
        Enter(path, start);
        while (path.TryPop(out var top))
        {
            var state = _states[top.Function];
            if (top.Next == state.Callees.Count)
            {
                (state.Nodes, state.Depth) = Measure(state.Callees, state.OwnNodes, state.OwnDepth);
                state.IsDone = true;
                continue;
            }

            path.Push(top with { Next = top.Next + 1 });
            Enter(path, state.Callees[top.Next]);
        }
    }

    private void Enter(Stack<(ModelFunction Function, int Next)> path, ModelFunction function)
    {
        if (_states.TryGetValue(function, out var state))
        {
            if (!state.IsDone)
            {
                var circle = path.Select(step => step.Function).TakeWhile(step => !ReferenceEquals(step, function)).Reverse().Prepend(function).Append(function);
                throw new ModelFormatException($"Functions call themselves: {string.Join(" → ", circle.Select(FunctionTable.NameOf))}; expected no circle.");
            }

            return;
        }

        var callees = CallsOf(function.Body, out var own, out var depth);
        _states[function] = new State(callees, own, depth);
        path.Push((function, 0));
    }

    /// <summary>Nodes and depth after unfolding; saturated.</summary>
    private (long Nodes, int Depth) Measure(List<ModelFunction> callees, long own, int depth)
    {
        var nodes = (Int128)own;
        foreach (var state in callees.Select(callee => _states[callee]))
        {
            nodes = Int128.Min(nodes + state.Nodes, long.MaxValue);
            depth = Math.Max(depth, state.Depth + 1);
        }

        return ((long)nodes, depth);
    }

    /// <summary>Every call in a graph and in the graphs inside it; calls in subgraphs count the subgraphs' depth too.</summary>
    private List<ModelFunction> CallsOf(ModelGraph graph, out long nodes, out int depth)
    {
        var calls = new List<ModelFunction>();
        (nodes, depth) = (0, 0);
        var open = new Stack<(ModelGraph Graph, int Depth)>([(graph, 1)]);
        while (open.TryPop(out var next))
        {
            depth = Math.Max(depth, next.Depth);
            foreach (var node in next.Graph.Nodes)
            {
                nodes++;
                if (table.TryGet(node, out var function))
                {
                    calls.Add(function);
                }

                foreach (var body in ShapeInference.Subgraphs(node))
                {
                    open.Push((body, next.Depth + 1));
                }
            }
        }

        return calls;
    }
}
