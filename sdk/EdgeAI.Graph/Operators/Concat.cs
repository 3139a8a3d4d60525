using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Tensors one behind the other along an axis.</summary>
internal static class Concat
{
    public static OperatorSchema Schema { get; } = new("Concat", 1, 4, 11, 13)
    {
        Inputs = "inputs+:T",
        Outputs = "concat_result:T",
        Types = "T=any",
        Attributes = "axis:int!",
        Infer = Run,
        Needs = (node, _) => OperandNeed.EqualRanks(node, Enumerable.Range(0, node.Inputs.Count)),
        Propagate = Join,
        Evaluate = Compute,
    };

    private static void Run(InferenceContext context)
    {
        var shapes = Enumerable.Range(0, context.InputCount).Select(context.ShapeOf).ToArray();
        var known = Array.Find(shapes, shape => shape.HasRank);
        if (!known.HasRank)
        {
            context.Set(0, Shape.Unknown);
            return;
        }

        var axis = context.Axis(context.Int("axis"), known.Rank);
        var result = known;
        foreach (var shape in shapes.Where(shape => shape.HasRank))
        {
            result = Extents.Unify(result.With(axis, Dimension.Unknown), shape.Rank == known.Rank ? shape.With(axis, Dimension.Unknown) : shape)
                ?? throw context.Error($"an operand has shape {shape}; expected {result.With(axis, Dimension.Unknown)} (axis {axis} joined).");
        }

        var length = shapes.Aggregate((Dimension)0, (sum, shape) => Extents.Add(sum, shape.HasRank ? shape[axis] : Dimension.Unknown));
        context.Set(0, result.With(axis, length));
    }

    private static void Join(InferenceContext context)
    {
        var items = new List<SymbolicInteger>();
        for (var i = 0; i < context.InputCount; i++)
        {
            var shape = context.ShapeOf(i);
            var isVector = shape.HasRank && shape.Rank == 1 && shape[0] is { IsKnown: true, Value: <= IntegerTensor.MaximumCount };
            if (!isVector || context.ElementOf(i) is not (DataType.Int64 or DataType.Int32))
            {
                return;
            }

            items.AddRange(context.IntegersOf(i)?.Items ?? [.. Enumerable.Repeat(SymbolicInteger.Unknown, (int)shape[0].Value)]);
        }

        context.SetIntegers(0, IntegerTensor.Vector([.. items]));
    }

    private static ConstantTensor? Compute(InferenceContext context)
    {
        var result = (context.ResultType(0) as TensorType)!;
        if (!result.Shape.IsStatic || result.Element.BitCount() % 8 != 0 || result.Element.BitCount() == 0)
        {
            return null;
        }

        var axis = context.Axis(context.Int("axis"), result.Shape.Rank);
        var bytes = new byte[checked((int)result.Element.ByteCount(result.Shape.ElementCount))];
        var outer = result.Shape.Take(axis).Aggregate(1L, (count, extent) => count * extent.Value);
        var position = 0;
        for (var i = 0L; i < outer; i++)
        {
            for (var operand = 0; operand < context.InputCount; operand++)
            {
                var data = context.ConstantOf(operand)!.Data.Span;
                var size = (int)(data.Length / outer);
                data.Slice((int)(i * size), size).CopyTo(bytes.AsSpan(position));
                position += size;
            }
        }

        return new(result.Element, result.Shape, bytes);
    }
}
