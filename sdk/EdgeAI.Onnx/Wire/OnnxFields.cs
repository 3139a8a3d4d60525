namespace EdgeAI.Onnx.Wire;

// Field numbers of onnx.proto, a class per message; only those that are read or written.
internal static class ModelFields
{
    public const int IrVersion = 1, ProducerName = 2, ProducerVersion = 3, Domain = 4, ModelVersion = 5, DocString = 6, Graph = 7, OpsetImport = 8, Metadata = 14, Functions = 25;
}

internal static class OpsetFields
{
    public const int Domain = 1, Version = 2;
}

internal static class EntryFields
{
    public const int Key = 1, Value = 2;
}

internal static class GraphFields
{
    public const int Node = 1, Name = 2, Initializer = 5, DocString = 10, Input = 11, Output = 12, ValueInfo = 13,
        QuantizationAnnotation = 14, SparseInitializer = 15, Metadata = 16;
}

/// <summary>TensorAnnotation.</summary>
internal static class AnnotationFields
{
    public const int Tensor = 1, Parameter = 2;
}

internal static class NodeFields
{
    public const int Input = 1, Output = 2, Name = 3, OpType = 4, Attribute = 5, DocString = 6, Domain = 7, Overload = 8, Metadata = 9;
}

internal static class AttributeFields
{
    public const int Name = 1, Float = 2, Int = 3, Text = 4, Tensor = 5, Graph = 6, Floats = 7, Ints = 8, Texts = 9, Tensors = 10, Graphs = 11,
        DocString = 13, TypeProto = 14, TypeProtos = 15, Kind = 20, Reference = 21, Sparse = 22, Sparses = 23;
}

/// <summary>AttributeProto.AttributeType.</summary>
internal static class AttributeKinds
{
    public const int Float = 1, Int = 2, Text = 3, Tensor = 4, Graph = 5, Floats = 6, Ints = 7, Texts = 8, Tensors = 9, Graphs = 10,
        Sparse = 11, Sparses = 12, Type = 13, Types = 14;
}

internal static class TensorFields
{
    public const int Dims = 1, DataType = 2, Segment = 3, FloatData = 4, Int32Data = 5, StringData = 6, Int64Data = 7, Name = 8, RawData = 9, DoubleData = 10,
        UInt64Data = 11, DocString = 12, ExternalData = 13, DataLocation = 14, Metadata = 16;
}

internal static class SparseFields
{
    public const int Values = 1, Indices = 2, Dims = 3;
}

internal static class SequenceFields
{
    public const int ElementType = 2, Tensor = 3, TensorElement = 1;
}

internal static class OptionalFields
{
    public const int Tensor = 3, Sequence = 5;
}

internal static class ValueFields
{
    public const int Name = 1, Type = 2, DocString = 3, Metadata = 4;
}

internal static class TypeFields
{
    public const int Tensor = 1, Sequence = 4, Map = 5, Opaque = 7, Sparse = 8, Optional = 9;
    public const int ElementType = 1, Shape = 2, MapKey = 1, MapValue = 2, OpaqueDomain = 1, OpaqueName = 2;
    public const int Dimension = 1, DimensionValue = 1, DimensionName = 2;
}

internal static class FunctionFields
{
    public const int Name = 1, Input = 4, Output = 5, Attribute = 6, Node = 7, DocString = 8, OpsetImport = 9, Domain = 10, AttributeDefault = 11, ValueInfo = 12, Overload = 13,
        Metadata = 14;
}
