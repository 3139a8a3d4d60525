using System.Collections.Immutable;
using EdgeAI.Scheduling;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>
/// Place, partition, compile; what fails to compile is refused for that device and placement is solved again, until every
/// segment has compiled and what was compiled fits its device's memory. Ends because each round refuses at least one unit on one accelerator
/// or takes memory from it, and the CPU refuses none.
/// </summary>
internal static class PlacementStage
{
    private const int Cpu = 0;

    public static void Run(Compilation state, CancellationToken cancellationToken)
    {
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (problem, values) = PlacementModel.Build(state);
            state.PlacedValues = values;
            Place(state, problem, cancellationToken);
            Partition(state);
        }
        while (!LateValues.KeepTogether(state) || !CompileSegments(state, cancellationToken) || !DeviceMemory.Reserve(state));
        SegmentFeedback.Run(state, (problem, cancellation) => TryPlace(state, problem, cancellation), cancellation => TryCompile(state, cancellation), cancellationToken);
    }

    /// <summary>False where nothing keeps to the budget or the memory with these costs: the plan at hand is the best known.</summary>
    private static bool TryPlace(Compilation state, PlacementProblem problem, CancellationToken cancellationToken)
    {
        try
        {
            Place(state, problem, cancellationToken);
            return true;
        }
        catch (PlacementFailedException)
        {
            return false;
        }
    }

    /// <summary>A plan that asks for what cannot be compiled, or for borders that cannot be, is no alternative.</summary>
    private static bool TryCompile(Compilation state, CancellationToken cancellationToken)
    {
        Partition(state);
        if (LateValues.Crossing(state) is not null)
        {
            return false;
        }

        var results = state.Segments.Select(segment =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return CompileOnce(state, segment, state.Placement!.Segments[segment.Index].Device);
        });
        state.Compiled = [.. results.TakeWhile(result => result is CompileSuccess).Cast<CompileSuccess>()];
        return state.Compiled.Length == state.Segments.Length && DeviceMemory.Fits(state) && MemoryLimit.Fits(state);
    }

    private static void Place(Compilation state, PlacementProblem problem, CancellationToken cancellationToken)
    {
        try
        {
            state.Placement = PlacementSolver.Solve(problem, state.Options.Placement, cancellationToken);
        }
        catch (PlacementException error)
        {
            throw new PlacementFailedException($"{state.Name}: {error.Message}", error);
        }
    }

    private static void Partition(Compilation state)
    {
        var readers = Segmenter.Readers(state.Units);
        var outputs = state.Model.Graph.Outputs.ToHashSet();
        state.Segments =
        [
            .. state.Placement!.Segments.Select((segment, index) =>
                Segmenter.Build(index, state.Model, [.. segment.Items.Select(item => state.Units[item])], readers, outputs)),
        ];
    }

    private static bool CompileSegments(Compilation state, CancellationToken cancellationToken)
    {
        if (WholeModel.IsKnown(state))
        {
            return true;
        }

        var compiled = ImmutableArray.CreateBuilder<CompileSuccess>(state.Segments.Length);
        foreach (var segment in state.Segments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var target = state.Placement!.Segments[segment.Index].Device;
            switch (CompileOnce(state, segment, target))
            {
                case CompileSuccess success:
                    compiled.Add(success);
                    break;
                case CompileFailure failure when target != Cpu:
                    Refuse(state, failure, target);
                    return false;
                case CompileFailure failure:
                    throw new PlacementFailedException($"{state.Name}: {failure.Unit}: {failure.Refusal}");
            }
        }

        state.Compiled = compiled.MoveToImmutable();
        return true;
    }

    private static CompileResult CompileOnce(Compilation state, GraphSegment segment, int target)
    {
        var key = $"{target}:{string.Join(',', segment.Units.Select(unit => unit.Index))}:{string.Join(',', segment.Outputs.Select(value => value.Name))}";
        if (!state.CompileCache.TryGetValue(key, out var result))
        {
            state.CompileCache[key] = result = state.Targets[target].Compile(segment);
        }

        return result;
    }

    private static void Refuse(Compilation state, CompileFailure failure, int target)
    {
        state.Answers[failure.Unit.Index, target] = new UnitAnswer(default, failure.Refusal);
        state.Notes.Add($"{state.Targets[target].Id} could not compile {failure.Unit}: {failure.Refusal}; placed again without it");
    }
}
