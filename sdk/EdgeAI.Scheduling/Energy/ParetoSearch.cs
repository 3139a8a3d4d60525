namespace EdgeAI.Scheduling.Energy;

/// <summary>The corners of the front of time and energy: between two known ones the price that values them alike finds the next.</summary>
internal static class ParetoSearch
{
    public static List<BudgetPoint> Run(BudgetSolver solver, int solves)
    {
        var points = new List<BudgetPoint> { solver.Mix(1, 0), solver.Mix(0, 1) };
        var gaps = new Queue<(BudgetPoint Fast, BudgetPoint Thrifty)>([(points[0], points[1])]);
        for (var left = solves - 2; left > 0 && gaps.TryDequeue(out var gap); left--)
        {
            var (time, energy) = (gap.Fast.Energy - gap.Thrifty.Energy, gap.Thrifty.Time - gap.Fast.Time);
            if (time <= 0 || energy <= 0)
            {
                continue;
            }

            var next = solver.Mix(time, energy);
            if (Cost(next) < Math.Min(Cost(gap.Fast), Cost(gap.Thrifty)) * (1 - 1e-9))
            {
                points.Add(next);
                gaps.Enqueue((gap.Fast, next));
                gaps.Enqueue((next, gap.Thrifty));
            }

            double Cost(BudgetPoint point) => (time * point.Time) + (energy * point.Energy);
        }

        return Unbeaten(points);
    }

    private static List<BudgetPoint> Unbeaten(List<BudgetPoint> points)
    {
        var front = new List<BudgetPoint>();
        foreach (var point in points.OrderBy(point => point.Time).ThenBy(point => point.Energy))
        {
            if (front.Count == 0 || point.Energy < front[^1].Energy)
            {
                front.Add(point);
            }
        }

        return front;
    }
}
