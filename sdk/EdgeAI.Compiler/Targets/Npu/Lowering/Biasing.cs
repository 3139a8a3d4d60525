using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>
/// ONNX Runtime on x64 turns int8 pairs of quantizer and dequantizer into uint8 ones before it fuses groups. Where a kernel adds
/// the zero point before it rounds, this shows near ties, so such groups are computed on uint8 here too. QLinear forms stay as they are.
/// </summary>
internal static class Biasing
{
    private const int Shift = 128;

    /// <summary>The parameters that a group computes with.</summary>
    public static Quantization Of(UnitView unit, Operand operand)
    {
        var given = operand.Quantization;
        return Applies(unit) ? new Quantization(DataType.UInt8, given.Scale, given.ZeroPoint + Shift) : given;
    }

    /// <summary>An operand's elements in the domain of <see cref="Of"/>.</summary>
    public static Map Read(UnitView unit, LoweringContext context, Operand operand, MapOrder order) =>
        Apply(unit, context, operand, context.Read(unit.Unit, operand.Value, order));

    /// <summary>A map of an operand's elements brought to the domain of <see cref="Of"/>.</summary>
    public static Map Apply(UnitView unit, LoweringContext context, Operand operand, Map map) =>
        TableLowering.Requantized(unit, context, map, operand.Quantization, Of(unit, operand));

    /// <summary>Adds a layer that makes the result in the domain of <see cref="Of"/>, and what brings it back.</summary>
    public static void Write(UnitView unit, LoweringContext context, Map target, Func<Map, Layer> layer) =>
        TableLowering.AddRequantized(unit, context, target, Of(unit, unit.Output!), unit.Output!.Quantization, layer);

    private static bool Applies(UnitView unit) => unit.Form == UnitForm.Group && unit.Output!.Type == DataType.Int8;
}
