namespace EdgeAI.Compiler.Partitioning;

/// <summary>Asks every target what every unit costs there.</summary>
internal static class UnitAnswers
{
    public static void Ask(Compilation state)
    {
        var answers = new UnitAnswer[state.Units.Length, state.Targets.Length];
        foreach (var unit in state.Units)
        {
            for (var target = 0; target < state.Targets.Length; target++)
            {
                answers[unit.Index, target] = Ask(state.Targets[target], unit);
            }
        }

        state.Answers = answers;
    }

    private static UnitAnswer Ask(Target target, GraphUnit unit) =>
        target.Check(unit) is { } refusal ? new UnitAnswer(default, refusal) : DeviceMemory.Check(target, target.Estimate(unit));
}
