using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>Add and Mul of two quantized operands, also broadcast, one of them also constant.</summary>
internal sealed class AddLowering : OperatorLowering
{
    public override IReadOnlyList<string> Operators { get; } = ["Add", "Mul"];

    public override bool TakesConstantOperands => true;

    public override string? WhyNot(UnitView unit)
    {
        if (unit.Input(0) is not { } a || unit.Input(1) is not { } b)
        {
            return "an operand is not quantized; expected two 8-bit operands";
        }

        var rank = Math.Max(a.Value.Shape.Rank, b.Value.Shape.Rank);
        return rank > 4 ? $"rank {rank}; expected at most 4"
            : a.Value.Shape.Rank != b.Value.Shape.Rank && rank > 2 && !IsSingle(a) && !IsSingle(b) ? $"shapes {a.Value.Shape} and {b.Value.Shape}; expected equal ranks"
            : new[] { a.Type, b.Type, unit.Output!.Type }.Distinct().Count() > 1 ? $"types {a.Type}, {b.Type} and {unit.Output.Type}; expected one, otherwise ONNX Runtime computes in float"
            : null;
    }

    public override void Lower(UnitView unit, LoweringContext context)
    {
        var (a, b, c) = (unit.Input(0)!, unit.Input(1)!, unit.Output!);
        var order = c.Value.Shape.Rank < 3 ? MapOrder.Plain : context.OrderOf(a.IsConstant || IsSingle(a) ? b.Value : a.Value);
        var target = context.Define(c.Value, order);
        var kernel = Kernel(unit.Operator, Biasing.Of(unit, a), Biasing.Of(unit, b), Biasing.Of(unit, c));
        var inputs = new[] { a, b }.Select(operand => Biasing.Read(unit, context, operand, order));
        Biasing.Write(unit, context, target, map => new ElementwiseLayer(unit.Unit, kernel, [.. inputs], map));
    }

    private static ElementwiseKernel Kernel(string op, Quantization a, Quantization b, Quantization c) =>
        op == "Add" ? new AddKernel(a, b, c) : new MultiplyKernel(a, b, c);

    private static bool IsSingle(Operand operand) => operand.Value.Shape.ElementCount == 1;
}
