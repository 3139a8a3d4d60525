using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Onnx.Writing;

/// <summary>Takes the larger constants out of a message and gives each a name.</summary>
internal sealed class BlobCollector(int threshold)
{
    private readonly ImmutableArray<ConstantBlob>.Builder _blobs = ImmutableArray.CreateBuilder<ConstantBlob>();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The blob's name, or null when the constant is small and stays inside.</summary>
    public string? TryAdd(string name, ConstantTensor tensor)
    {
        if (tensor.Data.Length < threshold || !_names.Add(name))
        {
            return null;
        }

        _blobs.Add(new ConstantBlob(name, tensor.Data));
        return name;
    }

    public ImmutableArray<ConstantBlob> ToImmutable() => _blobs.ToImmutable();
}
