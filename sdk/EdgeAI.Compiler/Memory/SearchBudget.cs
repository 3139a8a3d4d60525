using System.Diagnostics;

namespace EdgeAI.Compiler.Memory;

/// <summary>What the exact search may still spend: nodes, time, and the caller's patience.</summary>
internal sealed class SearchBudget(BufferPlanOptions options, long nodes)
{
    private const int NodesPerLook = 64;
    private readonly long _start = Stopwatch.GetTimestamp();
    private bool _isOver;

    /// <summary>Nodes visited.</summary>
    public long Spent { get; private set; }

    /// <summary>Nodes not visited yet.</summary>
    public long Left => nodes - Spent;

    /// <summary>True when nothing is left.</summary>
    public bool IsOver => _isOver || Spent >= nodes || Look();

    /// <summary>Takes one node; false when nothing is left.</summary>
    public bool TrySpend()
    {
        if (_isOver || Spent >= nodes || (Spent % NodesPerLook == 0 && Look()))
        {
            return false;
        }

        Spent++;
        return true;
    }

    private bool Look() =>
        _isOver = _isOver || options.Cancellation.IsCancellationRequested || (options.TimeLimit is { } limit && Stopwatch.GetElapsedTime(_start) >= limit);
}
