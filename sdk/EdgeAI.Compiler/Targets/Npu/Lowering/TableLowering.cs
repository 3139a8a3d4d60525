using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Functions of one 8-bit value: all 256 results are computed here as ONNX Runtime would, in float.</summary>
internal sealed class TableLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = [.. UnaryFunctions.Rows.Keys, "Pow"];

    public override bool FusesActivation => true;

    public override string? WhyNot(UnitView unit) =>
        ByteFunction.IsOne(unit) ? null : "an operand beside the first is no constant of one number; expected a function of one 8-bit value";

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.RunTimeInputs.First(), unit.Output!);
        var order = context.OrderOf(input.Value);
        var source = context.Read(unit.Unit, input.Value, order);
        var function = ByteFunction.Of(unit);
        var (from, to) = (input.Quantization, output.Quantization);
        var kernel = TableKernel.Of(from, q => to.Quantize(function(from.Dequantize(q))));
        context.Add(new ElementwiseLayer(unit.Unit, kernel, [source], context.Define(output.Value, order)));
    }

    /// <summary>A map with its integers changed to other parameters, in a place if one is given; itself when they are equal.</summary>
    internal static Map Requantized(UnitView unit, LoweringContext context, Map source, Quantization from, Quantization to, Map? place = null) =>
        from == to ? source : Mapped(unit, context, source, from, q => to.Quantize(from.Dequantize(q)), place);

    /// <summary>A map with a function applied to each of its integers.</summary>
    internal static Map Mapped(UnitView unit, LoweringContext context, Map source, Quantization from, Func<int, int> function, Map? place = null)
    {
        var target = place ?? LoweringContext.Temporary(source.Batch, source.Height, source.Width, source.Channels);
        context.Add(new ElementwiseLayer(unit.Unit, TableKernel.Of(from, function), [source], target));
        return target;
    }

    /// <summary>A layer that makes integers of some parameters, followed by a table where the result's parameters differ.</summary>
    internal static void AddRequantized(UnitView unit, LoweringContext context, Map target, Quantization from, Quantization to, Func<Map, Layer> layer)
    {
        if (from == to)
        {
            context.Add(layer(target));
            return;
        }

        var raw = LoweringContext.Temporary(target.Batch, target.Height, target.Width, target.Channels);
        context.Add(layer(raw));
        context.Add(new ElementwiseLayer(unit.Unit, TableKernel.Of(from, q => to.Quantize(from.Dequantize(q))), [raw], target));
    }
}
