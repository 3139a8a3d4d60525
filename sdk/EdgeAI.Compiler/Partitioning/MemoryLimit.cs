using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>Refuses what would take more memory than <see cref="CompilerOptions.MaxPlanBytes"/>, before any of it is allocated.</summary>
internal static class MemoryLimit
{
    private const int Named = 3;

    /// <summary>No tensor that a node computes is larger than the limit.</summary>
    public static void Check(Compilation state)
    {
        foreach (var value in state.Model.Graph.Values.Values.Where(value => value.Constant is null))
        {
            if (value.Tensor is { Shape.IsStatic: true } tensor && tensor.Element.ByteCount(tensor.Shape.ElementCount) is var bytes && bytes > state.Options.MaxPlanBytes)
            {
                throw Refused(state, $"Value '{value.Name}' is {tensor}: {bytes:N0} bytes");
            }
        }
    }

    /// <summary>The arenas of all devices together are not larger than the limit.</summary>
    public static void Check(Compilation state, IReadOnlyList<PlanTensor> tensors, IReadOnlyList<long> arenas)
    {
        var bytes = arenas.Aggregate(Int128.Zero, (sum, arena) => sum + arena);
        if (bytes > state.Options.MaxPlanBytes)
        {
            var largest = tensors.Where(tensor => tensor.Spec.HasByteCount).OrderByDescending(tensor => tensor.Spec.ByteCount).Take(Named);
            throw Refused(state, $"The plan's tensors take {bytes:N0} bytes at once; the largest are {string.Join(", ", largest.Select(tensor => $"{tensor.Spec} ({tensor.Spec.ByteCount:N0} bytes)"))}");
        }
    }

    /// <summary>Whether the arenas of a compilation will pass <see cref="Check(Compilation, IReadOnlyList{PlanTensor}, IReadOnlyList{long})"/>. They are planned only where values, each here and on the host, might be too much.</summary>
    public static bool Fits(Compilation state)
    {
        var values = state.Segments.SelectMany(segment => segment.Inputs.Concat(segment.Outputs)).Aggregate(Int128.Zero, (sum, value) => sum + PlacementModel.ByteCount(value) + HostBuffer.Alignment);
        return 2 * values <= state.Options.MaxPlanBytes
            || PlanEmitter.Arenas(state).Aggregate(Int128.Zero, (sum, arena) => sum + arena) <= state.Options.MaxPlanBytes;
    }

    private static PlacementFailedException Refused(Compilation state, string found) =>
        new($"{state.Name}: {found}; at most {state.Options.MaxPlanBytes:N0} are allowed (MaxPlanBytes). Give smaller dimensions, or a larger limit if the model is trusted.");
}
