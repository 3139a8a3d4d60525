using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Testing;

/// <summary>Random operators that put elements to other places.</summary>
internal static class RandomMoves
{
    private static readonly string[] Transformations = ["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"];
    private static readonly string[] Roundings = ["round_prefer_floor", "round_prefer_ceil", "floor", "ceil"];

    public static IEnumerable<RandomOperator> All { get; } =
    [
        new("Concat", Concat),
        new("Slice", Slice),
        new("Split", Split),
        .. from mode in new[] { "constant", "edge", "reflect" } select new RandomOperator($"Pad, {mode}", (m, r) => Pad(m, r, mode)),
        new("Transpose", Transpose),
        new("Expand", (m, r) => Move(m, r, "Expand", x => [RandomOperator.Ints([2, .. x.Select(extent => extent == 1 ? r.Next(1, 5) : extent)])])),
        new("Tile", (m, r) => Move(m, r, "Tile", x => [RandomOperator.Ints([.. x.Select(_ => (long)r.Next(1, 4))])])),
        new("Gather", (m, r) => Move(m, r, "Gather", x => [RandomOperator.Ints([.. Enumerable.Range(0, r.Next(1, 6)).Select(_ => (long)r.Next((int)x[0]))])])),
        new("DepthToSpace", (m, r) => Blocks(m, r, "DepthToSpace")),
        new("SpaceToDepth", (m, r) => Blocks(m, r, "SpaceToDepth")),
        new("Flatten", (m, r) => Move(m, r, "Flatten", _ => [])),
        new("Resize, nearest", (m, r) => Resize(m, r, "nearest")),
        new("Resize, linear", (m, r) => Resize(m, r, "linear")),
    ];

    private static QuantizedValue Move(QdqModel model, Random random, string op, Func<long[], IEnumerable<object?>> others)
    {
        var extents = RandomOperator.Any(random).Take(3).Select(extent => random.Next(3) == 0 ? 1 : extent).ToArray();
        var x = RandomOperator.Input(model, random, RandomOperator.Type(random), extents);
        return Moved(model, random, op, x, others(extents));
    }

    /// <summary>A move keeps its input's parameters mostly.</summary>
    private static QuantizedValue Moved(QdqModel model, Random random, string op, QuantizedValue x, IEnumerable<object?> others, AttributeList? attributes = null) => random.Next(4) == 0
        ? RandomOperator.Result(model, random, op, [x, .. others], x, attributes)
        : model.Group(op, [x, .. others], x.Type, x.Scale, x.ZeroPoint, attributes);

    private static QuantizedValue Concat(QdqModel model, Random random)
    {
        var (type, extents) = (RandomOperator.Type(random), RandomOperator.Any(random));
        var axis = random.Next(extents.Length);
        var parts = Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomOperator.Input(model, random, type, [.. extents.Select((extent, i) => i == axis ? random.Next(1, 6) : extent)])).ToList();
        return RandomOperator.Result(model, random, "Concat", parts, parts[0], RandomOperator.Int("axis", axis));
    }

    private static QuantizedValue Slice(QdqModel model, Random random)
    {
        var extents = RandomOperator.Any(random);
        var x = RandomOperator.Input(model, random, RandomOperator.Type(random), extents);
        var axes = Enumerable.Range(0, extents.Length).Where(_ => random.Next(2) == 0).DefaultIfEmpty(0).ToArray();
        var steps = axes.Select(_ => (long)random.Next(1, 4) * (random.Next(4) == 0 ? -1 : 1)).ToArray();
        var starts = axes.Select((axis, i) => steps[i] > 0 ? random.Next((int)extents[axis]) : random.Next((int)extents[axis]) - extents[axis]).ToArray();
        var ends = axes.Select((axis, i) => steps[i] > 0 ? starts[i] + 1 + random.Next((int)extents[axis]) : long.MinValue + 1).ToArray();
        return Moved(model, random, "Slice", x, [RandomOperator.Ints(starts), RandomOperator.Ints(ends), RandomOperator.Ints([.. axes.Select(axis => (long)axis)]), RandomOperator.Ints(steps)]);
    }

    private static QuantizedValue Split(QdqModel model, Random random)
    {
        var extents = RandomOperator.Any(random);
        var axis = random.Next(extents.Length);
        long[] parts = [random.Next(1, 4), random.Next(1, 5)];
        extents[axis] = parts.Sum();
        var x = RandomOperator.Input(model, random, RandomOperator.Type(random), extents);
        var results = model.Groups("Split", [x, RandomOperator.Ints(parts)], 2, x, RandomOperator.Int("axis", axis));
        model.Output(results[1]);
        return results[0];
    }

    private static QuantizedValue Pad(QdqModel model, Random random, string mode)
    {
        var extents = RandomOperator.Any(random).Select(extent => extent + 1).ToArray();
        var x = RandomOperator.Input(model, random, RandomOperator.Type(random), extents);
        var pads = extents.Concat(extents).Select(extent => (long)random.Next(mode == "constant" && random.Next(4) == 0 ? -1 : 0, (int)Math.Min(extent, 4))).ToArray();
        object[] others = mode == "constant" ? [RandomOperator.Ints(pads), ConstantTensor.Of<float>(Shape.Scalar, (random.NextSingle() - 0.5f) * 4)] : [RandomOperator.Ints(pads)];
        return Moved(model, random, "Pad", x, others, Text("mode", mode));
    }

    private static QuantizedValue Transpose(QdqModel model, Random random)
    {
        var extents = Enumerable.Range(0, random.Next(2, 6)).Select(_ => (long)random.Next(1, 6)).ToArray();
        var x = RandomOperator.Input(model, random, RandomOperator.Type(random), extents);
        var order = Enumerable.Range(0, extents.Length).Select(axis => (long)axis).ToArray();
        random.Shuffle(order);
        return Moved(model, random, "Transpose", x, [], TestUnits.Attributes(("perm", order)));
    }

    private static QuantizedValue Blocks(QdqModel model, Random random, string op)
    {
        var (block, maps) = (random.Next(1, 4), RandomOperator.Maps(random));
        maps[1] = 1 + (maps[1] % 4);
        long[] extents = op == "DepthToSpace" ? [maps[0], maps[1] * block * block, maps[2], maps[3]] : [maps[0], maps[1], maps[2] * block, maps[3] * block];
        var x = RandomOperator.Input(model, random, RandomOperator.Type(random), extents);
        var attributes = RandomOperator.Int("blocksize", block);
        return Moved(model, random, op, x, [], op == "DepthToSpace" && random.Next(2) == 0 ? attributes.With("mode", new AttributeValue.Text("CRD"u8.ToArray())) : attributes);
    }

    private static QuantizedValue Resize(QdqModel model, Random random, string mode)
    {
        var x = RandomOperator.Input(model, random, RandomOperator.Type(random), RandomOperator.Maps(random));
        var attributes = Text("mode", mode).With("coordinate_transformation_mode", Value(Transformations[random.Next(Transformations.Length)])).With("nearest_mode", Value(Roundings[random.Next(Roundings.Length)]));
        float[] scales = [1, 1, Factor(), Factor()];
        return Moved(model, random, "Resize", x, [null, ConstantTensor.Of<float>(new Shape(scales.Length), scales)], attributes);

        float Factor() => random.Next(3) == 0 ? random.Next(1, 4) : 1f + (random.NextSingle() * 2);
    }

    private static AttributeList Text(string name, string value) => new(new NodeAttribute(name, Value(value)));

    private static AttributeValue.Text Value(string text) => new(System.Text.Encoding.UTF8.GetBytes(text));
}
