using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Onnx.Writing;

/// <summary>Takes the larger constants out of a message.</summary>
internal sealed class BlobCollector(int threshold)
{
    private readonly ImmutableArray<ConstantBlob>.Builder _blobs = ImmutableArray.CreateBuilder<ConstantBlob>();

    /// <summary>True when the constant leaves the message; small ones and texts stay inside.</summary>
    public bool TryAdd(string name, ConstantTensor tensor)
    {
        if (tensor.Data.Length < threshold)
        {
            return false;
        }

        _blobs.Add(new ConstantBlob(name, tensor.Data));
        return true;
    }

    public ImmutableArray<ConstantBlob> ToImmutable() => _blobs.ToImmutable();
}
