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
/// commands. Where the layers leave a choice, other orders are scheduled too, and the fastest is taken.
/// </summary>
internal sealed class SegmentScheduler(LayerProgram program, NpuConfiguration configuration)
{
    /// <summary>The schedule, or an exception that names the layer to blame.</summary>
    public ScheduledProgram Run()
    {
        var given = new OrderedScheduler(program, configuration).Run();
        var graph = new LayerGraph(program);
        var others = graph.HasChoice ? Orders(graph, given).Select(order => new OrderedScheduler(program.InOrder(order), configuration).Run()) : [];
        return others.Prepend(given).MinBy(schedule => schedule.Cycles)!.Program;
    }

    /// <summary>One that keeps engines busy side by side, and where SRAM is short some by the bytes that live at once.</summary>
    private IEnumerable<ImmutableArray<int>> Orders(LayerGraph graph, OrderedSchedule given)
    {
        yield return EngineOrder.For(graph, given.LayerCycles, configuration.SramBytes / 4 * 3);
        if (!given.IsResident)
        {
            yield return LayerOrder.For(graph, configuration.SramBytes / 4 * 3);
            yield return LayerOrder.For(graph, configuration.SramBytes / 4);
        }
    }
}
