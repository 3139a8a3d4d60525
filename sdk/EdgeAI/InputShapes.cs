using System.Collections.Immutable;
using System.Globalization;
using EdgeAI.Hal;

namespace EdgeAI;

/// <summary>From declared shapes, which may be symbolic, to the shapes of a run.</summary>
internal static class InputShapes
{
    public static string Key(ImmutableArray<Shape> shapes) => string.Join(';', shapes);

    /// <summary>Numbers where the file has names: the given ones, else 1.</summary>
    public static Shape Assume(TensorSpec input, IReadOnlyDictionary<string, long> given) => Assume(input.Name, input.Shape, given);

    /// <inheritdoc cref="Assume(TensorSpec, IReadOnlyDictionary{string, long})"/>
    public static Shape Assume(string input, Shape declared, IReadOnlyDictionary<string, long> given) =>
        declared.HasRank ? new Shape([.. declared.Dimensions.Select((dimension, axis) => Assume(dimension, NameOf(input, axis), given))]) : declared;

    /// <summary>What an open extent is called that the file gives no name.</summary>
    public static string NameOf(string input, int axis) => string.Create(CultureInfo.InvariantCulture, $"{input}.{axis}");

    /// <summary>The shape of that many elements: at most one extent may be open.</summary>
    public static Shape Fit(TensorSpec input, long elementCount)
    {
        var open = input.Shape.Dimensions.Count(dimension => !dimension.IsKnown);
        var known = input.Shape.Dimensions.Where(dimension => dimension.IsKnown).Aggregate(1L, (product, dimension) => Multiply(product, dimension.Value));
        if (!input.Shape.HasRank)
        {
            throw new TensorMismatchException($"Input '{input}' has no rank in the model; give a tensor with a shape.");
        }

        if (open > 1 || (open == 1 && (known == 0 || elementCount % known != 0)) || (open == 0 && known != elementCount))
        {
            throw new TensorMismatchException($"Input '{input}' cannot be fed with {elementCount} elements{(open > 1 ? "; give a tensor with a shape" : $"; expected {(open == 0 ? "" : "a multiple of ")}{known}")}.");
        }

        return new Shape([.. input.Shape.Dimensions.Select(dimension => dimension.IsKnown ? dimension : Dimension.Of(elementCount / known))]);
    }

    /// <summary>The product, or the largest number where it is larger.</summary>
    private static long Multiply(long left, long right) => right != 0 && left > long.MaxValue / right ? long.MaxValue : left * right;

    /// <summary>Types, ranks and extents of what is fed, and one number for each symbol.</summary>
    public static void Check(ImmutableArray<TensorSpec> declared, IReadOnlyList<EdgeTensor> found)
    {
        if (found.Count != declared.Length)
        {
            throw new TensorMismatchException($"{found.Count} tensors are fed; the model has {declared.Length} inputs: {string.Join("; ", declared)}.");
        }

        var symbols = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var i = 0; i < declared.Length; i++)
        {
            var (spec, tensor) = (declared[i], found[i]);
            if (tensor is null)
            {
                throw new TensorMismatchException($"Input '{spec}' is fed with null.");
            }

            if (spec.Type != DataType.Undefined && (tensor.Type != spec.Type || !spec.Shape.IsCompatibleWith(tensor.Shape)))
            {
                throw new TensorMismatchException($"Input '{spec.Name}' is fed with {tensor}; expected {spec.Type}{spec.Shape}.");
            }

            CheckSymbols(spec, tensor, symbols);
        }
    }

    /// <summary>Shapes that buffers can be made for.</summary>
    public static void CheckSession(ImmutableArray<TensorSpec> declared, ImmutableArray<Shape> shapes)
    {
        if (shapes.Length != declared.Length)
        {
            throw new TensorMismatchException($"{shapes.Length} shapes are given; the model has {declared.Length} inputs: {string.Join("; ", declared)}.");
        }

        for (var i = 0; i < declared.Length; i++)
        {
            if (!declared[i].Type.IsFixedSize() || !shapes[i].IsStatic || !declared[i].Shape.IsCompatibleWith(shapes[i]))
            {
                throw new TensorMismatchException($"A session cannot hold input '{declared[i]}' as {shapes[i]}; expected a static shape that fits, and no text (use Run for that).");
            }
        }
    }

    private static void CheckSymbols(TensorSpec spec, EdgeTensor tensor, Dictionary<string, long> symbols)
    {
        for (var axis = 0; axis < spec.Shape.Rank; axis++)
        {
            if (spec.Shape[axis].Symbol is { } symbol && symbols.TryAdd(symbol, tensor.Shape[axis].Value) == false && symbols[symbol] != tensor.Shape[axis].Value)
            {
                throw new TensorMismatchException($"Input '{spec.Name}' is fed with {tensor}: dimension '{symbol}' is {tensor.Shape[axis].Value} here and {symbols[symbol]} before.");
            }
        }
    }

    private static Dimension Assume(Dimension dimension, string name, IReadOnlyDictionary<string, long> given) =>
        dimension.IsKnown ? dimension : given.TryGetValue(dimension.Symbol ?? name, out var value) ? value : 1;
}
