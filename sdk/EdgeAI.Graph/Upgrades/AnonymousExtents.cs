using EdgeAI.Hal;

namespace EdgeAI.Graph.Upgrades;

/// <summary>
/// CNTK called every free sequence axis "None", others write "?" or "*": no names, although equal names mean equal extents. Such
/// extents become nameless.
/// </summary>
internal static class AnonymousExtents
{
    private const string Rule = "anonymous-extents";
    private const string Summary = "extents that are all called 'None', '?' or '*' are free, not equal (CNTK)";

    public static void Mend(Model model, UpgradeTrace trace)
    {
        foreach (var value in model.Graph.Inputs.Where(input => IsAnonymous(input.Shape)))
        {
            trace.Add(Rule, Summary, value.Name);
        }

        foreach (var value in ShapeInference.Graphs(model.Graph).SelectMany(graph => graph.Values.Values).Where(value => IsAnonymous(value.Shape)))
        {
            value.Type = new TensorType(value.Element, new([.. value.Shape.Select(extent => IsAnonymous(extent) ? Dimension.Unknown : extent)]));
        }
    }

    private static bool IsAnonymous(Shape shape) => shape.HasRank && shape.Any(IsAnonymous);

    private static bool IsAnonymous(Dimension extent) => extent.Symbol is "None" or "?" or "*" or "-1";
}
