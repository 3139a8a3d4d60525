namespace EdgeAI.Hal.Cpu;

/// <summary>Settles the shapes of inputs, whose buffers say only their sizes.</summary>
internal static class InputShapes
{
    /// <summary>Gives every input a static shape: by its spec, by extents of the same name, or because one open extent follows from the size.</summary>
    /// <exception cref="TensorMismatchException">Some extent stays open.</exception>
    public static Shape[] Resolve(ReadOnlySpan<TensorSpec> specs, ReadOnlySpan<BufferView> views)
    {
        var shapes = new Shape[specs.Length];
        var known = new Dictionary<string, long>();
        for (var i = 0; i < specs.Length; i++)
            shapes[i] = specs[i].Shape;
        while (Settle(specs, views, shapes, known))
        {
        }

        for (var i = 0; i < specs.Length; i++)
        {
            if (!shapes[i].IsStatic && specs[i].Type != DataType.Undefined)
            {
                throw new TensorMismatchException(
                    $"Input '{specs[i].Name}' is {specs[i].Type}{specs[i].Shape}; {views[i].ByteCount} bytes do not settle its shape: give it explicitly.");
            }
        }

        return shapes;
    }

    private static bool Settle(ReadOnlySpan<TensorSpec> specs, ReadOnlySpan<BufferView> views, Shape[] shapes, Dictionary<string, long> known)
    {
        var progress = false;
        for (var i = 0; i < shapes.Length; i++)
        {
            if (shapes[i].IsStatic || !shapes[i].HasRank)
                continue;
            var settled = SolveBySize(Substitute(shapes[i], known), specs[i].Type, views[i].ByteCount, known);
            progress |= settled != shapes[i];
            shapes[i] = settled;
        }

        return progress;
    }

    private static Shape Substitute(Shape shape, Dictionary<string, long> known) =>
        new([.. shape.Select(extent => extent.Symbol is { } symbol && known.TryGetValue(symbol, out var value) ? Dimension.Of(value) : extent)]);

    private static Shape SolveBySize(Shape shape, DataType type, long byteCount, Dictionary<string, long> known)
    {
        var open = shape.Count(extent => !extent.IsKnown);
        if (open != 1 || !type.IsFixedSize())
            return shape;
        var rest = shape.Where(extent => extent.IsKnown).Aggregate(1L, (product, extent) => checked(product * extent.Value));
        var elements = byteCount * 8 / type.BitCount();
        if (rest == 0 || elements % rest != 0)
            return shape;
        if (shape.First(extent => !extent.IsKnown).Symbol is { } symbol)
            known[symbol] = elements / rest;
        return new Shape([.. shape.Select(extent => extent.IsKnown ? extent : Dimension.Of(elements / rest))]);
    }
}
