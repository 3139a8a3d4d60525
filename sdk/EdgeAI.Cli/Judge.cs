using EdgeAI.Hal;

namespace EdgeAI.Cli;

/// <summary>Says how good a model's answers are; each row of a table has a twin of its own.</summary>
internal abstract class Judge
{
    /// <summary>Names of the figures.</summary>
    public abstract IReadOnlyList<string> Columns { get; }

    public abstract IReadOnlyList<double> Figures { get; }

    public abstract Judge Twin();

    public abstract void Add(ModelResult result, int sample);

    /// <summary>The output of that name, or the first.</summary>
    protected static ReadOnlySpan<float> Output(ModelResult result, string? name)
    {
        try
        {
            return (name is null ? result[0] : result[name]).AsSpan<float>();
        }
        catch (KeyNotFoundException error)
        {
            throw new TensorMismatchException(error.Message);
        }
    }
}

/// <summary>Top-1 and top-5 accuracy.</summary>
internal sealed class TopJudge(LabelSource labels, string? score) : Judge
{
    private readonly TopAccuracy _accuracy = new();

    public override IReadOnlyList<string> Columns => ["top-1 %", "top-5 %"];

    public override IReadOnlyList<double> Figures => [100 * _accuracy.Top1, 100 * _accuracy.Top5];

    public override Judge Twin() => new TopJudge(labels, score);

    public override void Add(ModelResult result, int sample)
    {
        var (scores, label) = (Output(result, score).ToArray(), labels.Number(sample));
        Check(label, scores.Length, sample);
        _accuracy.Add(scores, label);
    }

    /// <exception cref="TensorMismatchException">There is no such class.</exception>
    public static void Check(int label, int classes, int sample)
    {
        if ((uint)label >= (uint)classes)
        {
            throw new TensorMismatchException($"Sample {sample} has class {label}; the model tells {classes} classes apart.");
        }
    }
}

/// <summary>The area under the ROC curve of a score that should be high for all classes but 0.</summary>
internal sealed class AucJudge(LabelSource labels, string? score) : Judge
{
    private readonly RocCurve _curve = new();

    public override IReadOnlyList<string> Columns => ["AUC"];

    public override IReadOnlyList<double> Figures => [_curve.Area()];

    public override Judge Twin() => new AucJudge(labels, score);

    public override void Add(ModelResult result, int sample) => _curve.Add(Output(result, score)[0], labels.Number(sample) != 0);
}

/// <summary>Mean average precision of boxes by corners with a score per class.</summary>
internal sealed class DetectionJudge(LabelSource labels, string boxes, string scores) : Judge
{
    private const float LeastScore = 0.05f;

    private readonly DetectionAccuracy _accuracy = new();

    public override IReadOnlyList<string> Columns => ["mAP@0.5 %"];

    public override IReadOnlyList<double> Figures => [100 * _accuracy.MeanAveragePrecision()];

    public override Judge Twin() => new DetectionJudge(labels, boxes, scores);

    public override void Add(ModelResult result, int sample)
    {
        var (corners, classes) = (Output(result, boxes).ToArray(), Output(result, scores).ToArray());
        var count = corners.Length / 4;
        if (count == 0 || classes.Length % count != 0)
        {
            throw new TensorMismatchException($"Outputs '{boxes}' and '{scores}' have {corners.Length} and {classes.Length} elements; expected four corners and a score per class for each box.");
        }

        var found = new List<DetectionBox>();
        for (var i = 0; i < classes.Length; i++)
        {
            if (classes[i] >= LeastScore)
            {
                var at = i / (classes.Length / count) * 4;
                found.Add(new(i % (classes.Length / count), corners[at], corners[at + 1], corners[at + 2], corners[at + 3], classes[i]));
            }
        }

        _accuracy.Add(DetectionAccuracy.Suppress(found), labels.Boxes(sample));
    }
}
