using System.Text;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Upgrades;

/// <summary>From Upsample to Resize: what the first meant is said by the second's attributes.</summary>
internal static class Resampling
{
    public static IReadOnlyList<UpgradeRule> Rules { get; } =
    [
        new("upsample-scales", 7, "Upsample", "'height_scale' and 'width_scale' become the scales of all axes", Scales),
        new("upsample-operand", 9, "Upsample", "attribute 'scales' becomes an operand", ScalesOperand),
        new("upsample-resize", 10, "Upsample", "Upsample is Resize that never shrinks", ToResize),
        new("resize-asymmetric", 11, "Resize", "the coordinates that version 10 meant are written down", Asymmetric),
    ];

    public static void Scales(UpgradeSite site)
    {
        if (!site.Attributes.Contains("height_scale") && !site.Attributes.Contains("width_scale"))
        {
            return;
        }

        var scales = new AttributeValue.Floats([1, 1, site.Attributes.Float("height_scale", 1), site.Attributes.Float("width_scale", 1)]);
        site.Become(Linear(site.Attributes).Without("height_scale").Without("width_scale").With("scales", scales));
    }

    private static AttributeList Linear(AttributeList attributes) =>
        attributes.Text("mode", "") == "bilinear" ? attributes.With("mode", TextOf("linear")) : attributes;

    private static void ScalesOperand(UpgradeSite site)
    {
        var scales = site.Attributes.Floats("scales");
        if (!scales.IsDefault)
        {
            site.Become("Upsample", site.Attributes.Without("scales"), site.Input(0), site.Floats("scales", scales));
        }
    }

    /// <summary>Straight to version 11 where the way leads past it: Resize of version 10 does not say that it never shrinks.</summary>
    private static void ToResize(UpgradeSite site)
    {
        if (site.Target < 11)
        {
            site.Become("Resize", site.Attributes, site.Input(0), site.Required(1));
            return;
        }

        site.ResultVersion = 11;
        Resize(site, "floor");
    }

    private static void Asymmetric(UpgradeSite site) => Resize(site, site.Attributes.Text("mode", "nearest") == "nearest" ? Nearest(site) : "floor");

    /// <summary>Enlarging took the element at or before the place, shrinking that at or behind it.</summary>
    private static string Nearest(UpgradeSite site)
    {
        var scales = site.ConstantOf(1) is { Type: DataType.Float32 } constant ? constant.AsSpan<float>().ToArray()
            : throw site.Refuse("the scales are computed in the run; whether version 10 takes the nearest element before or behind a place depends on them");
        return Array.TrueForAll(scales, scale => scale >= 1) ? "floor"
            : Array.TrueForAll(scales, scale => scale <= 1) ? "ceil"
            : throw site.Refuse("some axes grow and others shrink; version 11 takes the nearest element before or behind a place for all axes alike");
    }

    private static void Resize(UpgradeSite site, string nearest)
    {
        var attributes = site.Attributes.With("coordinate_transformation_mode", TextOf("asymmetric"));
        attributes = attributes.Text("mode", "nearest") == "nearest" ? attributes.With("nearest_mode", TextOf(nearest)) : attributes;
        site.Become("Resize", attributes, site.Input(0), site.Floats("roi"), site.Required(1));
    }

    private static AttributeValue.Text TextOf(string text) => new(Encoding.UTF8.GetBytes(text));
}
