using System.Runtime.InteropServices;

namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>An object of ONNX Runtime, released by the slot that its type names.</summary>
internal abstract class OrtHandle : SafeHandle
{
    private readonly OrtApi _api;
    private readonly int _releaseSlot;

    protected OrtHandle(OrtApi api, int releaseSlot, nint item)
        : base(0, ownsHandle: true)
    {
        (_api, _releaseSlot) = (api, releaseSlot);
        SetHandle(item);
    }

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The object itself; the caller keeps the handle alive while it uses it.</summary>
    public nint Item
    {
        get
        {
            ObjectDisposedException.ThrowIf(IsClosed, this);
            return handle;
        }
    }

    /// <summary>Gives the object away to native code that owns it from now on.</summary>
    public nint GiveAway()
    {
        var item = Item;
        SetHandleAsInvalid();
        return item;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        _api.Release(_releaseSlot, handle);
        return true;
    }
}

internal sealed class SessionHandle(OrtApi api, nint item) : OrtHandle(api, OrtSlot.ReleaseSession, item);

internal sealed class SessionOptionsHandle(OrtApi api, nint item) : OrtHandle(api, OrtSlot.ReleaseSessionOptions, item);

internal sealed class RunOptionsHandle(OrtApi api, nint item) : OrtHandle(api, OrtSlot.ReleaseRunOptions, item);

internal sealed class ValueHandle(OrtApi api, nint item) : OrtHandle(api, OrtSlot.ReleaseValue, item);

internal sealed class TypeInfoHandle(OrtApi api, nint item) : OrtHandle(api, OrtSlot.ReleaseTypeInfo, item);

internal sealed class ValueInfoHandle(OrtApi api, nint item) : OrtHandle(api, OrtSlot.ReleaseValueInfo, item);

internal sealed class EditorGraphHandle(OrtApi api, nint item) : OrtHandle(api, OrtSlot.ReleaseGraph, item);

internal sealed class EditorModelHandle(OrtApi api, nint item) : OrtHandle(api, OrtSlot.ReleaseModel, item);
