namespace EdgeAI.Testing.Networks;

/// <summary>How a window is padded.</summary>
public enum Padding
{
    /// <summary>Half the window on each side, as PyTorch models have it.</summary>
    Half,

    /// <summary>None.</summary>
    Valid,

    /// <summary>So that the result has ⌈extent / stride⌉ elements, the odd one at the end, as TensorFlow models have it.</summary>
    Same,
}

/// <summary>The window of a convolution or a pooling operator.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
/// <param name="Stride">Step in both directions.</param>
/// <param name="Padding">How the operand is padded.</param>
/// <param name="Dilation">Distance of the window's elements in both directions.</param>
/// <param name="Ceiling">True rounds the number of windows up.</param>
public readonly record struct Window(int Height, int Width, int Stride, Padding Padding, int Dilation, bool Ceiling)
{
    /// <summary>A square window.</summary>
    public Window(int size, int stride = 1, Padding padding = Padding.Half, int dilation = 1, bool ceiling = false)
        : this(size, size, stride, padding, dilation, ceiling)
    {
    }

    /// <summary>A window of other extents.</summary>
    public static Window Of(int height, int width, int stride, Padding padding) => new(height, width, stride, padding, 1, false);

    /// <summary>A square window of stride 1, padded by half of it.</summary>
    public static implicit operator Window(int size) => new(size);

    /// <summary>The attributes of ONNX, and the extents of the result, for an operand of these extents.</summary>
    public (Attributes Attributes, long Height, long Width) Over(long height, long width)
    {
        var (top, bottom, rows) = Along(height, Height);
        var (left, right, columns) = Along(width, Width);
        var attributes = new Attributes { ["kernel_shape"] = Pair(Height, Width), ["strides"] = Pair(Stride, Stride), ["pads"] = new[] { top, left, bottom, right } };
        if (Dilation > 1)
        {
            attributes["dilations"] = Pair(Dilation, Dilation);
        }

        if (Ceiling)
        {
            attributes["ceil_mode"] = 1;
        }

        return (attributes, rows, columns);
    }

    private (long Before, long After, long Count) Along(long extent, int size)
    {
        var span = ((size - 1) * Dilation) + 1L;
        if (Padding == Padding.Same)
        {
            var count = (extent + Stride - 1) / Stride;
            var missing = Math.Max(0, ((count - 1) * Stride) + span - extent);
            return (missing / 2, missing - (missing / 2), count);
        }

        var pad = Padding == Padding.Half ? (span - 1) / 2 : 0;
        return (pad, pad, ((extent + (2 * pad) - span + (Ceiling ? Stride - 1 : 0)) / Stride) + 1);
    }

    private static long[] Pair(long first, long second) => [first, second];
}
