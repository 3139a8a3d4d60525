using System.Collections.Immutable;

namespace EdgeAI.Hal.Npu;

/// <summary>A verified image in the device's memory: commands, constants and scratch, shared by its runs (the device runs one at a time).</summary>
internal sealed class NpuExecutable : LoadedExecutable
{
    private readonly NpuDevice _device;
    private readonly NpuBuffer[] _buffers;
    private readonly Lazy<(int[] Order, string[] Nodes)> _places;
    private int _disposed;

    public NpuExecutable(NpuDevice device, Executable executable, NpuImage image, NpuSchedule schedule)
    {
        (_device, Signature, Image, Schedule) = (device, executable.Signature, image, schedule);
        _places = new(() => (schedule.CompletionOrder(), schedule.NodeOfCommand(executable.SourceMap)));
        _buffers = new NpuBuffer[3];
        try
        {
            _buffers[0] = Copy(image.Commands.Span);
            _buffers[1] = Copy(image.Constants.Span);
            _buffers[2] = device.Map(image.ScratchBytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override Device Device => _device;

    public override ExecutableSignature Signature { get; }

    public NpuImage Image { get; }

    /// <summary>The predicted run.</summary>
    public NpuSchedule Schedule { get; }

    public NpuBuffer Commands => _buffers[0];

    public NpuBuffer Constants => _buffers[1];

    public NpuBuffer Scratch => _buffers[2];

    /// <summary>The command at a place in the stream, for messages: " (conv of node 'x')"; "" where there is none.</summary>
    public string Describe(ulong command)
    {
        if (command >= (ulong)Schedule.Commands.Length)
        {
            return "";
        }

        var (mnemonic, node) = (Schedule.Commands[(int)command].Mnemonic, _places.Value.Nodes[(int)command]);
        return node.Length == 0 ? $" ({mnemonic})" : $" ({mnemonic} of node '{node}')";
    }

    /// <summary>The command that is the next to end when so many have ended.</summary>
    public string DescribeNext(ulong ended) => ended < (ulong)Schedule.Commands.Length ? Describe((ulong)_places.Value.Order[(int)ended]) : "";

    public bool IsDisposed => _disposed != 0;

    public override DeviceRun Prepare(ReadOnlySpan<BufferView> inputs, ReadOnlySpan<BufferView> outputs)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _device.ThrowIfUnusable();
        CheckCount(inputs.Length, Signature.Inputs, "inputs");
        CheckCount(outputs.Length, Signature.Outputs, "outputs");
        var owned = new List<NpuBuffer>();
        var run = new NpuRun(_device, this, Bind(inputs, Signature.Inputs, null), Bind(outputs, Signature.Outputs, owned), owned);
        _device.Remember(run);
        return run;
    }

    protected override void Dispose(bool disposing)
    {
        if (!disposing || Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        lock (_device.Gate)
        {
            if (ReferenceEquals(_device.Active?.Executable, this))
            {
                _device.Active!.Abort();
            }

            foreach (var buffer in _buffers)
            {
                buffer?.Dispose();
            }
        }

        _device.Forget(this);
    }

    private NpuBuffer Copy(ReadOnlySpan<byte> bytes)
    {
        var buffer = _device.Map(bytes.Length);
        buffer.Write(0, bytes);
        return buffer;
    }

    private void CheckCount(int found, ImmutableArray<TensorSpec> specs, string what)
    {
        if (found != specs.Length)
        {
            throw new TensorMismatchException($"Device '{_device.Info.Id}': {found} {what} bound, expected {specs.Length} ({string.Join("; ", specs)}).");
        }
    }

    private BufferView[] Bind(ReadOnlySpan<BufferView> views, ImmutableArray<TensorSpec> specs, List<NpuBuffer>? owned)
    {
        var bound = views.ToArray();
        for (var i = 0; i < bound.Length; i++)
        {
            if (bound[i].Buffer is null && owned is not null)
            {
                owned.Add(_device.Map(specs[i].ByteCount));
                bound[i] = new(owned[^1]);
            }

            Check(bound[i], specs[i]);
        }

        return bound;
    }

    private void Check(BufferView view, TensorSpec spec)
    {
        if (view.ByteCount != spec.ByteCount || view.Buffer is null)
        {
            throw new TensorMismatchException($"Device '{_device.Info.Id}': tensor {spec} is bound to {view.ByteCount} bytes, expected {spec.ByteCount}.");
        }

        if (!_device.CanBind(view.Buffer))
        {
            throw new TensorMismatchException($"Device '{_device.Info.Id}': tensor {spec} is bound to a buffer of device '{view.Buffer.Device.Info.Id}', which this device cannot see.");
        }
    }
}
