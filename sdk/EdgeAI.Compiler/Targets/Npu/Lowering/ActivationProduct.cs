using EdgeAI.Compiler.Targets.Npu.Layers;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu.Lowering;

/// <summary>MatMul and Gemm of two activations: batches of matrices; one of them may be shared by the batch.</summary>
internal static class ActivationProduct
{
    /// <summary>True when the second operand is no constant matrix.</summary>
    public static bool Applies(UnitView unit) => unit.Input(1) is { } second && (!second.IsConstant || (unit.Operator == "MatMul" && second.Value.Shape.Rank > 2));

    public static string? WhyNot(UnitView unit)
    {
        var (a, b, attributes) = (unit.Input(0)!, unit.Input(1)!, unit.Anchor.Attributes);
        if (b.WhyNotPerTensor() is { } reason)
        {
            return reason;
        }

        var (left, right) = (a.Value.Shape, b.Value.Shape);
        return left.Rank < 2 || right.Rank < 2 ? $"shapes {left} and {right}; expected matrices"
            : attributes.Int("transA", 0) != 0 && left.Rank != 2 ? "transA on a batch"
            : BatchOf(left) != 1 && BatchOf(right) != 1 && !Leading(left).SequenceEqual(Leading(right)) ? $"batches {left} and {right}; expected equal ones, or one matrix for all"
            : unit.Operator == "Gemm" ? WhyNotBias(unit, attributes.Int("transB", 0) != 0 ? right[0].Value : right[1].Value)
            : null;
    }

    private static string? WhyNotBias(UnitView unit, long columns)
    {
        if (unit.Input(2) is null || BiasOperand.WhyNot(unit, columns) is not null)
        {
            return BiasOperand.WhyNot(unit, columns);
        }

        var (a, b, beta) = (unit.Input(0)!.Quantization, unit.Input(1)!.Quantization, unit.Anchor.Attributes.Float("beta", 1));
        return beta != 1 ? $"beta is {beta}; expected 1"
            : BiasRows.Of(BiasOperand.Read(unit, (int)columns), a, b) is null ? $"a bias that few products of differences from the zero points {a.ZeroPoint} and {b.ZeroPoint} cannot make up; expected a smaller one, or other zero points"
            : null;
    }

    public static void Lower(UnitView unit, LoweringContext context)
    {
        var (a, b, c, attributes) = (unit.Input(0)!, unit.Input(1)!, unit.Output!, unit.Anchor.Attributes);
        var first = Matrices(unit, context, a, attributes.Int("transA", 0) != 0);
        var second = Matrices(unit, context, b, attributes.Int("transB", 0) != 0);
        if (unit.Operator == "Gemm" && unit.Input(2) is not null)
        {
            (first, second) = WithBias(unit, context, first, second);
        }

        var batch = Math.Max(first.Batch, second.Batch);
        if (first.Batch == batch && second.Batch == 1 && batch > 1)
        {
            // All rows meet the same matrix.
            first = first.Reshaped(1, 1, checked(first.Batch * first.Width), first.Channels);
            batch = 1;
        }

        var target = context.DefineDense(c.Value, MapOrder.Plain).Reshaped(batch, 1, first.Width, second.Channels);
        var (x, y, z) = (a.Quantization, b.Quantization, c.Quantization);
        var multiplier = attributes.Float("alpha", 1) * x.Scale * y.Scale / z.Scale;
        context.Add(new MatrixProductLayer(unit.Unit, new ProductConstants(x, y, z, multiplier, ClipBounds.Limits(unit.Activation, z)), first, second, target));
    }

    /// <summary>Both matrices with the bias behind their depth.</summary>
    private static (Map First, Map Second) WithBias(UnitView unit, LoweringContext context, Map first, Map second)
    {
        var (rows, depth, columns) = (first.Width, first.Channels, second.Channels);
        var bias = BiasRows.Of(BiasOperand.Read(unit, columns), unit.Input(0)!.Quantization, unit.Input(1)!.Quantization)!;
        var all = depth + bias.Columns.Length;
        var (left, right) = (LoweringContext.Temporary(1, 1, rows, all), LoweringContext.Temporary(1, 1, all, columns));
        context.Add(CopyLayer.Same(unit.Unit, first, left with { Channels = depth }));
        context.Add(new CopyLayer(
            unit.Unit, Constant(1, bias.Columns), left with { Offset = depth, Channels = bias.Columns.Length }, [new(rows, 0, all), new(bias.Columns.Length, 1, 1)]));
        context.Add(CopyLayer.Same(unit.Unit, second, right with { Width = depth }));
        context.Add(CopyLayer.Same(unit.Unit, Constant(bias.Columns.Length, bias.Digits), right with { Offset = (long)depth * columns, Width = bias.Columns.Length }));
        return (left, right);
    }

    private static Map Constant(int rows, byte[] bytes) => Map.Dense(new Storage(StorageKind.Constant, bytes.Length, 0, bytes), 1, 1, rows, bytes.Length / rows);

    /// <summary>A batch of matrices, rows as pixels.</summary>
    private static Map Matrices(UnitView unit, LoweringContext context, Operand operand, bool isTransposed)
    {
        var extents = LoweringContext.Extents(operand.Value);
        var (rows, columns) = ((int)extents[^2], (int)extents[^1]);
        var map = context.ReadDense(unit.Unit, operand.Value, MapOrder.Plain);
        if (!isTransposed)
        {
            return map.Reshaped((int)BatchOf(operand.Value.Shape), 1, rows, columns);
        }

        var target = LoweringContext.Temporary(1, 1, columns, rows);
        context.Add(new CopyLayer(unit.Unit, map, target, [new(columns, 1, rows), new(rows, columns, 1)]));
        return target;
    }

    private static long BatchOf(Shape shape) => Leading(shape).Aggregate(1L, (product, extent) => checked(product * extent));

    /// <summary>Extents before the matrix, from the first that is not 1 on: equal ones go through their matrices in the same order.</summary>
    private static IEnumerable<long> Leading(Shape shape) => shape.Dimensions.Take(shape.Rank - 2).Select(extent => extent.Value).SkipWhile(extent => extent == 1);
}
