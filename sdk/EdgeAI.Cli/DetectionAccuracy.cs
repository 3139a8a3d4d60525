namespace EdgeAI.Cli;

/// <summary>Mean average precision of a detector over many pictures: the mean over classes of the area under precision by recall.</summary>
/// <param name="overlap">How far a box has to overlap with the true one (intersection over union) to be right.</param>
internal sealed class DetectionAccuracy(float overlap = 0.5f)
{
    private readonly Dictionary<int, List<(float Score, bool IsRight)>> _found = [];
    private readonly Dictionary<int, int> _truths = [];

    /// <summary>Pictures seen.</summary>
    public int Count { get; private set; }

    /// <summary>A picture's detections and what is in it. Each true box is found once; the surest detection takes it.</summary>
    public void Add(IEnumerable<DetectionBox> detections, IReadOnlyList<DetectionBox> truths)
    {
        Count++;
        foreach (var truth in truths)
        {
            _truths[truth.Label] = _truths.GetValueOrDefault(truth.Label) + 1;
        }

        var isTaken = new bool[truths.Count];
        foreach (var detection in detections.OrderByDescending(box => box.Score))
        {
            var best = Best(detection, truths, isTaken);
            if (best >= 0)
            {
                isTaken[best] = true;
            }

            (_found.TryGetValue(detection.Label, out var found) ? found : _found[detection.Label] = []).Add((detection.Score, best >= 0));
        }
    }

    /// <summary>The mean over the classes that occur in the pictures; NaN where none does.</summary>
    public double MeanAveragePrecision() => _truths.Count == 0 ? double.NaN : _truths.Keys.Average(AveragePrecision);

    /// <summary>Keeps of boxes of one class that overlap only the surest.</summary>
    public static IReadOnlyList<DetectionBox> Suppress(IEnumerable<DetectionBox> boxes, float overlap = 0.45f)
    {
        var kept = new List<DetectionBox>();
        foreach (var box in boxes.OrderByDescending(box => box.Score))
        {
            if (!kept.Exists(other => other.Label == box.Label && other.Overlap(box) > overlap))
            {
                kept.Add(box);
            }
        }

        return kept;
    }

    private int Best(DetectionBox detection, IReadOnlyList<DetectionBox> truths, bool[] isTaken)
    {
        var (best, largest) = (-1, overlap);
        for (var i = 0; i < truths.Count; i++)
        {
            if (!isTaken[i] && truths[i].Label == detection.Label && truths[i].Overlap(detection) is var shared && shared >= largest)
            {
                (best, largest) = (i, shared);
            }
        }

        return best;
    }

    /// <summary>The area under the highest precision at each recall or beyond.</summary>
    private double AveragePrecision(int label)
    {
        var found = _found.GetValueOrDefault(label, []).OrderByDescending(item => item.Score).ToList();
        var precisions = new double[found.Count];
        var right = 0;
        for (var i = 0; i < found.Count; i++)
        {
            right += found[i].IsRight ? 1 : 0;
            precisions[i] = right / (i + 1.0);
        }

        var (area, best) = (0.0, 0.0);
        for (var i = found.Count - 1; i >= 0; i--)
        {
            best = Math.Max(best, precisions[i]);
            area += found[i].IsRight ? best : 0;
        }

        return area / _truths[label];
    }
}
