using System.Collections.Immutable;

namespace EdgeAI.Hal.Dsp.Loading;

/// <summary>A verified image in the unit, with its constants in mapped memory.</summary>
internal sealed class DspLoadedExecutable : LoadedExecutable
{
    private readonly DspDevice _device;
    private readonly DspBuffer?[] _constants;
    private int _isDisposed;

    public DspLoadedExecutable(DspDevice device, Executable executable, DspImage image)
    {
        (_device, Signature, Image) = (device, executable.Signature, image);
        Cost = DspTiming.Total(image, device.Configuration);
        _constants = new DspBuffer?[executable.Constants.Length];
        try
        {
            CopyConstants(executable.Constants);
            Program = device.Install(executable.Code);
        }
        catch
        {
            Release();
            throw;
        }
    }

    public override Device Device => _device;

    public override ExecutableSignature Signature { get; }

    public DspImage Image { get; }

    /// <summary>What a run costs; also the measure of the watchdog.</summary>
    public DspCost Cost { get; }

    public int Program { get; }

    public override DeviceRun Prepare(ReadOnlySpan<BufferView> inputs, ReadOnlySpan<BufferView> outputs)
    {
        ThrowIfDisposed();
        Check("input", inputs, Signature.Inputs, mayBeDefault: false);
        Check("output", outputs, Signature.Outputs, mayBeDefault: true);
        return new DspRun(_device, this, inputs, outputs);
    }

    public void ThrowIfDisposed()
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);
        _device.ThrowIfDisposed();
    }

    public nint ConstantAddress(int index) => _constants[index]!.HostAddress;

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _isDisposed, 1) == 0)
        {
            _device.Remove(Program);
            Release();
        }
    }

    private void CopyConstants(ImmutableArray<ConstantBlob> blobs)
    {
        for (var i = 0; i < blobs.Length; i++)
        {
            _constants[i] = new DspBuffer(_device, blobs[i].Data.Length);
            _constants[i]!.Write(0, blobs[i].Data.Span);
        }
    }

    private void Release()
    {
        foreach (var buffer in _constants)
        {
            buffer?.Dispose();
        }
    }

    private void Check(string what, ReadOnlySpan<BufferView> views, ImmutableArray<TensorSpec> specs, bool mayBeDefault)
    {
        if (views.Length != specs.Length)
        {
            throw new TensorMismatchException($"Device '{_device.Info.Id}': {views.Length} {what}s are bound; the executable has {specs.Length}.");
        }

        for (var i = 0; i < specs.Length; i++)
        {
            if (views[i].Buffer is not null || !mayBeDefault)
            {
                Check(what, views[i], specs[i]);
            }
        }
    }

    private void Check(string what, BufferView view, TensorSpec spec)
    {
        if (view.Buffer is null || !_device.CanBind(view.Buffer))
        {
            throw new TensorMismatchException(
                $"Device '{_device.Info.Id}' cannot bind {(view.Buffer is null ? "no buffer" : $"a buffer of '{view.Buffer.Device.Info.Id}'")} to {what} {spec}; expected one of its own.");
        }

        if (view.ByteCount != spec.ByteCount)
        {
            throw new TensorMismatchException($"Device '{_device.Info.Id}', {what} {spec}: {view.ByteCount} bytes are bound; expected {spec.ByteCount}.");
        }
    }
}
