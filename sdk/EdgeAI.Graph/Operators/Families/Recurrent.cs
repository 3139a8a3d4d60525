using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>RNN, GRU, LSTM: sequence results and final states, batch-first or not.</summary>
internal static class Recurrent
{
    /// <summary>Result 0 is every step, the results behind it are final states.</summary>
    public static void Infer(InferenceContext context)
    {
        var data = context.ShapeOf(0);
        context.ExpectRank(0, 3);
        var isBatchFirst = context.Attribute("layout") is AttributeValue.Int { Value: 1 };
        var (steps, batch) = !data.HasRank ? (Dimension.Unknown, Dimension.Unknown) : isBatchFirst ? (data[1], data[0]) : (data[0], data[1]);
        Dimension directions = context.Text("direction") == "bidirectional" ? 2 : 1;
        var hidden = Hidden(context);
        context.Set(0, isBatchFirst ? new([batch, steps, directions, hidden]) : new([steps, directions, batch, hidden]));
        for (var i = 1; i < context.OutputCount; i++)
        {
            context.Set(i, isBatchFirst ? new([batch, directions, hidden]) : new Shape([directions, batch, hidden]));
        }
    }

    private static Dimension Hidden(InferenceContext context)
    {
        var recurrence = context.ShapeOf(2);
        return context.IntOrNull("hidden_size") is { } size ? size
            : recurrence is { HasRank: true, Rank: 3 } ? recurrence[2]
            : Dimension.Unknown;
    }
}
