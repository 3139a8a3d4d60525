using EdgeAI.Graph;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>Values whose size is known only in the run: they cannot cross segments, and accelerators cannot make them.</summary>
internal static class LateValues
{
    private const int Cpu = 0;

    /// <summary>A value that would cross, or come from an accelerator; null where there is none.</summary>
    public static Value? Crossing(Compilation state)
    {
        var read = state.Segments.Length == 1 ? [] : state.Segments.SelectMany(segment => segment.Inputs).Where(value => value.Producer is not null);
        var given = state.Segments.Where(segment => state.Placement!.Segments[segment.Index].Device != Cpu).SelectMany(segment => segment.Outputs);
        return read.Concat(given).FirstOrDefault(value => !IsSized(value));
    }

    /// <summary>
    /// Refuses accelerators to what may run behind the maker of such a value, so that all of it is one run of the CPU; what comes before
    /// the maker in every order stays free. Where that is not enough, everything is refused. True when there was nothing to do.
    /// </summary>
    public static bool KeepTogether(Compilation state)
    {
        if (Crossing(state) is not { } value)
        {
            return true;
        }

        var refusal = new Refusal("size-known", $"value '{value.Name}' ({value.Type}) has a size that is known only in the run and would cross devices; expected static shapes at the borders");
        if (!Refuse(state, refusal, Ancestors(state, value)))
        {
            Refuse(state, refusal, []);
        }

        if (!state.Notes.Contains(refusal.Reason))
        {
            state.Notes.Add(refusal.Reason);
        }

        return false;
    }

    /// <summary>The units that the maker of a value waits for.</summary>
    private static HashSet<int> Ancestors(Compilation state, Value value)
    {
        var makers = state.Units.SelectMany(unit => unit.Outputs.Select(output => (output, unit))).ToDictionary(pair => pair.output, pair => pair.unit);
        var (found, rest) = (new HashSet<int>(), new Stack<GraphUnit>([makers[value]]));
        while (rest.TryPop(out var unit))
        {
            foreach (var input in unit.Inputs)
            {
                if (makers.TryGetValue(input, out var maker) && found.Add(maker.Index))
                {
                    rest.Push(maker);
                }
            }
        }

        return found;
    }

    /// <summary>True when an accelerator took one of them until now.</summary>
    private static bool Refuse(Compilation state, Refusal refusal, HashSet<int> free)
    {
        var isNew = false;
        foreach (var unit in Enumerable.Range(0, state.Units.Length).Where(unit => !free.Contains(unit)))
        {
            for (var target = 1; target < state.Targets.Length; target++)
            {
                isNew |= state.Answers[unit, target].Refusal is null;
                state.Answers[unit, target] = new UnitAnswer(default, state.Answers[unit, target].Refusal ?? refusal);
            }
        }

        return isNew;
    }

    private static bool IsSized(Value value) => value.Tensor is { Shape.IsStatic: true } tensor && Hal.DataTypes.IsFixedSize(tensor.Element);
}
