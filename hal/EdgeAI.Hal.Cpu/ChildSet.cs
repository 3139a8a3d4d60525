namespace EdgeAI.Hal.Cpu;

/// <summary>What was made from an owner and must end before it. Holds its members weakly, so forgotten ones can be collected.</summary>
internal sealed class ChildSet
{
    private readonly Lock _gate = new();
    private List<WeakReference<IDisposable>>? _children = [];
    private int _sweepAt = 16;

    public bool IsClosed => _children is null;

    /// <summary>Takes a child in; when the owner is gone already, disposes it and throws.</summary>
    /// <exception cref="ObjectDisposedException">The owner is disposed.</exception>
    public T Add<T>(T child, object owner)
        where T : IDisposable
    {
        lock (_gate)
        {
            if (_children is not null)
            {
                Sweep(_children);
                _children.Add(new WeakReference<IDisposable>(child));
                return child;
            }
        }

        child.Dispose();
        throw new ObjectDisposedException(owner.GetType().FullName);
    }

    /// <summary>Disposes the children, the youngest first; later additions are refused.</summary>
    public void Close()
    {
        List<WeakReference<IDisposable>>? children;
        lock (_gate)
            (children, _children) = (_children, null);
        for (var i = (children?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (children![i].TryGetTarget(out var child))
                child.Dispose();
        }
    }

    private void Sweep(List<WeakReference<IDisposable>> children)
    {
        if (children.Count < _sweepAt)
            return;
        children.RemoveAll(child => !child.TryGetTarget(out _));
        _sweepAt = Math.Max(16, 2 * children.Count);
    }
}
