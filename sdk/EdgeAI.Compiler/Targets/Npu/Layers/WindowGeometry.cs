using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>Kernel, stride, dilation and padding along one axis.</summary>
internal readonly record struct WindowAxis(int Kernel, int Stride = 1, int Dilation = 1, int PadBefore = 0, int PadAfter = 0)
{
    /// <summary>Input positions from the first to the last tap.</summary>
    public int Reach => checked(((Kernel - 1) * Dilation) + 1);

    /// <summary>
    /// Input positions inside the map that outputs [start, start + count) read, and the padding before them. Where they lie wholly
    /// outside, the first position stands there behind as much padding as they reach.
    /// </summary>
    public (int Start, int Count, int PadBefore, int PadAfter) InputOf(int start, int count, int extent)
    {
        var first = (start * Stride) - PadBefore;
        var end = ((start + count - 1) * Stride) - PadBefore + Reach;
        var (from, to) = (Math.Max(first, 0), Math.Min(end, extent));
        return from < to
            ? (from, to - from, from - first, Math.Max(0, Math.Min(end, extent + PadAfter) - extent))
            : (0, 1, end - first, 0);
    }
}

/// <summary>A window that slides over height and width.</summary>
internal readonly record struct WindowGeometry(WindowAxis Y, WindowAxis X)
{
    public static WindowGeometry Unit => new(new WindowAxis(1), new WindowAxis(1));

    public int Taps => checked(Y.Kernel * X.Kernel);

    /// <summary>The same with padding behind the map as far as the last window reaches: ONNX Runtime counts all of it.</summary>
    public WindowGeometry CoveringLastWindow(Map input, Map output) => new(Cover(Y, input.Height, output.Height), Cover(X, input.Width, output.Width));

    private static WindowAxis Cover(WindowAxis axis, int inputs, int outputs) =>
        axis with { PadAfter = Math.Max(axis.PadAfter, ((outputs - 1) * axis.Stride) - axis.PadBefore + axis.Reach - inputs) };

    /// <summary>The instruction's window with the pads of one tile.</summary>
    public Window Command(int padTop, int padLeft) => new()
    {
        KernelHeight = Y.Kernel, KernelWidth = X.Kernel, StrideY = Y.Stride, StrideX = X.Stride,
        DilationY = Y.Dilation, DilationX = X.Dilation, PadTop = padTop, PadLeft = padLeft,
    };
}
