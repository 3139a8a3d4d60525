using EdgeAI.Graph;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>Files beside a model that hold its weights, each mapped once. Only regular files inside the model's folder are opened.</summary>
internal sealed class ExternalFiles(string? folder, bool verifyChecksums = false)
{
    private readonly Dictionary<(string Location, string Checksum), bool> _verified = [];
    private readonly OrderedDictionary<string, MappedFile> _open = new(StringComparer.Ordinal);

    /// <summary>What was opened, in order.</summary>
    public IEnumerable<string> Locations => _open.Keys;

    /// <summary>A range of an external file.</summary>
    /// <exception cref="ModelFormatException">The path leads outside the folder, there is no such regular file, or the range passes its end.</exception>
    public ReadOnlyMemory<byte> Read(string location, long offset, long length, string? checksum, Place place)
    {
        if (!_open.TryGetValue(location, out var file))
        {
            _open[location] = file = Open(PathOf(folder, location, place), location, place);
        }

        if (verifyChecksums && checksum is not null && !IsVerified(file, location, checksum))
        {
            throw new ModelFormatException($"{place}: external data '{location}' is not what the model was written with: its SHA-1 is not '{checksum}'.");
        }

        return offset >= 0 && length is >= 0 and <= int.MaxValue && offset <= file.Length - length ? file.Slice(offset, (int)length)
            : throw new ModelFormatException($"{place}: external data '{location}' at {offset}+{length} passes the end of a file of {file.Length} bytes (or is longer than 2 GiB).");
    }

    // What file systems take; longer ones are not asked for.
    private const int MaximumName = 255;

    private bool IsVerified(MappedFile file, string location, string checksum)
    {
        if (!_verified.TryGetValue((location, checksum), out var isSame))
        {
            _verified[(location, checksum)] = isSame = string.Equals(FileChecksum.Of(file), checksum.Trim(), StringComparison.OrdinalIgnoreCase);
        }

        return isSame;
    }

    private static MappedFile Open(string path, string location, Place place)
    {
        try
        {
            var file = MappedFile.Open(path, isExpectedThere: true);
            return file ?? throw new ModelFormatException($"{place}: external data '{location}' became a link while it was opened; expected a regular file inside the model's folder.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFormatException($"{place}: external data '{location}' cannot be read: {error.Message}", inner: error);
        }
    }

    /// <summary>Where a file lies that is named beside a model.</summary>
    /// <exception cref="ModelFormatException">The name leads outside the folder, passes a link, or there is no such file.</exception>
    internal static string PathOf(string? folder, string location, Place place)
    {
        if (folder is null)
        {
            throw new ModelFormatException($"{place}: external data '{location}', but the model was read from memory; read it from its file.");
        }

        var parts = location.Split('/', '\\');
        if (location.Length == 0 || Path.IsPathRooted(location) || location.Contains(':', StringComparison.Ordinal) || location.Contains('\0', StringComparison.Ordinal) || parts.Contains(".."))
        {
            throw new ModelFormatException($"{place}: external data '{location}' leads outside the model's folder; expected a relative path inside it.");
        }

        var path = folder;
        foreach (var part in parts)
        {
            path = Path.Combine(path, part);
            if (part.Length > MaximumName || new FileInfo(path).LinkTarget is not null)
            {
                throw new ModelFormatException($"{place}: external data '{location}' passes a link, or a name of more than {MaximumName} characters; expected a regular file inside the model's folder.");
            }
        }

        return File.Exists(path) ? path : throw new ModelFormatException($"{place}: external data '{location}': there is no such regular file.");
    }
}
