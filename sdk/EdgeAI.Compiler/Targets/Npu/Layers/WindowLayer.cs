using EdgeAI.Hal.Npu;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>A convolution or pool, cut into tiles of rows, columns and output channels.</summary>
internal sealed class WindowLayer(GraphUnit unit, WindowGeometry geometry, WindowKernel kernel, Map input, Map output)
    : Layer(unit, [input], output)
{
    private readonly Map _input = input;
    private WindowCuts? _cuts;

    public WindowGeometry Geometry { get; } = geometry;

    public WindowKernel Kernel { get; } = kernel;

    public override NpuEngine Engine => Kernel.Engine;

    public override TilePlan? Plan(NpuConfiguration configuration, Residency residency, long budget)
    {
        var search = new WindowTilingSearch(this, Cuts(configuration), residency.Contains(_input), residency.Contains(Output));
        return search.Best(budget) is { } tiling ? search.PlanOf(tiling) : null;
    }

    public override long SmallestWorkingSet(NpuConfiguration configuration) =>
        new WindowTilingSearch(this, Cuts(configuration), false, false).SmallestWorkingSet();

    private WindowCuts Cuts(NpuConfiguration configuration) => _cuts ??= new WindowCuts(this, configuration);

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
