using System.Text;

namespace EdgeAI.Onnx.Wire;

/// <summary>
/// Texts that come again and again (operators, attributes, values that are made and then read) as one string each. A small table in
/// which a later text takes an earlier one's place, so that its size does not depend on the file.
/// </summary>
internal sealed class NameTable
{
    private const int Size = 1024;

    private readonly string?[] _names = new string?[Size];

    /// <summary>The text of these bytes, if they are ASCII and it was seen shortly before; else null.</summary>
    public string? Find(ReadOnlySpan<byte> bytes) =>
        _names[Slot(bytes)] is { } name && name.Length == bytes.Length && Ascii.Equals(bytes, name) ? name : null;

    /// <summary>Keeps a text for the next time.</summary>
    public void Keep(ReadOnlySpan<byte> bytes, string name) => _names[Slot(bytes)] = name;

    /// <summary>Names of one model begin alike and differ at the end.</summary>
    private static int Slot(ReadOnlySpan<byte> bytes)
    {
        var hash = (uint)bytes.Length;
        foreach (var item in bytes[Math.Max(0, bytes.Length - 12)..])
        {
            hash = (hash ^ item) * 16777619;
        }

        return (int)((hash ^ (hash >> 15)) % Size);
    }
}
