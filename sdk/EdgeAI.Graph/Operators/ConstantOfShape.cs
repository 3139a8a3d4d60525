using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>One value repeated over a shape.</summary>
internal static class ConstantOfShape
{
    public static OperatorSchema Schema { get; } = new("ConstantOfShape", 9, 20, 21, 23, 24, 25)
    {
        Inputs = "input:T1",
        Outputs = "output:T2",
        Types = "T1=i64 T2=numeric|bool|float8|narrow",
        Attributes = "value:tensor",
        Infer = Run,
        Evaluate = Fill,
    };

    private static void Run(InferenceContext context)
    {
        var shape = Movement.ShapeFrom(context, 0);
        var value = Item(context);
        context.Set(0, value.Type, shape);
        if (shape.IsStatic && shape.ElementCount <= IntegerTensor.MaximumCount && IntegerTensor.From(value) is { } item)
        {
            context.SetIntegers(0, new([.. shape.ToArray()], [.. Enumerable.Repeat(item.Items[0], (int)shape.ElementCount)]));
        }
    }

    private static ConstantTensor? Fill(InferenceContext context)
    {
        var (item, shape) = (Item(context), context.ResultShape(0));
        if (!shape.IsStatic || item.Type.BitCount() % 8 != 0 || item.Type.BitCount() == 0)
        {
            return null;
        }

        var bytes = new byte[checked((int)item.Type.ByteCount(shape.ElementCount))];
        for (var i = 0; i < bytes.Length; i += item.Data.Length)
        {
            item.Data.Span.CopyTo(bytes.AsSpan(i));
        }

        return new(item.Type, shape, bytes);
    }

    private static ConstantTensor Item(InferenceContext context)
    {
        var value = context.Attribute("value") is AttributeValue.Tensor tensor ? tensor.Value : ConstantTensor.Of(new Shape(1L), 0f);
        return value.Shape.ElementCount == 1 ? value : throw context.Error($"attribute 'value' has shape {value.Shape}; expected one element.");
    }
}
