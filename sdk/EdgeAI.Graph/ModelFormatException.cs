using EdgeAI.Hal;

namespace EdgeAI.Graph;

/// <summary>A model that is not what it claims to be, or not valid. The message names file, node or field, found and expected.</summary>
public sealed class ModelFormatException : EdgeException
{
    /// <summary>An error at a place in a model.</summary>
    public ModelFormatException(string message, string? file = null, Exception? inner = null)
        : base(file is null ? Clean(message) : $"{file}: {Clean(message)}", inner) => (File, Detail) = (file, Clean(message));

    /// <summary>The model's file, where known.</summary>
    public string? File { get; }

    /// <summary>The message without the file.</summary>
    public string Detail { get; }

    /// <summary>The same error, now that the file is known.</summary>
    public ModelFormatException In(string file) => File is not null ? this : new(Detail, file, this);

    /// <summary>Names come from the file: a terminal must not obey them, and a log must not drown in them.</summary>
    private static string Clean(string message)
    {
        const int Longest = 2000;
        var text = message.Length <= Longest ? message : $"{message.AsSpan(0, Longest / 2)} … {message.AsSpan(message.Length - (Longest / 2))}";
        return text.Any(char.IsControl) ? string.Concat(text.Select(item => char.IsControl(item) ? $"\\u{(int)item:x4}" : $"{item}")) : text;
    }
}
