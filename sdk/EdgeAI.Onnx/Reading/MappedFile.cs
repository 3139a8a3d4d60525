using System.Buffers;
using System.IO.MemoryMappedFiles;
using EdgeAI.Graph;

namespace EdgeAI.Onnx.Reading;

/// <summary>
/// A file mapped into memory; unmapped when no memory of it is left. Whoever works on a span of it keeps the memory (a tensor, a
/// model) reachable meanwhile.
/// </summary>
internal sealed unsafe class MappedFile : MemoryManager<byte>
{
    private readonly View _view;
    private readonly int _length;

    private MappedFile(View view, int length) => (_view, _length) = (view, length);

    /// <summary>The whole of a file, which is at most 2 GiB long.</summary>
    public static ReadOnlyMemory<byte> Open(string path)
    {
        var length = new FileInfo(path) is { Exists: true } info ? info.Length : throw new FileNotFoundException($"There is no file '{path}'.", path);
        return length <= int.MaxValue ? Open(path, 0, (int)length)
            : throw new ModelFormatException($"the file has {length} bytes; protobuf ends at 2 GiB: larger weights are external data");
    }

    /// <summary>A range of a file; the caller has checked that it lies inside.</summary>
    public static ReadOnlyMemory<byte> Open(string path, long offset, int length) =>
        length == 0 ? default : new MappedFile(new View(path, offset, length), length).Memory;

    public override Span<byte> GetSpan() => new(_view.Start, _length);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_view.Start + elementIndex, default, this);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing) => _view.Dispose();

    private sealed class View : IDisposable
    {
        private readonly MemoryMappedFile _file;
        private readonly MemoryMappedViewAccessor _accessor;
        private int _isReleased;

        public View(string path, long offset, int length)
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
            _file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _accessor = _file.CreateViewAccessor(offset, length, MemoryMappedFileAccess.Read);
            byte* start = null;
            _accessor.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
            Start = start + _accessor.PointerOffset;
        }

        ~View() => Release();

        public byte* Start { get; }

        public void Dispose()
        {
            Release();
            _accessor.Dispose();
            _file.Dispose();
            GC.SuppressFinalize(this);
        }

        private void Release()
        {
            if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            {
                _accessor?.SafeMemoryMappedViewHandle.ReleasePointer();
            }
        }
    }
}
