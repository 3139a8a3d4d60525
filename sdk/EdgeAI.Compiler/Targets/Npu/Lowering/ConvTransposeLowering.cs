using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>
/// ConvTranspose as convolutions that each make every stride-th row and column of the result: those results meet the same taps of the
/// kernel, at input positions one apart, so that no zeros are put between inputs.
/// </summary>
internal sealed class ConvTransposeLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["ConvTranspose"];

    public override bool FusesActivation => true;

    public override string? WhyNot(UnitView unit)
    {
        var weights = unit.Input(1)?.Value.Constant;
        var input = unit.Input(0)!.Value.Shape;
        if (weights is null || weights.Shape.Rank != input.Rank || input.Rank is not (3 or 4))
        {
            return WeightOperand.WhyNot(unit.Input(1), 1) ?? $"weights of shape {weights!.Shape} for an input of shape {input}; expected batch, channels and 1 or 2 spatial axes";
        }

        var groups = unit.Anchor.Attributes.Int("group", 1);
        return WeightOperand.WhyNot(unit.Input(1), 1)
            ?? (groups < 1 || input[1].Value % groups != 0 || weights.Shape[0].Value != input[1].Value ? $"group {groups} with weights {weights.Shape} and {input[1]} input channels" : null)
            ?? (groups > 1 && unit.Input(1)!.Scale!.Constant!.Shape.ElementCount > 1 ? "scales per channel in several groups; expected one scale" : null)
            ?? RealBias.WhyNot(unit, weights.Shape[1].Value * groups)
            ?? Phases(unit).Problem;
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output, groups) = (unit.Input(0)!, unit.Output!, (int)unit.Anchor.Attributes.Int("group", 1));
        var weights = WeightOperand.OfTransposedConvolution(unit.Input(1)!, groups);
        var bias = RealBias.Read(unit, weights, input.Quantization.Scale);
        var multipliers = ConvLowering.Multipliers(input.Quantization, weights, output.Quantization);
        var source = context.Read(unit.Unit, input.Value, MapOrder.ChannelsLast);
        var target = context.Define(output.Value, MapOrder.ChannelsLast);
        var (rows, columns, _) = Phases(unit);
        foreach (var (row, column) in rows.SelectMany(row => columns.Select(column => (row, column))))
        {
            var width = Kernel(unit, 1);
            int[] taps = [.. row.Taps.SelectMany(y => column.Taps.Select(x => (y * width) + x))];
            var constants = new ConvolutionConstants(weights.WithTaps(taps), bias, multipliers, groups, input.Quantization, output.Quantization, ClipBounds.Limits(unit.Activation, output.Quantization));
            var geometry = taps.Length == 0 ? WindowGeometry.Unit : new WindowGeometry(row.Axis, column.Axis);
            context.Add(new WindowLayer(unit.Unit, geometry, new ConvolutionKernel(constants), source, Part(target, row, column)));
        }
    }

    /// <summary>Results at First, First + Step … along an axis, the taps that they meet and where those lie in the input.</summary>
    private sealed record Phase(int First, int Step, int Count, int[] Taps, WindowAxis Axis);

    private static Map Part(Map target, Phase row, Phase column) => checked(target with
    {
        Offset = target.Offset + ((long)row.First * target.RowStride) + ((long)column.First * target.PixelStride),
        Height = row.Count, Width = column.Count, RowStride = target.RowStride * row.Step, PixelStride = target.PixelStride * column.Step,
    });

    private static (ImmutableArray<Phase> Rows, ImmutableArray<Phase> Columns, string? Problem) Phases(UnitView unit)
    {
        var rank = unit.Input(0)!.Value.Shape.Rank;
        var (rows, rowProblem) = rank == 4 ? Phases(unit, 0) : ([new Phase(0, 1, 1, [0], new WindowAxis(1))], null);
        var (columns, columnProblem) = Phases(unit, rank - 3);
        return (rows, columns, rowProblem ?? columnProblem);
    }

    private static (ImmutableArray<Phase> Phases, string? Problem) Phases(UnitView unit, int spatial)
    {
        var (count, kernel) = (unit.Input(0)!.Value.Shape.Rank - 2, Kernel(unit, 1 - (unit.Input(0)!.Value.Shape.Rank - 3) + spatial));
        var (stride, dilation) = (At(unit, "strides", spatial, count, 1), At(unit, "dilations", spatial, count, 1));
        var (input, output) = ((int)Extents(unit.Input(0)!.Value)[2 + spatial], (int)Extents(unit.Output!.Value)[2 + spatial]);
        var reach = ((kernel - 1L) * dilation) + 1;
        if (kernel < 1 || stride is < 1 or > StreamVerifier.LargestWindow || dilation < 1 || reach + stride > StreamVerifier.LargestWindow)
        {
            return ([], $"kernel {kernel}, stride {stride}, dilation {dilation}; expected a reach and stride of at most {StreamVerifier.LargestWindow} together");
        }

        var total = ((input - 1L) * stride) + At(unit, "output_padding", spatial, count, 0) + reach - output;
        var before = unit.Anchor.Attributes.Text("auto_pad", "NOTSET") switch
        {
            "SAME_UPPER" => total / 2,
            "SAME_LOWER" => total - (total / 2),
            _ => At(unit, "pads", spatial, 2 * count, 0),
        };
        return before < 0 || before >= reach + stride ? ([], $"padding {before} before a window that reaches {reach}; expected 0 up to below the reach")
            : ([.. Enumerable.Range(0, Math.Min((int)stride, output)).Select(first => PhaseOf(first, (int)before, kernel, new Steps((int)stride, (int)dilation), output))], null);
    }

    private readonly record struct Steps(int Stride, int Dilation);

    /// <summary>Result first + i·stride meets tap k at input i + (first + before − k·dilation) / stride, where that is whole.</summary>
    private static Phase PhaseOf(int first, int before, int kernel, Steps steps, int output)
    {
        var count = (output - first + steps.Stride - 1) / steps.Stride;
        int[] taps = [.. Enumerable.Range(0, kernel).Where(tap => (first + before - (tap * steps.Dilation)) % steps.Stride == 0).Reverse()];
        int[] places = [.. taps.Select(tap => (first + before - (tap * steps.Dilation)) / steps.Stride)];
        var axis = taps.Length == 0 ? new WindowAxis(1) : new WindowAxis(taps.Length, 1, taps.Length > 1 ? places[1] - places[0] : 1, -places[0]);
        return new Phase(first, steps.Stride, count, taps, axis);
    }

    /// <summary>Extent of the kernel: 0 rows, 1 columns; a kernel of one axis has one row.</summary>
    private static int Kernel(UnitView unit, int axis)
    {
        var shape = unit.Input(1)!.Value.Constant!.Shape;
        return axis == 0 && shape.Rank == 3 ? 1 : (int)shape[shape.Rank - 2 + axis].Value;
    }

    private static long At(UnitView unit, string name, int index, int count, long fallback)
    {
        var values = unit.Anchor.Attributes.Ints(name);
        return values.IsDefault || values.Length != count ? fallback : values[index];
    }
}

/// <summary>The bias of an operator that ONNX Runtime computes in float: real numbers, brought to the accumulators' scale.</summary>
internal static class RealBias
{
    /// <summary>Null, or why a bias cannot be used.</summary>
    public static string? WhyNot(UnitView unit, long outputs) =>
        unit.Anchor.Input(2) is null || Reals(unit)?.Length == outputs ? null
        : $"bias '{unit.Anchor.Input(2)!.Name}' is not a constant of {outputs} numbers";

    /// <summary>One per output channel.</summary>
    public static int[] Read(UnitView unit, WeightOperand weights, float inputScale)
    {
        var reals = Reals(unit) ?? new double[weights.Outputs];
        return [.. reals.Select((real, channel) => (int)Math.Clamp(Math.Round(real / ((double)inputScale * weights.Scales[channel])), int.MinValue, int.MaxValue))];
    }

    private static double[]? Reals(UnitView unit)
    {
        if (unit.Input(2) is not { } operand)
        {
            return unit.Anchor.Input(2)?.Constant is { Type: DataType.Float32 } real ? [.. real.AsSpan<float>().ToArray().Select(value => (double)value)] : null;
        }

        if (operand.Value.Constant is not { } integers || operand.Scale?.Constant is not { Type: DataType.Float32 } scale || (operand.ZeroPoint?.Constant?.ToInt64() ?? []).Any(zero => zero != 0))
        {
            return null;
        }

        var scales = scale.AsSpan<float>().ToArray();
        return scales.Length == 1 || scales.Length == integers.Shape.ElementCount ? [.. integers.ToInt64().Select((value, i) => value * (double)scales[scales.Length == 1 ? 0 : i])] : null;
    }
}
