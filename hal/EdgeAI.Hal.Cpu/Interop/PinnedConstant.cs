using System.Buffers;

namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>A constant of an executable, held in place for as long as a session reads it.</summary>
internal sealed unsafe class PinnedConstant(string name, ReadOnlyMemory<byte> data) : IDisposable
{
    private MemoryHandle _pin = data.Pin();

    public string Name { get; } = name;

    public int Length { get; } = data.Length;

    public byte* Pointer => (byte*)_pin.Pointer;

    public void Dispose() => _pin.Dispose();
}
