using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Flow;

/// <summary>
/// Exact placement on two devices: the source side of a minimum cut runs on device 0, the sink side on device 1. A value
/// pays for its copy once through a node of its own in each direction, tied to its consumers by endless capacity.
/// </summary>
internal sealed class MinCutSolver
{
    private readonly DenseProblem problem;
    private readonly byte[] allowed;
    private readonly FlowNetwork network;
    private readonly int source;
    private int free;

    private MinCutSolver(DenseProblem problem, byte[] allowed)
    {
        (this.problem, this.allowed) = (problem, allowed);
        (source, free) = (problem.ItemCount, problem.ItemCount + 2);
        network = new FlowNetwork(free + (2 * problem.ValueCount));
    }

    private int Sink => source + 1;

    public static byte[] Solve(DenseProblem problem, byte[] allowed, ReadOnlySpan<int> path, CancellationToken cancellation)
    {
        var solver = new MinCutSolver(problem, allowed);
        solver.AddItems();
        for (var value = 0; value < problem.ValueCount; value++)
        {
            solver.AddCopies(value);
        }

        solver.AddLaunches(path);
        solver.network.Run(solver.source, solver.Sink, cancellation);
        var devices = new byte[problem.ItemCount];
        for (var item = 0; item < devices.Length; item++)
        {
            devices[item] = (byte)(solver.network.IsOnSourceSide(item) ? 0 : 1);
        }

        return devices;
    }

    private void AddItems()
    {
        for (var item = 0; item < problem.ItemCount; item++)
        {
            network.AddEdge(source, item, (allowed[item] & 2) != 0 ? problem.ItemCost(item, 1) : double.PositiveInfinity);
            network.AddEdge(item, Sink, (allowed[item] & 1) != 0 ? problem.ItemCost(item, 0) : double.PositiveInfinity);
        }
    }

    private void AddCopies(int value)
    {
        var producer = problem.Producer[value];
        var from = producer >= 0 ? producer : NodeOf(problem.Host);
        var (toSecond, toFirst) = (free++, free++);
        network.AddEdge(from, toSecond, problem.CopyCost(value, 0, 2));
        network.AddEdge(toFirst, from, problem.CopyCost(value, 1, 1));
        foreach (var consumer in problem.Consumers[value])
        {
            Tie(consumer);
        }

        if (problem.IsOutput[value])
        {
            Tie(NodeOf(problem.Host));
        }

        void Tie(int consumer)
        {
            network.AddEdge(toSecond, consumer, double.PositiveInfinity);
            network.AddEdge(consumer, toFirst, double.PositiveInfinity);
        }
    }

    private void AddLaunches(ReadOnlySpan<int> path)
    {
        for (var place = 0; place < path.Length; place++)
        {
            if (place > 0)
            {
                network.AddEdge(path[place - 1], path[place], problem.Launch[1], problem.Launch[0]);
            }
            else
            {
                network.AddEdge(source, path[0], problem.Launch[1]);
                network.AddEdge(path[0], Sink, problem.Launch[0]);
            }
        }
    }

    private int NodeOf(int device) => device == 0 ? source : Sink;
}
