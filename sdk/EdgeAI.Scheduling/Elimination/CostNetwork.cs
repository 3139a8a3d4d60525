using System.Runtime.InteropServices;

namespace EdgeAI.Scheduling.Elimination;

/// <summary>
/// A minimization problem over variables with few labels each: a constant, a cost per label, and tables over small
/// scopes. Tables are row-major in the order of their scope.
/// </summary>
internal sealed class CostNetwork
{
    private readonly List<int> _labelStarts = [0];
    private readonly List<byte> _labels = [];
    private readonly List<double> _unary = [];
    private readonly List<int> _scopeStarts = [0];
    private readonly List<int> _scopes = [];
    private readonly List<int> _tableStarts = [0];
    private readonly List<double> _tables = [];

    public double Constant { get; set; }

    public int VariableCount => _labelStarts.Count - 1;

    public int FactorCount => _scopeStarts.Count - 1;

    public int DomainOf(int variable) => _labelStarts[variable + 1] - _labelStarts[variable];

    /// <summary>What the labels of a variable stand for: devices, or sets of devices.</summary>
    public ReadOnlySpan<byte> Labels(int variable) => CollectionsMarshal.AsSpan(_labels).Slice(_labelStarts[variable], DomainOf(variable));

    /// <summary>The cost of each label of a variable by itself.</summary>
    public Span<double> Unary(int variable) => CollectionsMarshal.AsSpan(_unary).Slice(_labelStarts[variable], DomainOf(variable));

    /// <summary>The place of a variable's costs in <see cref="CopyUnary"/>.</summary>
    public int UnaryStart(int variable) => _labelStarts[variable];

    /// <summary>All variables' costs by themselves, one after another.</summary>
    public double[] CopyUnary() => [.. _unary];

    /// <summary>Sets all variables' costs by themselves to those of <see cref="CopyUnary"/>.</summary>
    public void SetUnary(ReadOnlySpan<double> costs) => costs.CopyTo(CollectionsMarshal.AsSpan(_unary));

    public ReadOnlySpan<int> Scope(int factor) => CollectionsMarshal.AsSpan(_scopes)[_scopeStarts[factor].._scopeStarts[factor + 1]];

    public Span<double> Table(int factor) => CollectionsMarshal.AsSpan(_tables)[_tableStarts[factor].._tableStarts[factor + 1]];

    public int AddVariable(ReadOnlySpan<byte> variableLabels)
    {
        _labels.AddRange(variableLabels);
        _labelStarts.Add(_labels.Count);
        CollectionsMarshal.SetCount(_unary, _labels.Count);
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

        _scopes.AddRange(scope);
        _scopeStarts.Add(_scopes.Count);
        CollectionsMarshal.SetCount(_tables, _tables.Count + size);
        _tableStarts.Add(_tables.Count);
        Table(FactorCount - 1).Clear();
        return Table(FactorCount - 1);
    }
}
