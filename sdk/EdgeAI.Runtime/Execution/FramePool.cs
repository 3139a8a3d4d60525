using System.Diagnostics.CodeAnalysis;

namespace EdgeAI.Runtime.Execution;

/// <summary>The frames of a stream, each with a context of the executor's, and which of them are free. Guarded by the stream's lock.</summary>
internal sealed class FramePool
{
    private readonly Executor _executor;
    private readonly List<StreamFrame> _frames;
    private readonly Queue<StreamFrame> _free;

    /// <summary>Rents so many contexts.</summary>
    /// <param name="executor">Whose contexts.</param>
    /// <param name="count">How many.</param>
    /// <param name="onEnded">Called on the thread that did a frame's last step.</param>
    /// <exception cref="Hal.DeviceMemoryException">A device has no room for the buffers of so many frames; none is kept.</exception>
    public FramePool(Executor executor, int count, Action<StreamFrame> onEnded)
    {
        (_executor, _frames, _free) = (executor, new(count), new(count));
        try
        {
            while (_frames.Count < count)
            {
                var frame = new StreamFrame(executor.Rent());
                frame.Context.OnEnded = _ => onEnded(frame);
                _frames.Add(frame);
                _free.Enqueue(frame);
            }
        }
        catch
        {
            Close();
            throw;
        }
    }

    public bool TryTake([NotNullWhen(true)] out StreamFrame? frame) => _free.TryDequeue(out frame);

    public void Free(StreamFrame frame)
    {
        frame.At = StreamFrame.Stage.Free;
        _free.Enqueue(frame);
    }

    /// <summary>Gives the contexts back, for runs of any sort; none of the frames is worked on. Who still has one reaches no buffer by it.</summary>
    public void Close()
    {
        foreach (var frame in _frames)
        {
            frame.At = StreamFrame.Stage.Closed;
            frame.Context.OnEnded = null;
            _executor.Return(frame.Context);
        }
    }
}
