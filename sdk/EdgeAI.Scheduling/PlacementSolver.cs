using System.Collections.Immutable;
using System.Diagnostics;

namespace EdgeAI.Scheduling;

/// <summary>Finds placements.</summary>
public static class PlacementSolver
{
    private const int MaxRounds = 100;

    /// <summary>The best placement found, with a lower bound that says how far it may be from the optimum.</summary>
    /// <exception cref="InfeasiblePlacementException">Every device refuses some item.</exception>
    public static Placement Solve(PlacementProblem problem, PlacementOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var started = Stopwatch.GetTimestamp();
        var refused = Enumerable.Range(0, problem.Items.Length).Where(item => Devices(problem).All(device => problem.Costs[item, device].IsRefused)).ToImmutableArray();
        if (!refused.IsEmpty)
        {
            throw new InfeasiblePlacementException(problem, refused);
        }

        var best = Seeds(problem).Select(seed => Improve(problem, seed, cancellationToken)).MinBy(devices => Evaluation.Of(problem, devices).Total)!;
        return Describe(problem, best, Stopwatch.GetElapsedTime(started));
    }

    private static IEnumerable<int> Devices(PlacementProblem problem) => Enumerable.Range(0, problem.Devices.Length);

    /// <summary>Each device alone as far as it goes, and each item where it is cheapest.</summary>
    private static IEnumerable<int[]> Seeds(PlacementProblem problem)
    {
        int Cheapest(int item) => Devices(problem).MinBy(device => problem.Costs[item, device].Value);
        var items = Enumerable.Range(0, problem.Items.Length).ToArray();
        yield return [.. items.Select(Cheapest)];
        foreach (var device in Devices(problem))
        {
            yield return [.. items.Select(item => problem.Costs[item, device].IsRefused ? Cheapest(item) : device)];
        }
    }

    /// <summary>Moves runs of items (a whole segment, or one item) as long as that makes the whole cheaper.</summary>
    private static int[] Improve(PlacementProblem problem, int[] devices, CancellationToken cancellationToken)
    {
        var value = Evaluation.Of(problem, devices).Total;
        for (var round = 0; round < MaxRounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var before = value;
            foreach (var run in Evaluation.Of(problem, devices).Segments.Select(segment => segment.Items).Concat(Enumerable.Range(0, devices.Length).Select(item => ImmutableArray.Create(item))))
            {
                value = MoveRun(problem, devices, run, value);
            }

            if (value >= before)
            {
                break;
            }
        }

        return devices;
    }

    private static double MoveRun(PlacementProblem problem, int[] devices, ImmutableArray<int> run, double value)
    {
        var old = run.Select(item => devices[item]).ToArray();
        foreach (var device in Devices(problem).Where(device => run.All(item => !problem.Costs[item, device].IsRefused)))
        {
            var kept = run.Select(item => devices[item]).ToArray();
            foreach (var item in run)
            {
                devices[item] = device;
            }

            var moved = Evaluation.Of(problem, devices).Total;
            if (moved < value)
            {
                value = moved;
                continue;
            }

            for (var i = 0; i < run.Length; i++)
            {
                devices[run[i]] = kept[i];
            }
        }

        return value;
    }

    private static Placement Describe(PlacementProblem problem, int[] devices, TimeSpan time)
    {
        var evaluation = Evaluation.Of(problem, devices);
        var bound = Enumerable.Range(0, devices.Length).Sum(item => Devices(problem).Min(device => problem.Costs[item, device].Value));
        Certificate Certify(PlacementObjective objective, double value) => new(objective, problem.Unit, value, Math.Min(bound, value), "local search", time);
        return new Placement
        {
            Devices = [.. devices], Segments = evaluation.Segments, Transfers = evaluation.Transfers,
            ItemCost = evaluation.ItemCost, TransferCost = evaluation.TransferCost, LaunchCost = evaluation.LaunchCost,
            Certificate = Certify(PlacementObjective.AdditiveWithLaunches, evaluation.Total),
            AdditiveCertificate = Certify(PlacementObjective.Additive, evaluation.ItemCost + evaluation.TransferCost),
        };
    }

    private sealed record Evaluation(ImmutableArray<PlacementSegment> Segments, ImmutableArray<Transfer> Transfers, double ItemCost, double LaunchCost)
    {
        public double TransferCost => Transfers.Sum(transfer => transfer.Cost);

        public double Total => ItemCost + TransferCost + LaunchCost;

        public static Evaluation Of(PlacementProblem problem, int[] devices)
        {
            var (segments, segmentOf) = Split(devices);
            var transfers = Enumerable.Range(0, problem.Values.Length).SelectMany(value => TransfersOf(problem, devices, segmentOf, value, segments.Length));
            return new Evaluation(
                segments, [.. transfers.OrderBy(transfer => transfer.BeforeSegment)],
                devices.Select((device, item) => problem.Costs[item, device].Value).Sum(),
                segments.Sum(segment => problem.Devices[segment.Device].LaunchCost));
        }

        private static (ImmutableArray<PlacementSegment> Segments, int[] SegmentOf) Split(int[] devices)
        {
            var segments = ImmutableArray.CreateBuilder<PlacementSegment>();
            var segmentOf = new int[devices.Length];
            for (var start = 0; start < devices.Length;)
            {
                var end = start + 1;
                while (end < devices.Length && devices[end] == devices[start])
                {
                    end++;
                }

                Array.Fill(segmentOf, segments.Count, start, end - start);
                segments.Add(new PlacementSegment(devices[start], [.. Enumerable.Range(start, end - start)]));
                start = end;
            }

            return (segments.ToImmutable(), segmentOf);
        }

        /// <summary>One copy per device that reads the value elsewhere; between two accelerators by way of the host.</summary>
        private static IEnumerable<Transfer> TransfersOf(PlacementProblem problem, int[] devices, int[] segmentOf, int index, int end)
        {
            var value = problem.Values[index];
            var host = problem.HostDevice;
            var (from, after) = value.Producer < 0 ? (host, -1) : (devices[value.Producer], segmentOf[value.Producer]);
            var needs = value.Consumers.GroupBy(item => devices[item]).ToDictionary(group => group.Key, group => group.Min(item => segmentOf[item]));
            if (value.IsOutput)
            {
                needs.TryAdd(host, end);
            }

            needs.Remove(from);
            if (needs.Count > 0 && from != host)
            {
                yield return Copy(problem, index, from, host, after, needs.Values.Min());
                needs.Remove(host);
            }

            foreach (var (device, before) in needs)
            {
                yield return Copy(problem, index, host, device, after, before);
            }
        }

        private static Transfer Copy(PlacementProblem problem, int value, int from, int to, int after, int before)
        {
            var link = problem.Links.FirstOrDefault(link => link.From == from && link.To == to)
                ?? throw new PlacementException($"There is no link from '{problem.Devices[from].Name}' to '{problem.Devices[to].Name}'.");
            return new Transfer(value, from, to, link.CopyCost(problem.Values[value].Bytes), after, before);
        }
    }
}
