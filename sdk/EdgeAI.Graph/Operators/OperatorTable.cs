using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>The operators that a model uses, each looked up once. Operator sets and functions of the model must stay as they are meanwhile.</summary>
internal sealed class OperatorTable(Model model)
{
    private readonly Dictionary<(string Domain, string OpType), Entry> _entries = [];

    /// <summary>What is known of a node's operator.</summary>
    /// <param name="Schema">Null where the operator is not known, is a function of the model, or is of an operator set too old to describe.</param>
    /// <param name="Version">Version of its operator set that the model imports.</param>
    public readonly record struct Entry(OperatorSchema? Schema, long Version);

    public Entry Find(Node node)
    {
        if (!_entries.TryGetValue((node.Domain, node.OpType), out var entry))
        {
            _entries[(node.Domain, node.OpType)] = entry = new(OperatorRegistry.Find(model, node), OperatorRegistry.Version(model, node.Domain));
        }

        return entry;
    }
}
