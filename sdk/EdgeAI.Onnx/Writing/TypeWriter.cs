using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Writing;

/// <summary>Writes TypeProto.</summary>
internal static class TypeWriter
{
    public static ProtoWriter Write(ValueType? type)
    {
        var message = new ProtoWriter();
        switch (type)
        {
            case TensorType tensor:
                message.Message(TypeFields.Tensor, Tensor(tensor.Element, tensor.Shape));
                break;
            case SparseTensorType tensor:
                message.Message(TypeFields.Sparse, Tensor(tensor.Element, tensor.Shape));
                break;
            case SequenceType sequence:
                message.Message(TypeFields.Sequence, Element(sequence.Element));
                break;
            case OptionalType optional:
                message.Message(TypeFields.Optional, Element(optional.Element));
                break;
            case MapType map:
                message.Message(TypeFields.Map, Map(map));
                break;
            case OpaqueType opaque:
                message.Message(TypeFields.Opaque, inner =>
                {
                    inner.TextUnlessEmpty(TypeFields.OpaqueDomain, opaque.Domain);
                    inner.TextUnlessEmpty(TypeFields.OpaqueName, opaque.Name);
                });
                break;
        }

        return message;
    }

    private static ProtoWriter Tensor(DataType element, Shape shape)
    {
        var message = new ProtoWriter();
        message.Int64(TypeFields.ElementType, (int)element);
        if (shape.HasRank)
        {
            message.Message(TypeFields.Shape, inner =>
            {
                foreach (var dimension in shape.Dimensions)
                {
                    inner.Message(TypeFields.Dimension, extent => Dimension(extent, dimension));
                }
            });
        }

        return message;
    }

    private static void Dimension(ProtoWriter message, Dimension dimension)
    {
        if (dimension.IsKnown)
        {
            message.Int64(TypeFields.DimensionValue, dimension.Value);
        }
        else if (dimension.Symbol is { } symbol)
        {
            message.Text(TypeFields.DimensionName, symbol);
        }
    }

    private static ProtoWriter Element(ValueType? element)
    {
        var message = new ProtoWriter();
        if (element is not null)
        {
            message.Message(TypeFields.ElementType, Write(element));
        }

        return message;
    }

    private static ProtoWriter Map(MapType map)
    {
        var message = new ProtoWriter();
        message.Int64(TypeFields.MapKey, (int)map.Key);
        if (map.Element is not null)
        {
            message.Message(TypeFields.MapValue, Write(map.Element));
        }

        return message;
    }
}
