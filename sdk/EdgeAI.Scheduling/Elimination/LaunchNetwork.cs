using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Scheduling.Elimination;

/// <summary>A problem with the launches of a <see cref="LaunchFlow"/> as a cost network that is solved again whenever the flow has changed.</summary>
internal sealed class LaunchNetwork
{
    private readonly DenseProblem _problem;
    private readonly LaunchFlow _flow;
    private readonly NetworkBuilder _builder;
    private readonly LaunchTables _tables;
    private readonly int[] _factors;
    private readonly double[] _unary;
    private readonly double _constant;
    private readonly byte[] _labels;
    private readonly EliminationOrder? _order;

    public LaunchNetwork(DenseProblem problem, LaunchFlow flow, BranchBlocks blocks, int maxEntries, CancellationToken cancellation)
    {
        (_problem, _flow, _builder) = (problem, flow, NetworkBuilder.Build(problem, problem.Allowed, LaunchPath.None, blocks: blocks));
        (_tables, _factors) = (_builder.LaunchTables(), new int[flow.EdgeCount]);
        for (var edge = 0; edge < flow.EdgeCount; edge++)
        {
            _factors[edge] = flow.IsCounted(edge) ? _tables.AddTable(flow.Before(edge), flow.Item(edge)) : -1;
        }

        (_unary, _constant, _labels) = (_builder.Network.CopyUnary(), _builder.Network.Constant, new byte[_builder.Network.VariableCount]);
        _order = EliminationOrder.Find(_builder.Network, maxEntries, minFill: false, cancellation);
    }

    /// <summary>Whether its tables would pass the limit.</summary>
    public bool IsTooWide => _order is null;

    /// <summary>All tables' entries together.</summary>
    public long Work => _order!.TotalEntries;

    /// <summary>The devices that cost least with the launches of the flow; those inside solved blocks stay 0.</summary>
    public byte[] Solve(CancellationToken cancellation)
    {
        _builder.Network.SetUnary(_unary);
        _builder.Network.Constant = _constant;
        Span<double> launches = stackalloc double[_problem.DeviceCount];
        for (var edge = 0; edge < _factors.Length; edge++)
        {
            if (_flow.IsCounted(edge))
            {
                _flow.ReadLaunches(edge, launches);
                _tables.Add(_flow.Before(edge), _flow.Item(edge), launches, _factors[edge]);
            }
        }

        BucketElimination.Solve(_builder.Network, _order!, _labels, cancellation);
        return _builder.DevicesOf(_labels);
    }
}
