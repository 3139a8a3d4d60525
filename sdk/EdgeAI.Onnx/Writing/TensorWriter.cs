using System.Globalization;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Writing;

/// <summary>Writes TensorProto (always as raw data, except text) and SparseTensorProto.</summary>
internal sealed class TensorWriter(BlobCollector? blobs)
{
    private const int External = 1;

    /// <summary>A key and a value.</summary>
    public static void Entry(ProtoWriter message, string key, string value)
    {
        message.Text(EntryFields.Key, key);
        message.Text(EntryFields.Value, value);
    }

    /// <summary>A tensor; as a blob beside the message if it may leave it and is large.</summary>
    public ProtoWriter Write(ConstantTensor tensor, string name, bool mayLeave)
    {
        var message = new ProtoWriter();
        if (tensor.Shape.Rank > 0)
        {
            message.PackedInt64(TensorFields.Dims, tensor.Shape.Dimensions.Select(dimension => dimension.Value));
        }

        message.Int64(TensorFields.DataType, (int)tensor.Type);
        message.TextUnlessEmpty(TensorFields.Name, name);
        if (tensor.Type == DataType.String)
        {
            foreach (var text in tensor.Strings)
            {
                message.Bytes(TensorFields.StringData, text);
            }
        }
        else if (mayLeave && blobs?.TryAdd(name, tensor) is { } blob)
        {
            WriteExternal(message, blob, tensor.Data.Length);
        }
        else
        {
            message.Bytes(TensorFields.RawData, tensor.Data);
        }

        return message;
    }

    /// <summary>A sparse tensor.</summary>
    public ProtoWriter Write(SparseConstant sparse)
    {
        var message = new ProtoWriter();
        message.Message(SparseFields.Values, Write(sparse.Values, sparse.Name, mayLeave: false));
        message.Message(SparseFields.Indices, Write(sparse.Indices, "", mayLeave: false));
        message.PackedInt64(SparseFields.Dims, sparse.Extents);
        return message;
    }

    private static void WriteExternal(ProtoWriter message, string location, int length)
    {
        message.Message(TensorFields.ExternalData, entry => Entry(entry, "location", location));
        message.Message(TensorFields.ExternalData, entry => Entry(entry, "offset", "0"));
        message.Message(TensorFields.ExternalData, entry => Entry(entry, "length", length.ToString(CultureInfo.InvariantCulture)));
        message.Int64(TensorFields.DataLocation, External);
    }
}
