using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>A subgraph run again and again, with carried values and stacked results.</summary>
internal static class Loop
{
    public static OperatorSchema Schema { get; } = new("Loop", 1, 11, 13, 16, 19, 21, 23, 24, 25)
    {
        Inputs = "M?:I cond?:B v_initial*:V",
        Outputs = "v_final_and_scan_outputs+:V",
        Types = "V=any I=i64 B=bool",
        Attributes = "body:graph!",
        Infer = Run,
        Needs = (_, _) => [new(0) { IsSingle = true }, new(1) { IsSingle = true }],
    };

    private static void Run(InferenceContext context)
    {
        var body = context.Subgraph("body");
        var carried = Enumerable.Range(2, Math.Max(0, context.InputCount - 2)).Select(context.TypeOf).ToArray();
        ValueType?[] leading = [new TensorType(DataType.Int64, Shape.Scalar), new TensorType(DataType.Boolean, Shape.Scalar)];
        var outputs = Bodies.InferCarried(context, body, leading, carried, [], 1);
        if (outputs.Length != context.OutputCount + 1)
        {
            throw context.Error($"body '{body.Name}' has {outputs.Length} outputs; expected {context.OutputCount + 1}: the condition and one for each result.");
        }

        for (var i = 0; i < context.OutputCount; i++)
        {
            context.SetType(i, i < carried.Length ? TypeMerge.Either(carried[i], outputs[i + 1]) : Bodies.Stack(outputs[i + 1], 0, Dimension.Unknown));
        }
    }
}
