namespace EdgeAI.Scheduling;

/// <summary>Checks a timeline against its definition, naively: nothing overlaps on a device or link, and nothing starts before what it needs.</summary>
internal static class TimelineValidator
{
    private const double Tolerance = 1e-9;

    public static IEnumerable<string> Check(PlacementProblem problem, Placement placement)
    {
        if (placement.Timeline is not { } timeline)
        {
            return [];
        }

        if (timeline.Segments.Length != placement.Segments.Length || timeline.Copies.Length != placement.Transfers.Length || timeline.Items.Length != problem.Items.Length)
        {
            return ["The timeline does not have every segment, copy and item."];
        }

        var slack = Tolerance * timeline.Makespan;
        return [.. CheckLengths(problem, placement, timeline, slack), .. CheckOverlaps(problem, timeline, slack), .. CheckCopies(problem, placement, timeline, slack), .. CheckInputs(problem, placement, timeline, slack)];
    }

    private static IEnumerable<string> CheckLengths(PlacementProblem problem, Placement placement, Timeline timeline, double slack)
    {
        for (var segment = 0; segment < placement.Segments.Length; segment++)
        {
            var (span, device) = (timeline.Segments[segment], placement.Segments[segment].Device);
            var time = span.Start + problem.Devices[device].LaunchCost;
            foreach (var item in placement.Segments[segment].Items)
            {
                if (Math.Abs(timeline.Items[item].Start - time) > slack)
                {
                    yield return $"Item '{problem.Items[item].Name}' starts at {timeline.Items[item].Start}, expected {time}.";
                }

                time += problem.Costs[item, device].Value;
            }

            if (span.Device != device || span.Start < 0 || Math.Abs(span.End - time) > slack)
            {
                yield return $"Segment {segment} is on device {span.Device} from {span.Start} to {span.End}, expected an end at {time} on {device}.";
            }
        }

        var end = timeline.Segments.Select(span => span.End).Concat(timeline.Copies.Select(copy => copy.End)).DefaultIfEmpty(0).Max();
        if (Math.Abs(end - timeline.Makespan) > slack)
        {
            yield return $"The makespan is said to be {timeline.Makespan} and is {end}.";
        }
    }

    private static IEnumerable<string> CheckOverlaps(PlacementProblem problem, Timeline timeline, double slack)
    {
        var devices = timeline.Segments.Select(span => ($"device '{problem.Devices[span.Device].Name}'", span.Start, span.End));
        var links = timeline.Copies.Select(copy => ($"the link from '{problem.Devices[copy.From].Name}' to '{problem.Devices[copy.To].Name}'", copy.Start, copy.End));
        foreach (var group in devices.Concat(links).GroupBy(use => use.Item1))
        {
            var uses = group.OrderBy(use => use.Start).ThenBy(use => use.End).ToList();
            for (var index = 1; index < uses.Count; index++)
            {
                if (uses[index].Start < uses[index - 1].End - slack)
                {
                    yield return $"Two uses of {group.Key} overlap at {uses[index].Start}.";
                }
            }
        }
    }

    private static IEnumerable<string> CheckCopies(PlacementProblem problem, Placement placement, Timeline timeline, double slack)
    {
        foreach (var copy in timeline.Copies)
        {
            var cost = problem.Links.Single(link => link.From == copy.From && link.To == copy.To).CopyCost(problem.Values[copy.Value].Bytes);
            if (Math.Abs(copy.End - copy.Start - cost) > slack || copy.Start < ArrivalOf(problem, placement, timeline, copy.Value, copy.From) - slack)
            {
                yield return $"Value '{problem.Values[copy.Value].Name}' is copied from {copy.Start} to {copy.End}, before it is there or not for {cost}.";
            }
        }
    }

    private static IEnumerable<string> CheckInputs(PlacementProblem problem, Placement placement, Timeline timeline, double slack)
    {
        var segmentOf = placement.Segments.SelectMany((segment, index) => segment.Items.Select(item => (item, index))).ToDictionary(pair => pair.item, pair => pair.index);
        for (var value = 0; value < problem.Values.Length; value++)
        {
            var producer = problem.Values[value].Producer;
            foreach (var segment in problem.Values[value].Consumers.Select(consumer => segmentOf[consumer]).Where(segment => producer < 0 || segment != segmentOf[producer]))
            {
                var arrival = ArrivalOf(problem, placement, timeline, value, placement.Segments[segment].Device);
                if (!(timeline.Segments[segment].Start >= arrival - slack))
                {
                    yield return $"Segment {segment} starts at {timeline.Segments[segment].Start}, before value '{problem.Values[value].Name}' is there at {arrival}.";
                }
            }

            if (problem.Values[value].IsOutput && double.IsNaN(ArrivalOf(problem, placement, timeline, value, problem.HostDevice)))
            {
                yield return $"Output '{problem.Values[value].Name}' does not come to the host.";
            }
        }
    }

    /// <summary>When a value is on a device; not a number if it never is.</summary>
    private static double ArrivalOf(PlacementProblem problem, Placement placement, Timeline timeline, int value, int device)
    {
        var producer = problem.Values[value].Producer;
        if ((producer < 0 ? problem.HostDevice : placement.Devices[producer]) == device)
        {
            var maker = producer < 0 ? -1 : placement.Segments.ToList().FindIndex(segment => segment.Items.Contains(producer));
            return maker < 0 ? 0 : timeline.Segments[maker].End;
        }

        return timeline.Copies.Where(copy => copy.Value == value && copy.To == device).Select(copy => copy.End).DefaultIfEmpty(double.NaN).Single();
    }
}
