using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>A subgraph run over slices, with carried states and stacked results.</summary>
internal static class Scan
{
    public static OperatorSchema Schema { get; } = new("Scan", 8, 9, 11, 16, 19, 21, 23, 24, 25)
    {
        Inputs = "sequence_lens?:i64@-9 initial_state_and_scan_inputs+:V",
        Outputs = "final_state_and_scan_outputs+:V",
        Types = "V=any",
        Attributes =
            "body:graph! directions:ints@-9 num_scan_inputs:int! scan_input_axes:ints@9 scan_input_directions:ints@9 " +
            "scan_output_axes:ints@9 scan_output_directions:ints@9",
        Infer = Run,
    };

    private static void Run(InferenceContext context)
    {
        var body = context.Subgraph("body");
        var scans = (int)context.Int("num_scan_inputs");
        var states = context.InputCount - scans;
        if (context.Version < 9)
        {
            context.InferBody(body);
            return;
        }

        if (scans < 1 || states < 0 || body.Inputs.Count != context.InputCount || body.Outputs.Count != context.OutputCount)
        {
            throw context.Error($"body '{body.Name}' has {body.Inputs.Count} inputs and {body.Outputs.Count} outputs; expected {context.InputCount} and {context.OutputCount}.");
        }

        var length = Dimension.Unknown;
        var slices = new ValueType?[scans];
        for (var i = 0; i < scans; i++)
        {
            (slices[i], var extent) = Slice(context, states + i, Axis(context, "scan_input_axes", i));
            length = Extents.Unify(length, extent) ?? throw context.Error($"scanned operands have {length} and {extent} slices; expected equal numbers.");
        }

        var carried = Enumerable.Range(0, states).Select(context.TypeOf).ToArray();
        var outputs = Bodies.InferCarried(context, body, [], carried, slices, 0);
        for (var i = 0; i < context.OutputCount; i++)
        {
            context.SetType(i, i < states ? TypeMerge.Either(carried[i], outputs[i])
                : Bodies.Stack(outputs[i], Axis(context, "scan_output_axes", i - states), length));
        }
    }

    private static (ValueType? Slice, Dimension Extent) Slice(InferenceContext context, int input, int axis)
    {
        var shape = context.ShapeOf(input);
        if (!shape.HasRank)
        {
            return (context.TypeOf(input), Dimension.Unknown);
        }

        var place = context.Axis(axis, shape.Rank, "scan_input_axes");
        return (Bodies.Slice(context.TypeOf(input), place), shape[place]);
    }

    private static int Axis(InferenceContext context, string attribute, int index)
    {
        var axes = context.Ints(attribute);
        return axes.IsDefault || index >= axes.Length ? 0 : (int)Math.Clamp(axes[index], -64, 64);
    }
}
