using System.Diagnostics.CodeAnalysis;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Inference;

/// <summary>Two statements about the type of one value.</summary>
internal static class TypeMerge
{
    /// <summary>What both say together, the first preferred; false where they contradict each other.</summary>
    public static bool TryUnify(ValueType? a, ValueType? b, out ValueType? result)
    {
        (var fits, result) = (a, b) switch
        {
            (null, _) => (true, b),
            (_, null) => (true, a),
            (TensorType x, TensorType y) => Tensors(x, y),
            (SequenceType x, SequenceType y) => (TryUnify(x.Element, y.Element, out var item), new SequenceType(item)),
            (OptionalType x, OptionalType y) => (TryUnify(x.Element, y.Element, out var item), new OptionalType(item)),
            (MapType x, MapType y) => (TryUnify(x.Element, y.Element, out var item) && x.Key == y.Key, new MapType(x.Key, item)),
            (SparseTensorType x, SparseTensorType y) => (x.Element == y.Element && x.Shape.IsCompatibleWith(y.Shape), x),
            (OpaqueType, OpaqueType) => (a == b, a),
            _ => ((bool, ValueType?))(false, null),
        };
        return fits;
    }

    /// <summary>What holds of both: the type of a value that is the one or the other; null where nothing does.</summary>
    public static ValueType? Either(ValueType? a, ValueType? b) => (a, b) switch
    {
        (TensorType x, TensorType y) when x.Element == y.Element => new TensorType(x.Element, Extents.Either(x.Shape, y.Shape)),
        (SequenceType x, SequenceType y) => new SequenceType(Either(x.Element, y.Element)),
        (OptionalType x, OptionalType y) => new OptionalType(Either(x.Element, y.Element)),
        _ => a == b ? a : null,
    };

    /// <summary>The same type without extents' names, which in a sequence's items stand for other numbers from item to item.</summary>
    [return: NotNullIfNotNull(nameof(type))]
    public static ValueType? WithoutNames(ValueType? type) => type switch
    {
        TensorType { Shape.HasRank: true } tensor => tensor with { Shape = new([.. tensor.Shape.Select(extent => extent.IsKnown ? extent : Dimension.Unknown)]) },
        SequenceType sequence => new SequenceType(WithoutNames(sequence.Element)),
        OptionalType optional => new OptionalType(WithoutNames(optional.Element)),
        _ => type,
    };

    /// <summary>The same type with numbers for symbols.</summary>
    [return: NotNullIfNotNull(nameof(type))]
    public static ValueType? Bind(ValueType? type, IReadOnlyDictionary<string, long> symbols) => type switch
    {
        TensorType tensor => tensor with { Shape = Bind(tensor.Shape, symbols) },
        SparseTensorType sparse => sparse with { Shape = Bind(sparse.Shape, symbols) },
        SequenceType sequence => new SequenceType(Bind(sequence.Element, symbols)),
        OptionalType optional => new OptionalType(Bind(optional.Element, symbols)),
        MapType map => map with { Element = Bind(map.Element, symbols) },
        _ => type,
    };

    public static Shape Bind(Shape shape, IReadOnlyDictionary<string, long> symbols)
    {
        if (!shape.Any(extent => extent.Symbol is { } symbol && symbols.ContainsKey(symbol)))
        {
            return shape;
        }

        return new([.. shape.Select(extent => extent.Symbol is { } symbol && symbols.TryGetValue(symbol, out var value) ? value : extent)]);
    }

    private static (bool Fits, ValueType? Result) Tensors(TensorType a, TensorType b)
    {
        var element = a.Element == DataType.Undefined ? b.Element : a.Element;
        var fits = b.Element == DataType.Undefined || b.Element == element;
        return Extents.Unify(a.Shape, b.Shape) is { } shape ? (fits, new TensorType(element, shape)) : (false, null);
    }
}
