using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Upgrades;

/// <summary>Experiments of version 1 that no later version has, in operators that there are. What has no equal is refused by name.</summary>
internal static class RemovedOperators
{
    private const string NoEqual = "the operator was an experiment of 2017 and has no equal in ai.onnx; export the model again";

    public static IReadOnlyList<UpgradeRule> Rules { get; } =
    [
        new("affine-arithmetic", 7, "Affine", "α·x + β as Mul and Add", site => Linear(site, site.Attributes.Float("alpha", 1), site.Attributes.Float("beta", 0))),
        new("scale-arithmetic", 7, "Scale", "a factor as Mul", Scale),
        new("scaled-tanh-arithmetic", 7, "ScaledTanh", "α·tanh(β·x) as Mul, Tanh, Mul", ScaledTanh),
        new("parametric-softplus-arithmetic", 7, "ParametricSoftplus", "α·ln(1 + exp(β·x)) as Mul, Softplus, Mul", ParametricSoftplus),
        new("image-scaler-arithmetic", 7, "ImageScaler", "a factor and a bias for each channel as Mul and Add", ImageScaler),
        new("crop-slice", 7, "Crop", "borders as Slice", Crop),
        new("given-tensor-constant", 7, "GivenTensorFill", "given values as Constant", GivenTensor),
        new("constant-fill", 9, "ConstantFill", "one value in a shape as ConstantOfShape", ConstantFill),
        new("dynamic-slice", 10, "DynamicSlice", "Slice with operands", site => site.Become("Slice", AttributeList.Empty, [.. site.Node.Inputs], [.. site.Node.Outputs])),
        new("no-equal", 7, "ATen GRUUnit", "refused: there is no equal", site => throw site.Refuse(NoEqual)),
    ];

    private static void Linear(UpgradeSite site, float alpha, float beta)
    {
        var element = site.ElementOf(0);
        var scaled = site.Insert("Mul", "scaled", AttributeList.Empty, site.Input(0), site.Scalar("alpha", alpha, element));
        site.Become("Add", AttributeList.Empty, scaled, site.Scalar("beta", beta, element));
    }

    private static void Scale(UpgradeSite site) =>
        site.Become("Mul", AttributeList.Empty, site.Input(0), site.Scalar("scale", site.Attributes.Float("scale", 1), site.ElementOf(0)));

    private static void ScaledTanh(UpgradeSite site) => Around(site, "Tanh", Needed(site, "alpha"), Needed(site, "beta"));

    private static void ParametricSoftplus(UpgradeSite site) => Around(site, "Softplus", Needed(site, "alpha"), Needed(site, "beta"));

    private static void Around(UpgradeSite site, string opType, float outer, float inner)
    {
        var element = site.ElementOf(0);
        var scaled = site.Insert("Mul", "inner", AttributeList.Empty, site.Input(0), site.Scalar("beta", inner, element));
        site.Become("Mul", AttributeList.Empty, site.Insert(opType, "function", AttributeList.Empty, scaled), site.Scalar("alpha", outer, element));
    }

    private static void ImageScaler(UpgradeSite site)
    {
        var bias = site.Attributes.Floats("bias");
        var factor = site.Scalar("scale", site.Attributes.Float("scale", 1), site.ElementOf(0));
        if (bias.IsDefaultOrEmpty)
        {
            site.Become("Mul", AttributeList.Empty, site.Input(0), factor);
            return;
        }

        var scaled = site.Insert("Mul", "scaled", AttributeList.Empty, site.Input(0), factor);
        var shape = new Shape(1, bias.Length, 1, 1);
        site.Become("Add", AttributeList.Empty, scaled, site.Constant("bias", site.Numbers(shape, [.. bias.Select(item => (double)item)], site.ElementOf(0))));
    }

    private static void Crop(UpgradeSite site)
    {
        var (border, scale) = (site.Attributes.Ints("border"), site.Attributes.Ints("scale"));
        if (border.IsDefault || border.Length != 4)
        {
            throw site.Refuse("attribute 'border' holds no four numbers: left, top, right, bottom");
        }

        ImmutableArray<long> ends = scale is { IsDefault: false, Length: 2 } ? [checked(border[1] + scale[0]), checked(border[0] + scale[1])]
            : [End(border[3]), End(border[2])];
        site.Become("Slice", AttributeList.Empty
            .With("axes", new AttributeValue.Ints([2, 3])).With("starts", new AttributeValue.Ints([border[1], border[0]])).With("ends", new AttributeValue.Ints(ends)), site.Input(0));
    }

    /// <summary>So many before the end.</summary>
    private static long End(long border) => border == 0 ? int.MaxValue : -border;

    private static void GivenTensor(UpgradeSite site)
    {
        var values = site.Attributes.Floats("values");
        var shape = ShapeOf(site);
        if (values.IsDefault || Product(site, shape) != values.Length)
        {
            throw site.Refuse($"'values' holds {(values.IsDefault ? 0 : values.Length)} numbers; expected as many as the shape [{string.Join(',', shape)}] has");
        }

        Constant(site, ConstantTensor.Of<float>(new Shape(shape), values.AsSpan()));
    }

    private static void ConstantFill(UpgradeSite site)
    {
        var type = site.Attributes.Int("dtype", 1) is > 0 and <= (long)DataType.Float64 and var number ? (DataType)number
            : throw site.Refuse($"'dtype' is {site.Attributes.Int("dtype", 1)}; expected the number of a type of elements");
        var element = site.Numbers(new Shape(1), [site.Attributes.Float("value", 0)], type);
        if (site.Attributes.Int("input_as_shape", 0) != 0)
        {
            var attributes = AttributeList.Empty.With("value", new AttributeValue.Tensor(element));
            var extra = site.Attributes.Ints("extra_shape");
            var shape = extra.IsDefaultOrEmpty ? site.Required(0)
                : site.Insert("Concat", "shape", AttributeList.Empty.With("axis", new AttributeValue.Int(0)), site.Required(0), site.Integers("extra", extra));
            site.Become("ConstantOfShape", attributes, shape);
            return;
        }

        var extents = site.Integers("shape", [.. ShapeOf(site)]);
        site.Become("ConstantOfShape", AttributeList.Empty.With("value", new AttributeValue.Tensor(element)), extents);
    }

    /// <summary>The shape of an operand, or attribute 'shape', with 'extra_shape' behind it.</summary>
    private static long[] ShapeOf(UpgradeSite site)
    {
        var first = site.Attributes.Ints("shape") is { IsDefault: false } given ? given.ToArray()
            : site.Input(0) is null ? []
            : site.Attributes.Int("input_as_shape", 0) != 0 ? site.IntegersOf(0)
            : site.ShapeOf(0) is { IsStatic: true } shape ? shape.ToArray()
            : throw site.Refuse($"the shape of operand '{site.Input(0)!.Name}' is not known; expected a declared shape");
        return site.Attributes.Ints("extra_shape") is { IsDefault: false } extra ? [.. first, .. extra] : first;
    }

    private static long Product(UpgradeSite site, long[] extents)
    {
        try
        {
            return extents.Aggregate(1L, (count, extent) => checked(count * (extent >= 0 ? extent : throw site.Refuse($"the shape has the extent {extent}"))));
        }
        catch (OverflowException)
        {
            throw site.Refuse($"the shape [{string.Join(',', extents)}] passes 2^63 − 1 elements");
        }
    }

    private static void Constant(UpgradeSite site, ConstantTensor tensor) =>
        site.Become("Constant", AttributeList.Empty.With("value", new AttributeValue.Tensor(tensor)), [], [.. site.Node.Outputs]);

    private static float Needed(UpgradeSite site, string attribute) =>
        site.Attributes.Contains(attribute) ? site.Attributes.Float(attribute, 0) : throw site.Refuse($"attribute '{attribute}' is missing; expected a number");
}
