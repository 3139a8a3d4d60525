using System.Runtime.InteropServices;
using EdgeAI.Scheduling.Modeling;

namespace EdgeAI.Scheduling.Makespan;

/// <summary>All that a block's answer depends on, as text, so that equal blocks are searched once.</summary>
internal static class BlockKey
{
    public static string Of(DenseProblem problem, Block block, int source, int sink)
    {
        var parts = new List<double> { source, sink, block.Count, block.Source < 0 ? 0 : 1, block.Sink < problem.ItemCount ? 1 : 0 };
        for (var item = Math.Max(0, block.Source); item <= Math.Min(block.Sink, problem.ItemCount - 1); item++)
        {
            for (var device = 0; item > block.Source && device < problem.DeviceCount; device++)
            {
                parts.Add(problem.ItemCost(item, device));
            }

            foreach (var value in problem.ValuesOf[item])
            {
                AddValue(problem, block, item, value, parts);
            }
        }

        return new string(MemoryMarshal.Cast<double, char>(CollectionsMarshal.AsSpan(parts)));
    }

    private static void AddValue(DenseProblem problem, Block block, int item, int value, List<double> parts)
    {
        parts.Add(problem.Producer[value] == item ? -3 : Math.Max(problem.Producer[value] - block.First, -2));
        parts.Add(problem.Source.Values[value].Bytes);
        parts.Add(problem.IsOutput[value] ? 1 : 0);
        foreach (var consumer in problem.Producer[value] == item ? problem.Consumers[value] : [])
        {
            parts.Add(Math.Min(consumer, block.Sink + 1) - block.First);
        }

        parts.Add(double.NaN);
    }
}
