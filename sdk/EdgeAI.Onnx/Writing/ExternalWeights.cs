using System.Security.Cryptography;
using EdgeAI.Graph;

namespace EdgeAI.Onnx.Writing;

/// <summary>Gives weights places in a file beside the model. The same bytes get one place.</summary>
/// <param name="threshold">Smaller weights stay inside the model.</param>
/// <param name="alignment">Places start at multiples of it.</param>
internal sealed class ExternalWeights(long threshold, int alignment)
{
    private readonly Dictionary<ReadOnlyMemory<byte>, long> _offsets = [];
    private readonly List<(long Offset, ReadOnlyMemory<byte> Data)> _pieces = [];
    private long _length;

    /// <summary>Name of the file, without a folder; known once every weight has its place.</summary>
    public string Location { get; set; } = "";

    /// <summary>True when some weight has a place.</summary>
    public bool Any => _pieces.Count > 0;

    /// <summary>The weight's place; null where it stays inside.</summary>
    public long? Place(ConstantTensor tensor)
    {
        if (tensor.Data.Length < threshold || tensor.Data.IsEmpty)
        {
            return null;
        }

        if (!_offsets.TryGetValue(tensor.Data, out var offset))
        {
            offset = (_length + alignment - 1) / alignment * alignment;
            _offsets[tensor.Data] = offset;
            _pieces.Add((offset, tensor.Data));
            _length = offset + tensor.Data.Length;
        }

        return offset;
    }

    /// <summary>Sixteen hex digits that tell these weights from others.</summary>
    public string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (offset, data) in _pieces)
        {
            hash.AppendData(BitConverter.GetBytes(offset));
            hash.AppendData(data.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    /// <summary>Writes the file; gaps are holes.</summary>
    public void WriteTo(Stream stream)
    {
        foreach (var (offset, data) in _pieces)
        {
            stream.Position = offset;
            stream.Write(data.Span);
        }
    }
}
