using System.Buffers;
using System.IO.MemoryMappedFiles;

namespace EdgeAI.Onnx.Reading;

/// <summary>
/// A file mapped into memory, read-only. It belongs to its slices: when neither it nor one of them can be reached any more, the
/// garbage collector's finalizer of the view unmaps it. So a span over a slice is good as long as the memory it came from is
/// reachable; native code pins the memory. Truncating the file meanwhile is, as with every mapping, fatal to whoever reads it.
/// </summary>
internal sealed unsafe class MappedFile
{
    private readonly MemoryMappedViewAccessor? _view;
    private readonly byte* _start;

    private MappedFile(MemoryMappedViewAccessor? view, long length)
    {
        (_view, Length) = (view, length);
        if (view is not null)
        {
            _start = (byte*)view.SafeMemoryMappedViewHandle.DangerousGetHandle() + view.PointerOffset;
        }
    }

    /// <summary>Bytes of the file when it was opened.</summary>
    public long Length { get; }

    /// <summary>Maps a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static MappedFile Open(string path) => Open(path, isExpectedThere: false)!;

    /// <summary>Maps a file; null where <paramref name="isExpectedThere"/> and the file that was opened is another than the path names: a link came between.</summary>
    /// <inheritdoc cref="Open(string)"/>
    public static MappedFile? Open(string path, bool isExpectedThere)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            throw new FileNotFoundException($"There is no file '{path}'.", path);
        }

        // Pipes and devices have no length; they are not opened, because that may wait for ever.
        if (info.Length == 0)
        {
            return new MappedFile(null, 0);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        if (isExpectedThere && !IsAt(stream, path))
        {
            return null;
        }

        var length = stream.Length;
        if (length == 0)
        {
            return new MappedFile(null, 0);
        }

        using var file = MemoryMappedFile.CreateFromFile(stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        return new MappedFile(file.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read), length);
    }

    /// <summary>
    /// Looks at what was opened, not at what stands under its name now. Linux tells the true path of an open file; elsewhere only the
    /// look before the opening counts.
    /// </summary>
    private static bool IsAt(FileStream stream, string path)
    {
        if (!OperatingSystem.IsLinux() || new FileInfo($"/proc/self/fd/{stream.SafeFileHandle.DangerousGetHandle()}").LinkTarget is not { } found)
        {
            return true;
        }

        var folder = new DirectoryInfo(Path.GetDirectoryName(path)!);
        return Path.GetFileName(found) == Path.GetFileName(path) && new FileInfo(path).LinkTarget is null
            && (Path.GetDirectoryName(found) == folder.FullName || TruePath(folder.FullName) == Path.GetDirectoryName(found));
    }

    /// <summary>The folder's path without links.</summary>
    private static string TruePath(string folder)
    {
        const int MostLinks = 40;
        var (path, links) = (folder, 0);
        for (var part = 1; part <= Parts(path).Length && links < MostLinks; part++)
        {
            var prefix = "/" + string.Join('/', Parts(path).Take(part));
            if (new DirectoryInfo(prefix).LinkTarget is { } target)
            {
                path = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(prefix)!, target) + path[prefix.Length..]);
                (part, links) = (0, links + 1);
            }
        }

        return path;
    }

    private static string[] Parts(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A range of the file, not copied.</summary>
    public ReadOnlyMemory<byte> Slice(long offset, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Length - length);
        return length == 0 ? default : new Range(this, _start + offset, length).Memory;
    }

    /// <summary>Keeps the file mapped while memory of it is reachable or pinned.</summary>
    private sealed class Range(MappedFile file, byte* start, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan()
        {
            GC.KeepAlive(file._view);
            return new(start, length);
        }

        public override MemoryHandle Pin(int elementIndex = 0)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)length, nameof(elementIndex));
            return new(start + elementIndex, default, this);
        }

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
