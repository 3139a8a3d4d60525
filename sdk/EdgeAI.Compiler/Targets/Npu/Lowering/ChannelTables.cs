using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>
/// An operator on an 8-bit value and a float constant that varies along one axis, such as PRelu with a slope per channel: a table of 256
/// results per run of neighbours with one number, in float32 as ONNX Runtime leaves it between the quantizers.
/// </summary>
internal static class ChannelTables
{
    private const int MostTables = 1024;

    /// <summary>True for a group of one operator, perhaps with an activation, whose other operand is such a constant, of whatever shape.</summary>
    public static bool Applies(UnitView unit) =>
        unit.Form == UnitForm.Group && UnaryFunctions.Pairs.ContainsKey(unit.Operator) && unit.Operands.Length == 2 && unit.Operands.OfType<Operand>().Count() == 1
        && unit.RunTimeInputs.Any() && Numbers(unit) is { Type: DataType.Float32, Shape.ElementCount: > 1 }
        && unit.Unit.Nodes.All(node => node == unit.Anchor || node == unit.Activation || node.Is("DequantizeLinear") || node.Is("QuantizeLinear"));

    public static string? WhyNot(UnitView unit)
    {
        var (input, numbers) = (unit.RunTimeInputs.First().Value.Shape, Numbers(unit)!);
        return AxisOf(unit) is null ? $"constants of shape {numbers.Shape} beside {input}; expected some that vary along one of its axes"
            : Runs(numbers).Count() is var tables && tables > MostTables ? $"{tables} constants that differ from the one before; expected at most {MostTables}"
            : null;
    }

    public static void Lower(UnitView unit, LoweringContext context)
    {
        var (input, output, axis) = (unit.RunTimeInputs.First(), unit.Output!, AxisOf(unit)!.Value);
        var extents = LoweringContext.Extents(input.Value);
        var (outer, inner) = (Product(extents.AsSpan(0, axis)), Product(extents.AsSpan(axis + 1)));
        var (source, target) = (context.ReadDense(unit.Unit, input.Value, MapOrder.Plain), context.DefineDense(output.Value, MapOrder.Plain));
        foreach (var run in Runs(Numbers(unit)!))
        {
            context.Add(new ElementwiseLayer(unit.Unit, Table(unit, run.Number), [Part(source, run)], Part(target, run)));
        }

        Map Part(Map map, Run run)
        {
            var (row, channels) = (checked((int)extents[axis] * inner), checked(run.Count * inner));
            return new Map(map.Storage, map.Offset + ((long)run.Start * inner), 1, outer, 1, channels, checked(outer * row), row, channels);
        }
    }

    private readonly record struct Run(int Start, int Count, float Number);

    private static TableKernel Table(UnitView unit, float number)
    {
        var (from, to, function, isFirst) = (unit.RunTimeInputs.First().Quantization, unit.Output!.Quantization, UnaryFunctions.Pairs[unit.Operator], unit.Input(0) is null);
        var (low, high) = ClipBounds.Limits(unit.Activation, to);
        return TableKernel.Of(from, q => Math.Clamp(to.Quantize(isFirst ? function(number, from.Dequantize(q)) : function(from.Dequantize(q), number)), low, high));
    }

    private static ConstantTensor? Numbers(UnitView unit) => unit.Anchor.Input(unit.Input(0) is null ? 0 : 1)?.Constant;

    /// <summary>The only axis of the operand along which the constants vary; null when there are several, or when they widen the operand.</summary>
    private static int? AxisOf(UnitView unit)
    {
        var (input, own) = (LoweringContext.Extents(unit.RunTimeInputs.First().Value), Numbers(unit)!.Shape.ToArray());
        var axes = Enumerable.Range(0, own.Length).Where(i => own[i] > 1).ToList();
        var axis = input.Length - own.Length + axes[0];
        return axes.Count == 1 && own.Length <= input.Length && own[axes[0]] == input[axis] ? axis : null;
    }

    /// <summary>Neighbours of one bit pattern: 0 and −0 have tables of their own.</summary>
    private static IEnumerable<Run> Runs(ConstantTensor constant)
    {
        var (numbers, start) = (constant.AsSpan<float>().ToArray(), 0);
        for (var end = 1; end <= numbers.Length; end++)
        {
            if (end == numbers.Length || BitConverter.SingleToInt32Bits(numbers[end]) != BitConverter.SingleToInt32Bits(numbers[start]))
            {
                yield return new Run(start, end - start, numbers[start]);
                start = end;
            }
        }
    }

    private static int Product(ReadOnlySpan<long> extents)
    {
        var product = 1L;
        foreach (var extent in extents)
        {
            product = checked(product * extent);
        }

        return checked((int)product);
    }
}
