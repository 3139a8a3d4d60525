using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Quantized;

/// <summary>Cases of operators that put elements to other places.</summary>
internal static class QuantizedMoves
{
    public static IReadOnlyList<QuantizedCase> Cases { get; } =
    [
        new("slice with steps", [2, 7, 9, 11], 0.05f, (m, _, x) => Same(m, "Slice", x, [Ints(1, 2), Ints(7, 11), Ints(1, 3), Ints(2, 3)])),
        new("slice backward", [1, 5, 6, 7], 0.05f, (m, _, x) => Same(m, "Slice", x, [Ints(-1, 5), Ints(-100, 0), Ints(1, 3), Ints(-1, -2)])),
        new("slice of other parameters", [1, 6, 5, 4], 0.05f, (m, _, x) => m.Group("Slice", [x, Ints(2), Ints(5), Ints(1)], x.Type, x.Scale * 0.7f, x.ZeroPoint + 2)),
        new("split into uneven parts", [1, 7, 5, 4], 0.05f, Parts),
        new("pad with a constant", [1, 3, 5, 4], 0.05f, (m, _, x) => Same(m, "Pad", x, [Ints(0, 0, 1, 2, 0, 1, 3, 0), Real(1.3f)])),
        new("pad and crop", [1, 3, 6, 5], 0.05f, (m, _, x) => Same(m, "Pad", x, [Ints(0, 0, -1, 2, 0, 0, 2, -2), Real(0)])),
        new("pad by reflection", [1, 3, 6, 5], 0.05f, (m, _, x) => Same(m, "Pad", x, [Ints(0, 0, 2, 3, 0, 0, 1, 4)], Text("mode", "reflect"))),
        new("pad by the edge", [1, 3, 6, 5], 0.05f, (m, _, x) => Same(m, "Pad", x, [Ints(0, 1, 2, 0, 0, 0, 1, 3)], Text("mode", "edge"))),
        new("concat of other scales", [1, 5, 4, 3], 0.05f, (m, _, x) => m.Group("Concat", [x, QuantizedCase.Shifted(m, x)], x.Type, x.Scale * 1.4f, x.ZeroPoint, Axis(2))),
        new("depth to space", [1, 12, 3, 5], 0.05f, (m, _, x) => Same(m, "DepthToSpace", x, [], Block(2))),
        new("depth to space, channels first", [1, 18, 3, 2], 0.05f, (m, _, x) => Same(m, "DepthToSpace", x, [], Block(3).With("mode", new AttributeValue.Text("CRD"u8.ToArray())))),
        new("space to depth", [1, 3, 6, 8], 0.05f, (m, _, x) => Same(m, "SpaceToDepth", x, [], Block(2))),
        new("transpose of a matrix", [7, 13], 0.05f, (m, _, x) => Same(m, "Transpose", x, [])),
        new("transpose of five axes", [2, 3, 4, 5, 2], 0.05f, (m, _, x) => Same(m, "Transpose", x, [], TestUnits.Attributes(("perm", [0, 3, 1, 4, 2])))),
        new("expand", [1, 4, 1, 5], 0.05f, (m, _, x) => Same(m, "Expand", x, [Ints(3, 4, 6, 5)])),
        new("tile", [1, 3, 4, 5], 0.05f, (m, _, x) => Same(m, "Tile", x, [Ints(1, 2, 1, 3)])),
        new("gather", [1, 6, 4, 5], 0.05f, (m, _, x) => Same(m, "Gather", x, [Ints(5, 0, 0, -2)], Axis(1))),
        new("squeeze and unsqueeze", [1, 6, 1, 5], 0.05f, (m, _, x) => Same(m, "Unsqueeze", QuantizedCase.Inferred(m, Same(m, "Squeeze", x, [Ints(2)])), [Ints(0)])),
        new("resize nearest twice", [1, 5, 4, 3], 0.05f, (m, _, x) => Resize(m, x, [1, 1, 2, 2], "nearest", "asymmetric", "floor")),
        .. from transformation in new[] { "half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners" }
           from rounding in new[] { "round_prefer_floor", "round_prefer_ceil", "floor", "ceil" }
           select new QuantizedCase($"resize nearest, {transformation}, {rounding}", [1, 3, 5, 7], 0.05f, (m, _, x) => Resize(m, x, [1, 1, 1.7f, 0.6f], "nearest", transformation, rounding)),
        .. from transformation in new[] { "half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners" }
           select new QuantizedCase($"resize linear, {transformation}", [1, 5, 5, 7], 0.05f, (m, _, x) => Resize(m, x, [1, 1, 1.7f, 2.6f], "linear", transformation, "floor")),
        new("resize linear down", [1, 17, 9, 8], 0.05f, (m, _, x) => Resize(m, x, [1, 1, 0.5f, 0.4f], "linear", "half_pixel", "floor")),
    ];

    /// <summary>An operator whose result has its input's parameters.</summary>
    public static QuantizedValue Same(QdqModel model, string op, QuantizedValue x, IEnumerable<object?> others, AttributeList? attributes = null) =>
        model.Group(op, [x, .. others], x.Type, x.Scale, x.ZeroPoint, attributes);

    private static ConstantTensor Ints(params long[] values) => ConstantTensor.Of<long>(new Shape(values.Length), values);

    private static ConstantTensor Real(float value) => ConstantTensor.Of<float>(Shape.Scalar, value);

    private static AttributeList Axis(long axis) => new(new NodeAttribute("axis", new AttributeValue.Int(axis)));

    private static AttributeList Block(long size) => new(new NodeAttribute("blocksize", new AttributeValue.Int(size)));

    private static AttributeList Text(string name, string value) => new(new NodeAttribute(name, new AttributeValue.Text(System.Text.Encoding.UTF8.GetBytes(value))));

    private static QuantizedValue Resize(QdqModel model, QuantizedValue x, float[] scales, string mode, string transformation, string rounding) => Same(
        model, "Resize", x, [null, ConstantTensor.Of<float>(new Shape(scales.Length), scales)],
        Text("mode", mode).With("coordinate_transformation_mode", new AttributeValue.Text(System.Text.Encoding.UTF8.GetBytes(transformation)))
            .With("nearest_mode", new AttributeValue.Text(System.Text.Encoding.UTF8.GetBytes(rounding))));

    /// <summary>Three parts of the channels, one of them read by nobody else, summed up as far as they fit.</summary>
    private static QuantizedValue Parts(QdqModel model, Random random, QuantizedValue x)
    {
        var parts = model.Groups("Split", [x, Ints(2, 3, 2)], 3, x, Axis(1));
        ShapeInference.Infer(model.Model);
        model.Output(parts[1]);
        return model.Group("Add", [parts[0], parts[2]], x.Type, x.Scale * 2, x.ZeroPoint);
    }
}
