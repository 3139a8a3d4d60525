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

    /// <summary>The same type with numbers for symbols, and for expressions of which all symbols have one.</summary>
    /// <exception cref="ModelFormatException">An expression is negative.</exception>
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
        if (shape.All(extent => extent.Symbol is not { } symbol || NumberOf(symbol, symbols) is null))
        {
            return shape;
        }

        return new([.. shape.Select(extent => extent.Symbol is { } symbol && NumberOf(symbol, symbols) is { } value ? value : extent)]);
    }

    /// <summary>The number of an expression ("past + 1"); null where one of its names has none, and for a name.</summary>
    /// <exception cref="ModelFormatException">It is negative.</exception>
    public static long? Evaluate(string symbol, IReadOnlyDictionary<string, long> symbols)
    {
        var number = symbol.AsSpan().IndexOfAny(" *(") < 0 ? null
            : SymbolicExpressionParser.Parse(symbol)?.Evaluate(name => symbols.TryGetValue(name, out var value) ? value : null);
        return number is < 0 ? throw new ModelFormatException($"Extent '{symbol}' is {number} for the numbers that are given; expected at least 0.") : number;
    }

    private static long? NumberOf(string symbol, IReadOnlyDictionary<string, long> symbols) =>
        symbols.TryGetValue(symbol, out var given) ? given : Evaluate(symbol, symbols);

    private static (bool Fits, ValueType? Result) Tensors(TensorType a, TensorType b)
    {
        if (a.Element == b.Element && a.Shape == b.Shape)
        {
            return (true, a);
        }

        var element = a.Element == DataType.Undefined ? b.Element : a.Element;
        var fits = b.Element == DataType.Undefined || b.Element == element;
        return Extents.Unify(a.Shape, b.Shape) is { } shape ? (fits, new TensorType(element, shape)) : (false, null);
    }
}
