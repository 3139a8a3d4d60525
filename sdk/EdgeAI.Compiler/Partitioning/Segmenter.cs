using System.Collections.Immutable;
using EdgeAI.Graph;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>Makes segments of units: what they read from outside and what others read of them.</summary>
internal static class Segmenter
{
    /// <summary>The segment of these units (in topological order).</summary>
    public static GraphSegment Build(int index, Model model, ImmutableArray<GraphUnit> units, IReadOnlyDictionary<Value, List<int>> readers, IReadOnlySet<Value> graphOutputs)
    {
        var own = units.Select(unit => unit.Index).ToHashSet();
        var made = units.SelectMany(unit => unit.Outputs).ToHashSet();
        var inputs = units.SelectMany(unit => unit.Inputs).Distinct().Where(value => !made.Contains(value));
        var outputs = units.SelectMany(unit => unit.Outputs).Where(value => graphOutputs.Contains(value) || IsReadElsewhere(value, own, readers));
        return new GraphSegment(index, model, units, [.. inputs], [.. outputs]);
    }

    /// <summary>For each value the units that read it.</summary>
    public static Dictionary<Value, List<int>> Readers(ImmutableArray<GraphUnit> units)
    {
        var readers = new Dictionary<Value, List<int>>();
        foreach (var unit in units)
        {
            foreach (var input in unit.Inputs)
            {
                if (!readers.TryGetValue(input, out var list))
                {
                    readers[input] = list = [];
                }

                list.Add(unit.Index);
            }
        }

        return readers;
    }

    private static bool IsReadElsewhere(Value value, HashSet<int> own, IReadOnlyDictionary<Value, List<int>> readers) =>
        readers.TryGetValue(value, out var list) && list.Exists(reader => !own.Contains(reader));
}
