using System.Runtime.InteropServices;
using System.Text;

namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>A text in native memory for as long as native code needs it: UTF-8 (paths on Windows: UTF-16), ended by a zero.</summary>
internal sealed unsafe class NativeText : IDisposable
{
    private void* _memory;

    public NativeText(string text)
        : this(text, Encoding.UTF8)
    {
    }

    private NativeText(string text, Encoding encoding)
    {
        var count = encoding.GetByteCount(text);
        _memory = NativeMemory.AllocZeroed((nuint)count + sizeof(char));
        encoding.GetBytes(text, new Span<byte>(_memory, count));
    }

    ~NativeText() => Free();

    public byte* Pointer => (byte*)_memory;

    /// <summary>A file's path in the form that the system's native code takes.</summary>
    public static NativeText OfPath(string path) => new(path, OperatingSystem.IsWindows() ? Encoding.Unicode : Encoding.UTF8);

    /// <summary>Reads a UTF-8 text that native code owns.</summary>
    public static string Read(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? "";

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_memory);
        _memory = null;
    }
}
