using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Operators that make tensors from attributes: random numbers, signal windows.</summary>
internal static class Generation
{
    /// <summary>A type given by its number in an attribute; Undefined where it is absent.</summary>
    public static DataType TypeOf(InferenceContext context, string attribute)
    {
        if (context.IntOrNull(attribute) is not { } number || number == 0)
        {
            return DataType.Undefined;
        }

        return number is > 0 and <= (long)DataType.Int2 ? (DataType)number
            : throw context.Error($"attribute '{attribute}' is {number}; expected the number of an element type.");
    }

    /// <summary>Shape and type by attributes.</summary>
    public static void FromAttributes(InferenceContext context) =>
        context.Set(0, TypeOf(context, "dtype"), new Shape(context.Ints("shape").AsSpan()));

    /// <summary>The operand's shape; its type too, where dtype does not say another.</summary>
    public static void Like(InferenceContext context)
    {
        var type = TypeOf(context, "dtype");
        context.Set(0, type == DataType.Undefined ? context.ElementOf(0) : type, context.ShapeOf(0));
    }

    /// <summary>A vector whose length is operand 0.</summary>
    public static void Window(InferenceContext context)
    {
        var size = context.IntegersOf(0) is { Items.Length: 1 } integers ? integers.Items[0].ToDimension() : Dimension.Unknown;
        context.Set(0, TypeOf(context, "output_datatype"), new Shape([size]));
    }
}
