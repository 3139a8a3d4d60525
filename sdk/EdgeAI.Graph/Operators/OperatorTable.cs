using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>What a model says of an operator that it uses.</summary>
/// <param name="Schema">Null where the operator is not known, is a function of the model, or is of an operator set too old to describe.</param>
/// <param name="Version">Version of its operator set that the model imports.</param>
internal sealed record ImportedOperator(OperatorSchema? Schema, long Version);

/// <summary>The operators that a model uses, each looked up once. Operator sets and functions of the model must stay as they are meanwhile.</summary>
internal sealed class OperatorTable(Model model)
{
    private readonly Dictionary<string, Dictionary<string, ImportedOperator>> _domains = new(StringComparer.Ordinal);

    public ImportedOperator Find(Node node)
    {
        if (!_domains.TryGetValue(node.Domain, out var operators))
        {
            _domains[node.Domain] = operators = new(StringComparer.Ordinal);
        }

        if (!operators.TryGetValue(node.OpType, out var found))
        {
            operators[node.OpType] = found = new(OperatorRegistry.Find(model, node), OperatorRegistry.Version(model, node.Domain));
        }

        return found;
    }
}
