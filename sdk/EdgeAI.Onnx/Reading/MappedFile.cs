using System.Buffers;
using System.IO.MemoryMappedFiles;
using EdgeAI.Graph;

namespace EdgeAI.Onnx.Reading;

/// <summary>A file mapped into memory; unmapped when no slice of it is left.</summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte* _start;
    private readonly int _length;

    private MappedFile(MemoryMappedFile file, long offset, int length)
    {
        (_file, _length) = (file, length);
        _view = file.CreateViewAccessor(offset, length, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _start = start + _view.PointerOffset;
    }

    ~MappedFile() => Dispose(false);

    /// <summary>The whole of a file, which is at most 2 GiB long.</summary>
    public static ReadOnlyMemory<byte> Open(string path)
    {
        var length = new FileInfo(path) is { Exists: true } info ? info.Length : throw new FileNotFoundException($"There is no file '{path}'.", path);
        return length <= int.MaxValue ? Open(path, 0, (int)length)
            : throw new ModelFormatException($"the file has {length} bytes; protobuf ends at 2 GiB: larger weights are external data");
    }

    /// <summary>A range of a file; the caller has checked that it lies inside.</summary>
    public static ReadOnlyMemory<byte> Open(string path, long offset, int length)
    {
        if (length == 0)
        {
            return default;
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return new MappedFile(MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false), offset, length).Memory;
    }

    public override Span<byte> GetSpan() => new(_start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex, default, this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        _view?.SafeMemoryMappedViewHandle.ReleasePointer();
        if (disposing)
        {
            _view?.Dispose();
            _file.Dispose();
        }
    }
}
