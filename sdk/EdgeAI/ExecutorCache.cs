using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>
/// A model's executors by input shapes, at most so many: past that, the one that was used longest ago goes. Who uses one holds a
/// lease, so that eviction and disposal wait for it. A compilation that failed is tried again the next time.
/// </summary>
internal sealed class ExecutorCache(int capacity, Func<ImmutableArray<Shape>, Executor> compile) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private long _tick;
    private bool _isDisposed;

    /// <summary>The executor for these shapes, compiled when there is none.</summary>
    /// <exception cref="ObjectDisposedException">The model is disposed.</exception>
    public Lease Rent(ImmutableArray<Shape> shapes)
    {
        var key = InputShapes.Key(shapes);
        var entry = Take(key, shapes);
        try
        {
            return new Lease(this, entry, entry.Executor.Value);
        }
        catch
        {
            Forget(key, entry);
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        List<Entry> idle;
        lock (_lock)
        {
            _isDisposed = true;
            idle = [.. _entries.Values.Where(entry => entry.Users == 0)];
            foreach (var entry in _entries.Values)
            {
                entry.IsOut = true;
            }

            _entries.Clear();
        }

        idle.ForEach(entry => entry.Close());
    }

    private Entry Take(string key, ImmutableArray<Shape> shapes)
    {
        Entry? evicted = null;
        Entry? entry;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(EdgeModel));
            if (!_entries.TryGetValue(key, out entry))
            {
                evicted = _entries.Count >= capacity ? Evict() : null;
                _entries[key] = entry = new Entry(new Lazy<Executor>(() => compile(shapes)));
            }

            entry.Users++;
            entry.LastUse = ++_tick;
        }

        evicted?.Close();
        return entry;
    }

    private Entry? Evict()
    {
        var oldest = _entries.Where(pair => pair.Value.Users == 0).OrderBy(pair => pair.Value.LastUse).FirstOrDefault();
        if (oldest.Key is not null)
        {
            _entries.Remove(oldest.Key);
            oldest.Value.IsOut = true;
        }

        return oldest.Value;
    }

    private void Forget(string key, Entry entry)
    {
        lock (_lock)
        {
            entry.Users--;
            if (_entries.TryGetValue(key, out var found) && ReferenceEquals(found, entry))
            {
                _entries.Remove(key);
            }
        }
    }

    private void Return(Entry entry)
    {
        bool isLast;
        lock (_lock)
        {
            isLast = --entry.Users == 0 && entry.IsOut;
        }

        if (isLast)
        {
            entry.Close();
        }
    }

    /// <summary>The right to use an executor; disposed once.</summary>
    internal sealed class Lease : IDisposable
    {
        private readonly ExecutorCache _cache;
        private Entry? _entry;

        public Lease(ExecutorCache cache, Entry entry, Executor executor) => (_cache, _entry, Executor) = (cache, entry, executor);

        public Executor Executor { get; }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _entry, null) is { } entry)
            {
                _cache.Return(entry);
            }
        }
    }

    internal sealed class Entry(Lazy<Executor> executor)
    {
        public Lazy<Executor> Executor { get; } = executor;

        public int Users { get; set; }

        public long LastUse { get; set; }

        public bool IsOut { get; set; }

        public void Close()
        {
            if (Executor.IsValueCreated)
            {
                Executor.Value.Dispose();
            }
        }
    }
}
