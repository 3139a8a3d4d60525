using EdgeAI.Compiler;
using EdgeAI.Scheduling;

namespace EdgeAI.Testing;

/// <summary>A baseline: each unit on the first device of a list that takes it.</summary>
/// <param name="Name">What it is called in tables.</param>
/// <param name="Devices">The list; 0 is the CPU, 1 the NPU, 2 the DSP.</param>
public sealed record PriorityPlan(string Name, params int[] Devices)
{
    private const int Cpu = 0, Npu = 1, Dsp = 2;

    public static IReadOnlyList<PriorityPlan> All { get; } = [new("greedy", Npu, Dsp, Cpu), new("CPU only", Cpu), new("NPU first", Npu, Cpu), new("DSP first", Dsp, Cpu)];

    /// <summary>What it costs by the model, with launches in the solver's order of segments.</summary>
    public double Predict(PlacementProblem problem)
    {
        var only = new CostTable(problem.Items.Length, problem.Devices.Length, (item, device) =>
            device == Array.Find(Devices, candidate => !problem.Costs[item, candidate].IsRefused) ? problem.Costs[item, device] : DeviceCost.Refused("another device comes first"));
        return PlacementSolver.Solve(problem with { Costs = only }).TotalCost;
    }

    /// <summary>Leaves each unit of a compilation only its device; called after each stage.</summary>
    public void Prioritize(string stage, Compilation state)
    {
        for (var unit = 0; stage == "cost" && unit < state.Units.Length; unit++)
        {
            var first = Array.Find(Devices, target => state.Answers[unit, target].IsSupported);
            foreach (var other in Enumerable.Range(0, state.Targets.Length).Where(target => target != first && state.Answers[unit, target].IsSupported))
            {
                state.Answers[unit, other] = state.Answers[unit, other] with { Refusal = new Refusal("priority", "another device comes first") };
            }
        }
    }
}
