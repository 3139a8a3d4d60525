using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>
/// Operators of two quantized operands, broadcast, one of them perhaps constant. Add and Mul of one type follow the integer rules of
/// QLinearAdd and QLinearMul; all else is what ONNX Runtime leaves in float between the quantizers, and is computed so. Float constants
/// along one axis become tables.
/// </summary>
internal sealed class BinaryLowering : OperatorLowering
{
    private static readonly Dictionary<string, ArithmeticOperation> Operations = new(StringComparer.Ordinal)
    {
        ["Add"] = ArithmeticOperation.Add, ["Sub"] = ArithmeticOperation.Subtract, ["Mul"] = ArithmeticOperation.Multiply,
        ["Div"] = ArithmeticOperation.Divide, ["Min"] = ArithmeticOperation.Minimum, ["Max"] = ArithmeticOperation.Maximum,
        ["PRelu"] = ArithmeticOperation.ParametricRelu,
    };

    public override IReadOnlyList<string> Operators { get; } = [.. Operations.Keys];

    public override bool TakesConstantOperands => true;

    public override bool FusesActivation => true;

    public override string? WhyNot(UnitView unit)
    {
        if (ChannelTables.Applies(unit))
        {
            return ChannelTables.WhyNot(unit);
        }

        if (unit.Operands.Length != 2 || unit.Input(0) is not { } a || unit.Input(1) is not { } b)
        {
            return $"{unit.Operands.Length} operands, {unit.Operands.Count(operand => operand is not null)} of them quantized; expected two 8-bit operands";
        }

        var rank = BroadcastShape.Of(unit).Output.Length;
        return rank > TensorAxes.MapRank ? $"shapes {a.Value.Shape} and {b.Value.Shape} broadcast along {rank} groups of axes; expected at most {TensorAxes.MapRank}" : null;
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        if (ChannelTables.Applies(unit))
        {
            ChannelTables.Lower(unit, context);
            return;
        }

        var (a, b, c) = (unit.Input(0)!, unit.Input(1)!, unit.Output!);
        var isFolded = c.Value.Shape.Rank > TensorAxes.MapRank;
        var order = c.Value.Shape.Rank is 3 or 4 ? context.OrderOf(Leading(a, b, c).Value) : MapOrder.Plain;
        var (shape, target) = (BroadcastShape.Of(unit), isFolded ? context.DefineDense(c.Value, order) : context.Define(c.Value, order));
        target = isFolded ? BroadcastShape.Apply(target, shape.Output) : target;
        var (first, second) = (Read(a, shape.First), Read(b, shape.Second));
        if (IsInteger(unit))
        {
            (first, second) = (Biasing.Apply(unit, context, a, first), Biasing.Apply(unit, context, b, second));
            var kernel = Integer(unit.Operator, Biasing.Of(unit, a), Biasing.Of(unit, b), Biasing.Of(unit, c));
            Biasing.Write(unit, context, target, map => new ElementwiseLayer(unit.Unit, kernel, [first, second], map));
            return;
        }

        var limits = ClipBounds.Limits(unit.Activation, c.Quantization);
        var real = new ArithmeticKernel(Operations[unit.Operator], a.Quantization, b.Quantization, c.Quantization, limits);
        context.Add(new ElementwiseLayer(unit.Unit, real, [first, second], target));

        Map Read(Operand operand, int[] folded) => isFolded
            ? BroadcastShape.Apply(context.ReadDense(unit.Unit, operand.Value, MapOrder.Plain), folded)
            : context.ReadAligned(unit.Unit, operand.Value, c.Value.Shape.Rank, order);
    }

    /// <summary>
    /// True where ONNX Runtime has an integer kernel: Add and Mul, one type throughout, nothing between them and the quantizer. On x64 it turns
    /// int8 run-time values of groups into uint8 and leaves constants, so that a group of both has two types and stays in float.
    /// </summary>
    private static bool IsInteger(UnitView unit) =>
        unit.Operator is "Add" or "Mul"
        && unit.Operands.OfType<Operand>().Concat(unit.Outputs).Select(operand => operand.Type).Distinct().Count() == 1
        && !(unit.Form == UnitForm.Group && unit.Output!.Type == DataType.Int8 && unit.Operands.Any(operand => operand!.IsConstant))
        && (unit.Activation is null || ClipBounds.WhyNotImplied(unit.Activation, unit.Output!.Quantization) is null);

    private static ElementwiseKernel Integer(string op, Quantization a, Quantization b, Quantization c) =>
        op == "Add" ? new AddKernel(a, b, c) : new MultiplyKernel(a, b, c);

    /// <summary>The operand whose order the result takes: one of the result's shape that comes at run time.</summary>
    private static Operand Leading(Operand a, Operand b, Operand c) =>
        a.IsConstant || (!b.IsConstant && a.Value.Shape != c.Value.Shape && b.Value.Shape == c.Value.Shape) ? b : a;
}

/// <summary>Extents of two broadcast operands and their result, with neighbouring axes that both operands treat alike as one.</summary>
internal sealed record BroadcastShape(int[] First, int[] Second, int[] Output)
{
    public static BroadcastShape Of(UnitView unit)
    {
        var output = LoweringContext.Extents(unit.Output!.Value);
        var (first, second) = (Aligned(unit.Input(0)!, output.Length), Aligned(unit.Input(1)!, output.Length));
        var (a, b, c) = (new List<int>(), new List<int>(), new List<int>());
        var last = (First: false, Second: false);
        for (var i = 0; i < output.Length; i++)
        {
            var repeats = (First: first[i] != output[i], Second: second[i] != output[i]);
            if (output[i] == 1)
            {
                continue;
            }

            if (c.Count > 0 && repeats == last)
            {
                (a[^1], b[^1], c[^1]) = checked((a[^1] * (int)first[i], b[^1] * (int)second[i], c[^1] * (int)output[i]));
                continue;
            }

            a.Add((int)first[i]);
            b.Add((int)second[i]);
            c.Add((int)output[i]);
            last = repeats;
        }

        return new BroadcastShape([.. a], [.. b], [.. c]);
    }

    /// <summary>A dense map under folded extents.</summary>
    public static Map Apply(Map map, int[] extents)
    {
        int[] four = [.. Enumerable.Repeat(1, TensorAxes.MapRank - extents.Length), .. extents];
        return map.Reshaped(four[0], four[1], four[2], four[3]);
    }

    private static long[] Aligned(Operand operand, int rank)
    {
        var extents = LoweringContext.Extents(operand.Value);
        return [.. Enumerable.Repeat(1L, rank - extents.Length), .. extents];
    }
}
