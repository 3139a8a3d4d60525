using System.Collections.Immutable;

namespace EdgeAI.Scheduling;

/// <summary>The joules of a placement, by definition.</summary>
internal static class PlacementEnergy
{
    public static double Of(PlacementProblem problem, ImmutableArray<PlacementSegment> segments, ImmutableArray<Transfer> transfers)
    {
        var energy = 0.0;
        foreach (var segment in segments)
        {
            energy += problem.Devices[segment.Device].LaunchEnergy;
            foreach (var item in segment.Items)
            {
                energy += problem.Costs[item, segment.Device].Energy;
            }
        }

        var links = problem.Links.ToDictionary(link => (link.From, link.To));
        foreach (var transfer in transfers)
        {
            energy += links[(transfer.From, transfer.To)].CopyEnergy(problem.Values[transfer.Value].Bytes);
        }

        return energy;
    }
}
