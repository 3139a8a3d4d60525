using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Graph;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Reads kernel_shape, strides, dilations, pads and auto_pad of convolutions and pools; one spatial axis stands for width.</summary>
internal static class WindowAttributes
{
    private const int Largest = StreamVerifier.LargestWindow;

    /// <summary>The geometry, or the reason why there is none.</summary>
    public static (WindowGeometry Geometry, string? Problem) Read(Node node, ReadOnlySpan<long> kernel, ReadOnlySpan<long> input, ReadOnlySpan<long> output)
    {
        if (kernel.Length is not (1 or 2) || input.Length != kernel.Length + 2 || output.Length != input.Length)
        {
            return (default, $"{kernel.Length} spatial axes on shape [{string.Join(',', input.ToArray())}]; expected 1 or 2 after batch and channels");
        }

        Span<WindowAxis> axes = [new WindowAxis(1), new WindowAxis(1)];
        for (var i = 0; i < kernel.Length; i++)
        {
            var (axis, problem) = Axis(node, i, kernel, input[2 + i], output[2 + i]);
            if (problem is not null)
            {
                return (default, problem);
            }

            axes[2 - kernel.Length + i] = axis;
        }

        return (new WindowGeometry(axes[0], axes[1]), null);
    }

    private static (WindowAxis Axis, string? Problem) Axis(Node node, int i, ReadOnlySpan<long> kernel, long input, long output)
    {
        var rank = kernel.Length;
        var (stride, dilation) = (At(node, "strides", i, rank, 1), At(node, "dilations", i, rank, 1));
        if (kernel[i] is < 1 or > Largest || stride is < 1 or > Largest || dilation is < 1 or > Largest)
        {
            return (default, $"kernel {kernel[i]}, stride {stride}, dilation {dilation}; expected 1…{Largest} each");
        }

        var reach = ((kernel[i] - 1) * dilation) + 1;
        var total = Math.Max(0, ((output - 1) * stride) + reach - input);
        var (before, after) = node.Attributes.Text("auto_pad", "NOTSET") switch
        {
            "SAME_UPPER" => (total / 2, total - (total / 2)),
            "SAME_LOWER" => (total - (total / 2), total / 2),
            "VALID" => (0, 0),
            _ => (At(node, "pads", i, 2 * rank, 0), At(node, "pads", rank + i, 2 * rank, 0)),
        };
        var lastEnd = ((output - 1) * stride) - before + reach;
        return before < 0 || after < 0 || before >= reach || before > Largest || after > Largest || lastEnd - reach >= input || output < 1 || input < 1
            ? (default, $"pads {before} and {after} around {input} for a window that reaches {reach}; expected pads from 0 up to below the reach and at most {Largest}")
            : (new WindowAxis((int)kernel[i], (int)stride, (int)dilation, (int)before, (int)after), null);
    }

    private static long At(Node node, string name, int index, int count, long fallback)
    {
        var values = node.Attributes.Ints(name);
        return values.IsDefault || values.Length != count ? fallback : values[index];
    }

    /// <summary>kernel_shape, or the default given.</summary>
    public static ImmutableArray<long> Kernel(Node node, ImmutableArray<long> fallback) =>
        node.Attributes.Ints("kernel_shape") is { IsDefault: false } shape ? shape : fallback;
}
