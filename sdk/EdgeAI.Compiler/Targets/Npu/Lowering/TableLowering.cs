using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Functions of one 8-bit value: all 256 results are computed here as ONNX Runtime would, in float.</summary>
internal sealed class TableLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = [.. UnaryFunctions.Rows.Keys];

    public override string? WhyNot(UnitView unit) =>
        unit.Activation is not null ? $"{unit.Activation} follows {unit.Anchor}; expected QuantizeLinear"
        : unit.Operator == "Clip" && unit.Anchor.Inputs.Skip(1).Any(value => value is { Constant: null }) ? "bounds are computed at run time; expected constants"
        : null;

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output) = (unit.Input(0)!, unit.Output!);
        var order = context.OrderOf(input.Value);
        var source = context.Read(unit.Unit, input.Value, order);
        var function = UnaryFunctions.Rows[unit.Operator](unit.Anchor);
        var (from, to) = (input.Quantization, output.Quantization);
        var kernel = TableKernel.Of(from, q => to.Quantize(function(from.Dequantize(q))));
        context.Add(new ElementwiseLayer(unit.Unit, kernel, [source], context.Define(output.Value, order)));
    }

    /// <summary>A map with its integers changed to other parameters; itself when they are equal.</summary>
    internal static Map Requantized(UnitView unit, LoweringContext context, Map source, Quantization from, Quantization to)
    {
        if (from == to)
        {
            return source;
        }

        var target = LoweringContext.Temporary(source.Batch, source.Height, source.Width, source.Channels);
        context.Add(new ElementwiseLayer(unit.Unit, TableKernel.Of(from, q => to.Quantize(from.Dequantize(q))), [source], target));
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
