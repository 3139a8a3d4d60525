namespace EdgeAI.Graph.Functions;

/// <summary>
/// What has been copied so far, and how deep. Graphs that calls and defaults give may be copied many times within each other, or stand
/// in themselves, which <see cref="CallGraph"/> does not see.
/// </summary>
internal sealed class UnfoldedSize(FunctionInliningOptions options)
{
    private long _copies;

    /// <summary>Counts nodes, and inputs and constants of subgraphs.</summary>
    /// <exception cref="ModelFormatException">There are more than the limit.</exception>
    public void Add(int copies)
    {
        _copies += copies;
        if (_copies > options.MaxNodes)
        {
            throw new ModelFormatException(
                $"The model's functions unfold to more nodes and values of subgraphs than expected, at most {options.MaxNodes} ({nameof(FunctionInliningOptions)}.{nameof(FunctionInliningOptions.MaxNodes)}).");
        }
    }

    /// <summary>Looks at how many graphs stand around one.</summary>
    /// <exception cref="ModelFormatException">There are more than the limit.</exception>
    public void CheckDepth(ModelGraph graph)
    {
        var depth = 0;
        for (var outer = graph; outer is not null; outer = outer.Parent)
        {
            depth++;
        }

        if (depth > options.MaxDepth)
        {
            throw new ModelFormatException(
                $"Graphs in attributes of functions stand in each other {depth} deep; expected at most {options.MaxDepth} ({nameof(FunctionInliningOptions)}.{nameof(FunctionInliningOptions.MaxDepth)}).");
        }
    }
}
