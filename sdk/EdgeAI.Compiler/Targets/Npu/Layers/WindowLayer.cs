using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>A convolution or pool, cut into tiles of rows, columns and output channels.</summary>
internal sealed class WindowLayer(GraphUnit unit, WindowGeometry geometry, WindowKernel kernel, Map input, Map output)
    : Layer(unit, [input], output)
{
    private readonly Map _input = input;

    public WindowGeometry Geometry { get; } = geometry;

    public WindowKernel Kernel { get; } = kernel;

    public override TilePlan? Plan(NpuConfiguration configuration, Residency residency, long budget)
    {
        var search = new WindowTilingSearch(this, configuration, residency.Contains(_input), residency.Contains(Output));
        return search.Best(budget) is { } tiling ? search.PlanOf(tiling) : null;
    }

    public override long SmallestWorkingSet(NpuConfiguration configuration) =>
        new WindowTilingSearch(this, configuration, false, false).SmallestWorkingSet();

    /// <summary>Columns and rows of input that a tile of outputs reads, at most.</summary>
    public (int Height, int Width) LargestInput(int rows, int columns) =>
        (Largest(Geometry.Y, rows, Output.Height, _input.Height), Largest(Geometry.X, columns, Output.Width, _input.Width));

    private static int Largest(WindowAxis axis, int tile, int outputs, int inputs)
    {
        var largest = 0;
        for (var start = 0; start < outputs; start += tile)
        {
            largest = Math.Max(largest, axis.InputOf(start, Math.Min(tile, outputs - start), inputs).Count);
        }

        return largest;
    }
}

/// <summary>How a window layer is cut.</summary>
/// <param name="Rows">Output rows per tile.</param>
/// <param name="Columns">Output columns per tile.</param>
/// <param name="Channels">Output channels per tile.</param>
/// <param name="ChannelsOutside">True: all tiles of one channel block, then the next block (weights pass once); false: the other way (inputs pass once).</param>
/// <param name="IsDoubleBuffered">True: two buffers each, so that engines overlap; false: one, where SRAM is short.</param>
internal readonly record struct WindowTiling(int Rows, int Columns, int Channels, bool ChannelsOutside, bool IsDoubleBuffered = true);
