using System.Runtime.InteropServices;

namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>
/// What one call of Run needs, kept in native memory from run to run: names and values of inputs and outputs, and the run
/// options. Owns the values and the options, not the names. An output whose value is 0 is allocated by the run.
/// </summary>
internal sealed unsafe class OrtRunBinding : SafeHandle
{
    private readonly OrtApi _api;
    private readonly nint _runOptions;
    private readonly int _inputCount;
    private readonly int _outputCount;

    public OrtRunBinding(OnnxRuntimeLibrary library, ReadOnlySpan<nint> inputNames, ReadOnlySpan<nint> outputNames)
        : base(0, ownsHandle: true)
    {
        (_api, _inputCount, _outputCount) = (library.Api, inputNames.Length, outputNames.Length);
        nint options;
        library.Check(_api.Create(OrtSlot.CreateRunOptions, &options));
        _runOptions = options;
        SetHandle((nint)NativeMemory.AllocZeroed((nuint)Math.Max(1, 2 * (_inputCount + _outputCount)), (nuint)sizeof(nint)));
        inputNames.CopyTo(new Span<nint>(InputNames, _inputCount));
        outputNames.CopyTo(new Span<nint>(OutputNames, _outputCount));
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    private nint* InputNames => (nint*)handle;

    private nint* Inputs => InputNames + _inputCount;

    private nint* OutputNames => Inputs + _inputCount;

    private nint* Outputs => OutputNames + _outputCount;

    /// <summary>Binds an input for good and takes its value over.</summary>
    public void SetInput(int index, ValueHandle value) => Inputs[index] = value.GiveAway();

    /// <summary>Binds an input anew and releases what was bound.</summary>
    public void ReplaceInput(int index, ValueHandle value)
    {
        ReleaseValue(Inputs[index]);
        Inputs[index] = 0;
        SetInput(index, value);
    }

    /// <summary>Binds an output for good and takes its value over.</summary>
    public void SetOutput(int index, ValueHandle value) => Outputs[index] = value.GiveAway();

    /// <summary>OrtValue of an input.</summary>
    public nint Input(int index) => Inputs[index];

    /// <summary>OrtValue of an output; 0 when the run is to allocate it.</summary>
    public nint Output(int index) => Outputs[index];

    /// <summary>Releases what a run allocated, so that the next one allocates anew.</summary>
    public void ClearOutput(int index)
    {
        var value = Outputs[index];
        if (value != 0)
        {
            Outputs[index] = 0;
            _api.Release(OrtSlot.ReleaseValue, value);
        }
    }

    /// <summary>Runs; a status other than 0 is the caller's to release.</summary>
    public nint Run(nint session) =>
        _api.Run(session, _runOptions, InputNames, Inputs, (nuint)_inputCount, OutputNames, (nuint)_outputCount, Outputs);

    /// <summary>Makes a run end with an error at its next node; holds for later runs too, until <see cref="ClearTerminate"/>.</summary>
    public void Terminate()
    {
        var status = _api.RunOptionsSetTerminate(_runOptions);
        if (status != 0)
            _api.Release(OrtSlot.ReleaseStatus, status);
    }

    /// <summary>Takes <see cref="Terminate"/> back.</summary>
    public void ClearTerminate()
    {
        var status = _api.RunOptionsUnsetTerminate(_runOptions);
        if (status != 0)
            _api.Release(OrtSlot.ReleaseStatus, status);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        for (var i = 0; i < _inputCount; i++)
            ReleaseValue(Inputs[i]);
        for (var i = 0; i < _outputCount; i++)
            ReleaseValue(Outputs[i]);
        _api.Release(OrtSlot.ReleaseRunOptions, _runOptions);
        NativeMemory.Free((void*)handle);
        return true;
    }

    private void ReleaseValue(nint value)
    {
        if (value != 0)
            _api.Release(OrtSlot.ReleaseValue, value);
    }
}
