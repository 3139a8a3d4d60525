namespace EdgeAI.Runtime.Execution;

/// <summary>How far one inference is. Guarded by whoever owns the <see cref="StepQueue"/> that it stands in.</summary>
internal sealed class FrameProgress(StepGraph graph, RunContext? owner = null)
{
    private readonly int[] _waiting = new int[graph.StepCount];
    private readonly double[] _readyAt = new double[graph.StepCount];

    /// <summary>Who does the steps; null where only times are counted.</summary>
    public RunContext? Owner => owner;

    /// <summary>Place in the order of frames; the older goes first.</summary>
    public long Number { get; private set; }

    /// <summary>Steps that have not ended.</summary>
    public int Left { get; private set; }

    /// <summary>Steps that are being done now.</summary>
    public int Running { get; set; }

    /// <summary>True when no further step may start.</summary>
    public bool IsStopped { get; set; }

    /// <summary>When the last of its steps ended so far, in the queue's seconds.</summary>
    public double EndedAt { get; private set; }

    public bool IsEnded => Running == 0 && (Left == 0 || IsStopped);

    public void Start(long number, double at)
    {
        (Number, Left, Running, IsStopped, EndedAt) = (number, graph.StepCount, 0, false, at);
        for (var step = 0; step < _waiting.Length; step++)
        {
            (_waiting[step], _readyAt[step]) = (graph.Predecessors[step].Length, at);
        }
    }

    /// <summary>Notes that a step ended.</summary>
    public void End(double at)
    {
        Running--;
        Left--;
        EndedAt = Math.Max(EndedAt, at);
    }

    /// <summary>Notes that one of those that <paramref name="step"/> waits for ended; true when it was the last.</summary>
    public bool Release(int step, double at)
    {
        _readyAt[step] = Math.Max(_readyAt[step], at);
        return --_waiting[step] == 0;
    }

    public double ReadyAt(int step) => _readyAt[step];
}

/// <summary>A step that waits for its lane only.</summary>
/// <param name="Frame">Whose step.</param>
/// <param name="Step">Which.</param>
/// <param name="ReadyAt">Since when, in the queue's seconds.</param>
internal readonly record struct ReadyStep(FrameProgress Frame, int Step, double ReadyAt);
