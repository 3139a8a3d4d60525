using System.IO.Compression;
using EdgeAI.Hal;
using EdgeAI.Numpy;

namespace EdgeAI;

/// <summary>Reads NumPy's .npz files: named arrays in a ZIP archive, packed or not. Arrays are read when they are asked for.</summary>
public sealed class NumpyArchive : IDisposable
{
    private const string Extension = ".npy";

    private readonly string _path;
    private readonly ZipArchive _archive;

    private NumpyArchive(string path, ZipArchive archive) => (_path, _archive) = (path, archive);

    /// <summary>Names of the arrays, in the order of the file.</summary>
    public IReadOnlyList<string> Names => [.. _archive.Entries.Select(entry => entry.FullName).Where(name => name.EndsWith(Extension, StringComparison.Ordinal)).Select(name => name[..^Extension.Length])];

    /// <summary>Opens a file.</summary>
    /// <exception cref="TensorMismatchException">The file is no ZIP archive.</exception>
    public static NumpyArchive Open(string path)
    {
        try
        {
            return new NumpyArchive(path, OpenChecked(path));
        }
        catch (InvalidDataException error)
        {
            throw new TensorMismatchException($"{path}: not a .npz archive: {error.Message}");
        }
    }

    /// <summary>Element type and shape of an array.</summary>
    /// <exception cref="TensorMismatchException">There is no such array, or its elements are of no type that is read.</exception>
    public TensorSpec Describe(string name)
    {
        var entry = Entry(name);
        using var stream = Open(entry);
        var reader = new NpyReader(stream, NameOf(name), entry.Length);
        return new TensorSpec(name, reader.Type, reader.Shape);
    }

    /// <summary>An array.</summary>
    /// <exception cref="TensorMismatchException">There is no such array, or it is damaged; the message names file, array, found and expected.</exception>
    public EdgeTensor Read(string name)
    {
        var entry = Entry(name);
        using var stream = Open(entry);
        return new NpyReader(stream, NameOf(name), entry.Length).Read();
    }

    /// <summary>The slices of an array along its first axis, read one at a time: memory does not depend on how many there are.</summary>
    /// <inheritdoc cref="Read"/>
    public IEnumerable<EdgeTensor> ReadSlices(string name)
    {
        var entry = Entry(name);
        using var stream = Open(entry);
        foreach (var slice in new NpyReader(stream, NameOf(name), entry.Length).ReadSlices())
        {
            yield return slice;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    /// <summary>The directory is read at once: later, a damaged one would surprise.</summary>
    private static ZipArchive OpenChecked(string path)
    {
        var archive = ZipFile.OpenRead(path);
        try
        {
            _ = archive.Entries;
            return archive;
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    private ZipArchiveEntry Entry(string name) =>
        _archive.GetEntry(name + Extension) ?? throw new TensorMismatchException($"{_path}: there is no array '{name}'; found {string.Join(", ", Names)}.");

    private BufferedStream Open(ZipArchiveEntry entry)
    {
        try
        {
            return new BufferedStream(entry.Open(), 1 << 16);
        }
        catch (InvalidDataException error)
        {
            throw new TensorMismatchException($"{_path}: array '{entry.FullName}' cannot be unpacked: {error.Message}");
        }
    }

    private string NameOf(string array) => $"{_path} [{array}]";
}
