using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Numbers from a start to a limit in equal steps.</summary>
internal static class NumberRange
{
    public static OperatorSchema Schema { get; } = new("Range", 11, 27)
    {
        Inputs = "start:T limit:T delta:T",
        Outputs = "output:T",
        Types = "T=float|i16|i32|i64",
        Attributes = "stash_type:int=1@27",
        Infer = Run,
    };

    internal static void Run(InferenceContext context)
    {
        if (context.NumbersOf(0) is [var start] && context.NumbersOf(1) is [var limit] && context.NumbersOf(2) is [var step])
        {
            SetIntegers(context, start, limit, step);
            return;
        }

        if (context.IntegersOf(0) is { Items: [var first] } && context.IntegersOf(1) is { Items: [var last] }
            && context.IntegersOf(2) is { Items: [var one] } && one.Is(1))
        {
            context.Set(0, new Shape([(last - first).AtLeastZero().ToDimension()]));
            return;
        }

        context.Set(0, new Shape([Number(context, 0) is { } a && Number(context, 1) is { } b && Number(context, 2) is { } c && c != 0
            ? Dimension.Of((long)Math.Max(0, Math.Ceiling((b - a) / c)))
            : Dimension.Unknown]));
    }

    private static void SetIntegers(InferenceContext context, long start, long limit, long step)
    {
        if (step == 0)
        {
            throw context.Error("the step is 0; expected another number.");
        }

        var span = checked(limit - start);
        var count = Math.Max(0, step > 0 ? (span + step - 1) / step : (-span - step - 1) / -step);
        context.Set(0, new Shape(count));
        if (count <= IntegerTensor.MaximumCount)
        {
            context.SetIntegers(0, IntegerTensor.Vector([.. Enumerable.Range(0, (int)count).Select(i => SymbolicInteger.Of(start + i * step))]));
        }
    }

    private static double? Number(InferenceContext context, int input) => context.ConstantOf(input) switch
    {
        { Type: DataType.Float32, Shape.ElementCount: 1 } single => single.AsSpan<float>()[0],
        { Type: DataType.Float64, Shape.ElementCount: 1 } real => real.AsSpan<double>()[0],
        _ => null,
    };
}
