using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>A tensor that stands in an attribute.</summary>
internal static class Constant
{
    public static OperatorSchema Schema { get; } = new("Constant", 1, 9, 11, 12, 13, 19, 21, 23, 24, 25)
    {
        Outputs = "output:T",
        Types = "T=any",
        Attributes =
            "sparse_value:sparse@11 value:tensor!@-11 value:tensor@11 value_float:float@12 value_floats:floats@12 " +
            "value_int:int@12 value_ints:ints@12 value_string:text@12 value_strings:texts@12",
        Infer = Run,
        Evaluate = context => TensorOf(context.Node),
    };

    /// <summary>The tensor of a Constant node; null where it is sparse.</summary>
    /// <exception cref="ModelFormatException">There is no value, or more than one.</exception>
    public static ConstantTensor? TensorOf(Node node)
    {
        var values = node.Attributes.Where(attribute => attribute.Name.StartsWith("value", StringComparison.Ordinal) || attribute.Name == "sparse_value").ToList();
        if (values.Count != 1)
        {
            throw new ModelFormatException($"{node}: found {values.Count} values; expected one of value, value_int, value_float, value_string, their lists, sparse_value.");
        }

        return values[0].Value switch
        {
            AttributeValue.Tensor tensor => tensor.Value,
            AttributeValue.Float number => ConstantTensor.Of(Shape.Scalar, number.Value),
            AttributeValue.Int number => ConstantTensor.Of(Shape.Scalar, number.Value),
            AttributeValue.Text text => new(Shape.Scalar, [text.Value]),
            AttributeValue.Floats list => ConstantTensor.Of<float>(new Shape((long)list.Values.Length), list.Values.AsSpan()),
            AttributeValue.Ints list => ConstantTensor.Of<long>(new Shape((long)list.Values.Length), list.Values.AsSpan()),
            AttributeValue.Texts list => new(new Shape((long)list.Values.Length), list.Values),
            _ => null,
        };
    }

    private static void Run(InferenceContext context)
    {
        if (TensorOf(context.Node) is { } tensor)
        {
            context.Set(0, tensor.Type, tensor.Shape);
            context.SetIntegers(0, IntegerTensor.From(tensor));
        }
        else if (context.Attribute("sparse_value") is AttributeValue.Sparse sparse)
        {
            context.Set(0, sparse.Value.Values.Type, new Shape(sparse.Value.Extents.AsSpan()));
        }
    }
}
