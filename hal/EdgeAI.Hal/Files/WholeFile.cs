namespace EdgeAI.Hal.Files;

/// <summary>Files that are written at once or not at all: whoever opens one meanwhile finds the old one or the new one.</summary>
internal static class WholeFile
{
    /// <summary>Writes beside the path first; the file itself changes at once, after <paramref name="before"/> is done.</summary>
    public static void Write(string path, Action<Stream> write, Action? before = null)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                write(stream);
            }

            before?.Invoke();
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
