using EdgeAI.Graph;

namespace EdgeAI.Onnx.Reading;

/// <summary>Files beside a model that hold its weights. Only regular files inside the model's folder are opened.</summary>
internal sealed class ExternalFiles(string? folder)
{
    private readonly Dictionary<string, string> _checked = new(StringComparer.Ordinal);

    /// <summary>A range of an external file.</summary>
    /// <exception cref="ModelFormatException">The path leads outside the folder, there is no such regular file, or the range passes its end.</exception>
    public ReadOnlyMemory<byte> Open(string location, long offset, long length, string place)
    {
        if (!_checked.TryGetValue(location, out var path))
        {
            _checked[location] = path = Check(location, place);
        }

        var size = new FileInfo(path).Length;
        return offset >= 0 && length >= 0 && length <= int.MaxValue && offset <= size - length ? MappedFile.Open(path, offset, (int)length)
            : throw new ModelFormatException($"{place}: external data '{location}' at {offset}+{length} passes the end of a file of {size} bytes.");
    }

    private string Check(string location, string place)
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
            FileSystemInfo info = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
            if (info.LinkTarget is not null)
            {
                throw new ModelFormatException($"{place}: external data '{location}' passes a link; expected a regular file inside the model's folder.");
            }
        }

        var isRegular = new FileInfo(path) is { Exists: true } file && (file.Attributes & (FileAttributes.Device | FileAttributes.ReparsePoint | FileAttributes.Directory)) == 0
            && (OperatingSystem.IsWindows() || file.Length > 0 || file.UnixFileMode != UnixFileMode.None);
        return isRegular ? path : throw new ModelFormatException($"{place}: external data '{location}': there is no such regular file.");
    }
}
