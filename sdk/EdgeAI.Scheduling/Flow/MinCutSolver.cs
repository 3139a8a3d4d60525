using EdgeAI.Scheduling.Modeling;
using EdgeAI.Scheduling.Segments;

namespace EdgeAI.Scheduling.Flow;

/// <summary>
/// Exact placement on two devices: the source side of a minimum cut runs on device 0, the sink side on device 1. A value
/// pays for its copy once through a node of its own in each direction, tied to its consumers by endless capacity.
/// </summary>
internal sealed class MinCutSolver
{
    private readonly DenseProblem _problem;
    private readonly byte[] _allowed;
    private readonly FlowNetwork _network;
    private readonly int _source;
    private int _free;

    private MinCutSolver(DenseProblem problem, byte[] allowed)
    {
        (_problem, _allowed) = (problem, allowed);
        (_source, _free) = (problem.ItemCount, problem.ItemCount + 2);
        _network = new FlowNetwork(_free + (2 * problem.ValueCount));
    }

    private int Sink => _source + 1;

    public static byte[] Solve(DenseProblem problem, byte[] allowed, LaunchPath path, CancellationToken cancellation)
    {
        var solver = new MinCutSolver(problem, allowed);
        solver.AddItems();
        for (var value = 0; value < problem.ValueCount; value++)
        {
            solver.AddCopies(value);
        }

        foreach (var (part, launches) in path.Parts(problem))
        {
            solver.AddLaunches(part, launches);
        }

        solver._network.Run(solver._source, solver.Sink, cancellation);
        var devices = new byte[problem.ItemCount];
        for (var item = 0; item < devices.Length; item++)
        {
            devices[item] = (byte)(solver._network.IsOnSourceSide(item) ? 0 : 1);
        }

        return devices;
    }

    private void AddItems()
    {
        for (var item = 0; item < _problem.ItemCount; item++)
        {
            _network.AddEdge(_source, item, (_allowed[item] & 2) != 0 ? _problem.ItemCost(item, 1) : double.PositiveInfinity);
            _network.AddEdge(item, Sink, (_allowed[item] & 1) != 0 ? _problem.ItemCost(item, 0) : double.PositiveInfinity);
        }
    }

    private void AddCopies(int value)
    {
        var producer = _problem.Producer[value];
        var from = producer >= 0 ? producer : NodeOf(_problem.Host);
        var (toSecond, toFirst) = (_free++, _free++);
        _network.AddEdge(from, toSecond, _problem.CopyCost(value, 0, 2));
        _network.AddEdge(toFirst, from, _problem.CopyCost(value, 1, 1));
        foreach (var consumer in _problem.Consumers[value])
        {
            Tie(consumer);
        }

        if (_problem.IsOutput[value])
        {
            Tie(NodeOf(_problem.Host));
        }

        void Tie(int consumer)
        {
            _network.AddEdge(toSecond, consumer, double.PositiveInfinity);
            _network.AddEdge(consumer, toFirst, double.PositiveInfinity);
        }
    }

    private void AddLaunches(int[] path, double[] launches)
    {
        for (var place = 0; place < path.Length; place++)
        {
            if (place > 0)
            {
                _network.AddEdge(path[place - 1], path[place], launches[1], launches[0]);
            }
            else
            {
                _network.AddEdge(_source, path[0], launches[1]);
                _network.AddEdge(path[0], Sink, launches[0]);
            }
        }
    }

    private int NodeOf(int device) => device == 0 ? _source : Sink;
}
