using System.Numerics;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Arithmetic on constants whose result IEEE 754 (or two's complement) fixes bit by bit, so that every processor gives the same.</summary>
internal static class Arithmetic
{
    public enum Operation
    {
        Add,
        Subtract,
        Multiply,
        Divide,
    }

    /// <summary>Result 0 of operands 0 and 1, broadcast; null for element types that are left to others.</summary>
    public static ConstantTensor? Binary(InferenceContext context, Operation operation) => context.ElementOf(0) switch
    {
        DataType.Float32 => Binary<float>(context, operation),
        DataType.Float64 => Binary<double>(context, operation),
        DataType.Int32 when operation != Operation.Divide => Binary<int>(context, operation),
        DataType.Int64 when operation != Operation.Divide => Binary<long>(context, operation),
        _ => null,
    };

    /// <summary>Result 0 of operand 0, element by element; null for element types that are left to others.</summary>
    public static ConstantTensor? Unary(InferenceContext context, Func<float, float> single, Func<double, double> twice) => context.ElementOf(0) switch
    {
        DataType.Float32 => Unary(context, single),
        DataType.Float64 => Unary(context, twice),
        _ => null,
    };

    private static ConstantTensor? Unary<T>(InferenceContext context, Func<T, T> function)
        where T : unmanaged
    {
        var constant = context.ConstantOf(0)!;
        var source = constant.AsSpan<T>();
        var result = new T[source.Length];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = function(source[i]);
        }

        return ConstantTensor.Of<T>(constant.Shape, result);
    }

    private static ConstantTensor? Binary<T>(InferenceContext context, Operation operation)
        where T : unmanaged, INumber<T>
    {
        if (context.ResultShape(0) is not { IsStatic: true } shape || context.ConstantOf(0) is not { } left || context.ConstantOf(1) is not { } right
            || Movement.Strided(shape, Extents.BroadcastStrides(left.Shape, shape)) is not { } fromLeft
            || Movement.Strided(shape, Extents.BroadcastStrides(right.Shape, shape)) is not { } fromRight)
        {
            return null;
        }

        var a = left.AsSpan<T>();
        var b = right.AsSpan<T>();
        var result = new T[shape.ElementCount];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = Apply(operation, a[(int)fromLeft.Sources![i]], b[(int)fromRight.Sources![i]]);
        }

        return ConstantTensor.Of<T>(shape, result);
    }

    private static T Apply<T>(Operation operation, T x, T y)
        where T : INumber<T> => operation switch
        {
            Operation.Add => unchecked(x + y),
            Operation.Subtract => unchecked(x - y),
            Operation.Multiply => unchecked(x * y),
            _ => x / y,
        };
}
