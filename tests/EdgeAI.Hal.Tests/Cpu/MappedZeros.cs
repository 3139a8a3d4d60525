using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace EdgeAI.Hal.Tests.Cpu;

/// <summary>A memory-mapped file of zeros, as a stand-in for a model file on disk.</summary>
internal sealed unsafe class MappedZeros : MemoryManager<byte>
{
    private readonly string _path = Path.GetTempFileName();
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _pointer;
    private readonly int _length;

    public MappedZeros(long length)
    {
        _length = checked((int)length);
        _file = MemoryMappedFile.CreateFromFile(_path, FileMode.Open, null, length);
        _view = _file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
    }

    public override Span<byte> GetSpan() => new(_pointer, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_pointer + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }
}
