using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Scheduler;

/// <summary>A scheduled program: commands with semaphores and what memory they use.</summary>
internal sealed record ScheduledProgram(
    ImmutableArray<ICommand> Commands, ImmutableArray<SourceRange> SourceMap, ConstantPool Constants, long SramBytes, long ScratchBytes);

/// <summary>A layer has no tiling that fits.</summary>
internal sealed class DoesNotFitException(Layer layer, string message) : Exception(message)
{
    public Layer Layer { get; } = layer;
}

/// <summary>
/// Decides the order of the layers, which feature maps stay in SRAM, how each layer is tiled, and where everything lies; then writes the
/// commands. Where not all maps stay, other orders are scheduled too, and the fastest is taken.
/// </summary>
internal sealed class SegmentScheduler(LayerProgram program, NpuConfiguration configuration)
{
    /// <summary>The schedule, or an exception that names the layer to blame.</summary>
    public ScheduledProgram Run()
    {
        var (best, isResident) = new OrderedScheduler(program, configuration).Run();
        if (isResident || new LayerGraph(program) is not { HasChoice: true } graph)
        {
            return best;
        }

        var least = Cycles(best);
        foreach (var order in Orders(graph))
        {
            var (other, _) = new OrderedScheduler(program.InOrder(order), configuration).Run();
            if (Cycles(other) is var cycles && cycles < least)
            {
                (best, least) = (other, cycles);
            }
        }

        return best;
    }

    private IEnumerable<ImmutableArray<int>> Orders(LayerGraph graph)
    {
        var limits = new[] { configuration.SramBytes / 4 * 3, configuration.SramBytes / 4 };
        return limits.Select(limit => LayerOrder.For(graph, limit));
    }

    private long Cycles(ScheduledProgram scheduled) => Timing.Predict(scheduled.Commands, configuration).TotalCycles;
}
