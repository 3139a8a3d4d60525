using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Classifiers and regressors of ai.onnx.ml over rows of features.</summary>
internal static class Classifiers
{
    /// <summary>A label per row, and a score per row and class.</summary>
    /// <param name="context">The node.</param>
    /// <param name="numbers">Attribute that holds labels which are numbers; texts stand in classlabels_strings.</param>
    public static void Infer(InferenceContext context, string numbers)
    {
        var texts = context.Attribute("classlabels_strings") as AttributeValue.Texts;
        var isText = texts is { Values.Length: > 0 };
        var rows = Rows(context);
        var count = isText ? texts!.Values.Length : context.Ints(numbers) is { IsDefaultOrEmpty: false } labels ? labels.Length : 0;
        context.Set(0, isText ? DataType.String : DataType.Int64, new Shape([rows]));
        context.Set(1, DataType.Float32, new([rows, count > 1 ? count : Dimension.Unknown]));
    }

    /// <summary>So many numbers per row as the attribute says.</summary>
    public static void Regress(InferenceContext context, string targets) =>
        context.Set(0, new([Rows(context), targets.Length == 0 ? 1 : context.IntOrNull(targets) ?? 1]));

    private static Dimension Rows(InferenceContext context)
    {
        var shape = context.ShapeOf(0);
        return !shape.HasRank ? Dimension.Unknown : shape.Rank == 1 ? 1 : shape[0];
    }
}
