using System.Runtime.InteropServices;

namespace EdgeAI.Scheduling.Elimination;

/// <summary>
/// A minimization problem over variables with few labels each: a constant, a cost per label, and tables over small
/// scopes. Tables are row-major in the order of their scope.
/// </summary>
internal sealed class CostNetwork
{
    private readonly List<int> labelStarts = [0];
    private readonly List<byte> labels = [];
    private readonly List<double> unary = [];
    private readonly List<int> scopeStarts = [0];
    private readonly List<int> scopes = [];
    private readonly List<int> tableStarts = [0];
    private readonly List<double> tables = [];

    public double Constant { get; set; }

    public int VariableCount => labelStarts.Count - 1;

    public int FactorCount => scopeStarts.Count - 1;

    public int DomainOf(int variable) => labelStarts[variable + 1] - labelStarts[variable];

    /// <summary>What the labels of a variable stand for: devices, or sets of devices.</summary>
    public ReadOnlySpan<byte> Labels(int variable) => CollectionsMarshal.AsSpan(labels).Slice(labelStarts[variable], DomainOf(variable));

    /// <summary>The cost of each label of a variable by itself.</summary>
    public Span<double> Unary(int variable) => CollectionsMarshal.AsSpan(unary).Slice(labelStarts[variable], DomainOf(variable));

    /// <summary>The place of a variable's costs in <see cref="CopyUnary"/>.</summary>
    public int UnaryStart(int variable) => labelStarts[variable];

    /// <summary>All variables' costs by themselves, one after another.</summary>
    public double[] CopyUnary() => [.. unary];

    public ReadOnlySpan<int> Scope(int factor) => CollectionsMarshal.AsSpan(scopes)[scopeStarts[factor]..scopeStarts[factor + 1]];

    public Span<double> Table(int factor) => CollectionsMarshal.AsSpan(tables)[tableStarts[factor]..tableStarts[factor + 1]];

    public int AddVariable(ReadOnlySpan<byte> variableLabels)
    {
        labels.AddRange(variableLabels);
        labelStarts.Add(labels.Count);
        CollectionsMarshal.SetCount(unary, labels.Count);
        Unary(VariableCount - 1).Clear();
        return VariableCount - 1;
    }

    /// <summary>Adds a factor of zeros over different variables and returns its table to be filled.</summary>
    public Span<double> AddFactor(params ReadOnlySpan<int> scope)
    {
        var size = 1;
        foreach (var variable in scope)
        {
            size *= DomainOf(variable);
        }

        scopes.AddRange(scope);
        scopeStarts.Add(scopes.Count);
        CollectionsMarshal.SetCount(tables, tables.Count + size);
        tableStarts.Add(tables.Count);
        Table(FactorCount - 1).Clear();
        return Table(FactorCount - 1);
    }
}
