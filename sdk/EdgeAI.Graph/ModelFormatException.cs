using EdgeAI.Hal;

namespace EdgeAI.Graph;

/// <summary>A model that is not what it claims to be, or not valid. The message names file, node or field, found and expected.</summary>
public sealed class ModelFormatException : EdgeException
{
    /// <summary>An error at a place in a model.</summary>
    public ModelFormatException(string message, string? file = null, Exception? inner = null)
        : base(file is null ? message : $"{file}: {message}", inner) => (File, Detail) = (file, message);

    /// <summary>The model's file, where known.</summary>
    public string? File { get; }

    /// <summary>The message without the file.</summary>
    public string Detail { get; }

    /// <summary>The same error, now that the file is known.</summary>
    public ModelFormatException In(string file) => File is not null ? this : new(Detail, file, this);
}
