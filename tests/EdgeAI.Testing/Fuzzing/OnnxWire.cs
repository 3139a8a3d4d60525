namespace EdgeAI.Testing.Fuzzing;

/// <summary>The messages of onnx.proto.</summary>
public enum MessageKind
{
    Model,
    OperatorSet,
    Entry,
    Graph,
    Node,
    Attribute,
    Tensor,
    SparseTensor,
    ValueInfo,
    Type,
    TensorType,
    ElementType,
    MapType,
    OpaqueType,
    Shape,
    Dimension,
    Annotation,
    Function,
}

/// <summary>What the fuzzer knows of onnx.proto: which field of which message is a message itself, and which hold names.</summary>
internal static class OnnxWire
{
    private static readonly Dictionary<(MessageKind, int), MessageKind> NestedKinds = new()
    {
        [(MessageKind.Model, 7)] = MessageKind.Graph, [(MessageKind.Model, 8)] = MessageKind.OperatorSet, [(MessageKind.Model, 14)] = MessageKind.Entry,
        [(MessageKind.Model, 25)] = MessageKind.Function,
        [(MessageKind.Graph, 1)] = MessageKind.Node, [(MessageKind.Graph, 5)] = MessageKind.Tensor, [(MessageKind.Graph, 11)] = MessageKind.ValueInfo,
        [(MessageKind.Graph, 12)] = MessageKind.ValueInfo, [(MessageKind.Graph, 13)] = MessageKind.ValueInfo, [(MessageKind.Graph, 14)] = MessageKind.Annotation,
        [(MessageKind.Graph, 15)] = MessageKind.SparseTensor, [(MessageKind.Graph, 16)] = MessageKind.Entry,
        [(MessageKind.Node, 5)] = MessageKind.Attribute, [(MessageKind.Node, 9)] = MessageKind.Entry,
        [(MessageKind.Attribute, 5)] = MessageKind.Tensor, [(MessageKind.Attribute, 6)] = MessageKind.Graph, [(MessageKind.Attribute, 10)] = MessageKind.Tensor,
        [(MessageKind.Attribute, 11)] = MessageKind.Graph, [(MessageKind.Attribute, 14)] = MessageKind.Type, [(MessageKind.Attribute, 15)] = MessageKind.Type,
        [(MessageKind.Attribute, 22)] = MessageKind.SparseTensor, [(MessageKind.Attribute, 23)] = MessageKind.SparseTensor,
        [(MessageKind.Tensor, 13)] = MessageKind.Entry, [(MessageKind.Tensor, 16)] = MessageKind.Entry,
        [(MessageKind.SparseTensor, 1)] = MessageKind.Tensor, [(MessageKind.SparseTensor, 2)] = MessageKind.Tensor,
        [(MessageKind.ValueInfo, 2)] = MessageKind.Type, [(MessageKind.ValueInfo, 4)] = MessageKind.Entry,
        [(MessageKind.Type, 1)] = MessageKind.TensorType, [(MessageKind.Type, 4)] = MessageKind.ElementType, [(MessageKind.Type, 5)] = MessageKind.MapType,
        [(MessageKind.Type, 7)] = MessageKind.OpaqueType, [(MessageKind.Type, 8)] = MessageKind.TensorType, [(MessageKind.Type, 9)] = MessageKind.ElementType,
        [(MessageKind.ElementType, 1)] = MessageKind.Type, [(MessageKind.MapType, 2)] = MessageKind.Type,
        [(MessageKind.TensorType, 2)] = MessageKind.Shape, [(MessageKind.Shape, 1)] = MessageKind.Dimension,
        [(MessageKind.Annotation, 2)] = MessageKind.Entry,
        [(MessageKind.Function, 7)] = MessageKind.Node, [(MessageKind.Function, 9)] = MessageKind.OperatorSet, [(MessageKind.Function, 11)] = MessageKind.Attribute,
        [(MessageKind.Function, 12)] = MessageKind.ValueInfo, [(MessageKind.Function, 14)] = MessageKind.Entry,
    };

    /// <summary>The message in that field, or null.</summary>
    public static MessageKind? Nested(MessageKind kind, int field) => NestedKinds.TryGetValue((kind, field), out var nested) ? nested : null;

    /// <summary>True where the field names a value of a graph.</summary>
    public static bool NamesValue(MessageKind kind, int field) => (kind, field) is
        (MessageKind.Node, 1 or 2) or (MessageKind.ValueInfo, 1) or (MessageKind.Tensor, 8) or (MessageKind.Function, 4 or 5) or (MessageKind.Annotation, 1);

    /// <summary>True where the field is an extent or a list of them.</summary>
    public static bool HoldsExtents(MessageKind kind, int field) => (kind, field) is
        (MessageKind.Tensor, 1) or (MessageKind.Dimension, 1) or (MessageKind.SparseTensor, 3);
}
