using System.Globalization;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Writing;

/// <summary>Writes TensorProto (always as raw data, except text) and SparseTensorProto.</summary>
internal static class TensorWriter
{
    /// <summary>Keys and values.</summary>
    public static void Entries(ProtoWriter message, int field, IEnumerable<KeyValuePair<string, string>> entries)
    {
        foreach (var (key, value) in entries)
        {
            message.Message(field, entry =>
            {
                entry.Text(EntryFields.Key, key);
                entry.Text(EntryFields.Value, value);
            });
        }
    }

    /// <summary>A constant with its texts.</summary>
    public static ProtoWriter Write(Value value, ExternalWeights? weights)
    {
        var message = weights?.Place(value.Constant!) is { } offset ? WriteOutside(value, weights.Location, offset) : Write(value.Constant!, value.Name);
        message.TextUnlessEmpty(TensorFields.DocString, value.DocString);
        Entries(message, TensorFields.Metadata, value.Metadata);
        return message;
    }

    /// <summary>A tensor.</summary>
    public static ProtoWriter Write(ConstantTensor tensor, string name)
    {
        var message = Head(tensor, name);
        if (tensor.Type == DataType.String)
        {
            foreach (var text in tensor.Strings)
            {
                message.Bytes(TensorFields.StringData, text);
            }
        }
        else
        {
            message.Bytes(TensorFields.RawData, tensor.Data);
        }

        return message;
    }

    private static ProtoWriter Head(ConstantTensor tensor, string name)
    {
        var message = new ProtoWriter();
        if (tensor.Shape.Rank > 0)
        {
            message.PackedInt64(TensorFields.Dims, tensor.Shape.Dimensions.Select(dimension => dimension.Value));
        }

        message.Int64(TensorFields.DataType, (int)tensor.Type);
        message.TextUnlessEmpty(TensorFields.Name, name);
        return message;
    }

    private static ProtoWriter WriteOutside(Value value, string location, long offset)
    {
        const int External = 1;
        var message = Head(value.Constant!, value.Name);
        var length = value.Constant!.Data.Length;
        Entries(message, TensorFields.ExternalData, [new("location", location), new("offset", Text(offset)), new("length", Text(length))]);
        message.Int64(TensorFields.DataLocation, External);
        return message;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A sparse tensor.</summary>
    public static ProtoWriter Write(SparseConstant sparse)
    {
        var message = new ProtoWriter();
        message.Message(SparseFields.Values, Write(sparse.Values, sparse.Name));
        message.Message(SparseFields.Indices, Write(sparse.Indices, ""));
        message.PackedInt64(SparseFields.Dims, sparse.Extents);
        return message;
    }
}
