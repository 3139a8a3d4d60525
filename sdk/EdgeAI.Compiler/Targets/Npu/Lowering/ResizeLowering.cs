using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Compiler.Targets.Npu.Streams;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Resize (and Upsample) over rows and columns: nearest by picking, linear by mixing two rows and two columns.</summary>
internal sealed class ResizeLowering : OperatorLowering
{
    private const int SpatialStart = 2;

    public override IReadOnlyList<string> Operators { get; } = ["Resize", "Upsample"];

    public override bool TakesPlain => true;

    public override string? WhyNot(UnitView unit)
    {
        var (input, output, mode) = (Extents(unit.Input(0)!.Value), Extents(unit.Output!.Value), Mode(unit));
        return WhyNotSameType(unit)
            ?? (unit.Anchor.Inputs.Skip(1).Any(value => value is { Constant: null }) ? "scales, sizes or region are computed at run time; expected constants" : null)
            ?? (input.Length is not (3 or 4) || !input.AsSpan(0, SpatialStart).SequenceEqual(output.AsSpan(0, SpatialStart)) ? $"{unit.Input(0)!.Value.Shape} to {unit.Output.Value.Shape}; expected batch, channels that stay, and 1 or 2 spatial axes" : null)
            ?? (mode is not ("nearest" or "linear") ? $"mode '{mode}'; expected nearest or linear" : null)
            ?? (mode == "linear" && (unit.Form != UnitForm.Group || input.Length != 4) ? "linear on integers or over one axis; expected a quantized group over rows and columns" : null)
            ?? (unit.Anchor.Attributes.Int("antialias", 0) != 0 ? "antialias is set" : null)
            ?? ResizeCoordinates.WhyNot(unit);
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var source = context.Read(unit.Unit, input.Value, MapOrder.ChannelsLast);
        if (input.Value.Shape == output.Value.Shape)
        {
            // ONNX Runtime copies where no extent changes, whatever the scales say.
            source = unit.Form == UnitForm.Group ? TableLowering.Requantized(unit, context, source, input.Quantization, output.Quantization) : source;
            context.DefineView(output.Value, MapOrder.ChannelsLast, source);
            return;
        }

        if (Mode(unit) == "linear")
        {
            var kernel = new InterpolateKernel(ResizeCoordinates.Linear(unit, SpatialStart), ResizeCoordinates.Linear(unit, SpatialStart + 1), input.Quantization, output.Quantization);
            context.Add(new ResampleLayer(unit.Unit, kernel, source, context.Define(output.Value, MapOrder.ChannelsLast)));
            return;
        }

        source = unit.Form == UnitForm.Group ? TableLowering.Requantized(unit, context, source, input.Quantization, output.Quantization) : source;
        var target = context.Define(output.Value, MapOrder.ChannelsLast);
        var columns = ResizeCoordinates.Nearest(unit, Extents(input.Value).Length - 1);
        var rows = Extents(input.Value).Length == 4 ? ResizeCoordinates.Nearest(unit, SpatialStart) : [0];
        context.Add(Repeats(rows, source.Height) is { } down && Repeats(columns, source.Width) is { } across
            ? Repeat(unit, source, target, down, across)
            : new ResampleLayer(unit.Unit, new GatherKernel(rows, columns, output.Quantization, padValue: 0), source, target));
    }

    /// <summary>How often each position is taken in turn, or null when that is not how they are picked.</summary>
    private static int? Repeats(int[] picks, int extent)
    {
        var times = picks.Length / extent;
        return times > 0 && times * extent == picks.Length && Enumerable.Range(0, picks.Length).All(i => picks[i] == i / times) ? times : null;
    }

    private static CopyLayer Repeat(UnitView unit, Map source, Map target, int down, int across) => new(unit.Unit, source, target,
    [
        new CopyAxis(source.Batch, source.BatchStride, target.BatchStride),
        new CopyAxis(source.Height, source.RowStride, checked(target.RowStride * down)),
        new CopyAxis(down, 0, target.RowStride),
        new CopyAxis(source.Width, source.PixelStride, checked(target.PixelStride * across)),
        new CopyAxis(across, 0, target.PixelStride),
        new CopyAxis(source.Channels, 1, 1),
    ]);

    private static string Mode(UnitView unit) => unit.Anchor.Attributes.Text("mode", "nearest");
}
