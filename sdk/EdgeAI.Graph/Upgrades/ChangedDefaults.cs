using System.Text;

namespace EdgeAI.Graph.Upgrades;

/// <summary>Operators whose old meaning a newer version has to be told.</summary>
internal static class ChangedDefaults
{
    public static IReadOnlyList<UpgradeRule> Rules { get; } =
    [
        new("dropout-mask", 10, "Dropout", "the mask is Boolean; who reads it as numbers gets a Cast", DropoutMask),
        new("scan-batch", 9, "Scan", "Scan of version 8 has a batch axis: refused", site => throw site.Refuse("Scan of version 8 runs over a batch; version 9 has no equal")),
        new("scatter-elements", 11, "Scatter", "Scatter is called ScatterElements", site => site.Become("ScatterElements", site.Attributes, [.. site.Node.Inputs], [.. site.Node.Outputs])),
        new("roi-align-pixels", 16, "RoiAlign", "the coordinates that version 10 meant are written down", RoiAlign),
        new("grid-sample-modes", 20, "GridSample", "bilinear and bicubic are called linear and cubic", GridSample),
        new("group-normalization-channels", 21, "GroupNormalization", "scale and bias for each group are repeated for its channels", GroupNormalization),
    ];

    private static void DropoutMask(UpgradeSite site)
    {
        if (site.Node.Outputs.Count < 2)
        {
            return;
        }

        if (!site.IsRead(1))
        {
            site.Become("Dropout", site.Attributes, [.. site.Node.Inputs], [site.Node.Output(0)]);
            return;
        }

        var (mask, boolean, element) = (site.Node.Output(1), site.NewValue("mask"), site.ElementOf(0));
        site.Become("Dropout", site.Attributes, [.. site.Node.Inputs], [site.Node.Output(0) ?? site.NewValue("result"), boolean]);
        site.Append("Cast", "mask_as_numbers", AttributeList.Empty.With("to", new AttributeValue.Int((long)element)), [boolean], [mask]);
    }

    private static void RoiAlign(UpgradeSite site) => Write(site, "coordinate_transformation_mode", "output_half_pixel");

    private static void GridSample(UpgradeSite site)
    {
        var mode = site.Attributes.Text("mode", "bilinear");
        if (mode != "nearest")
        {
            Write(site, "mode", mode switch { "bilinear" => "linear", "bicubic" => "cubic", _ => mode });
        }
    }

    private static void GroupNormalization(UpgradeSite site)
    {
        var groups = site.Attributes.Int("num_groups", 0);
        var channels = site.RankOf(0) >= 2 && site.ShapeOf(0)[1] is { IsKnown: true } extent ? extent.Value
            : throw site.Refuse("the number of channels is not known; expected a declared shape");
        if (groups <= 0 || channels % groups != 0)
        {
            throw site.Refuse($"{channels} channels cannot be cut into {groups} groups");
        }

        Value Repeat(int input, string what)
        {
            var column = site.Insert("Reshape", $"{what}_column", AttributeList.Empty, site.Required(input), site.Integers($"{what}_column_shape", -1, 1));
            var spread = site.Insert("Expand", $"{what}_spread", AttributeList.Empty, column, site.Integers($"{what}_spread_shape", groups, channels / groups));
            return site.Insert("Reshape", $"{what}_channels", AttributeList.Empty, spread, site.Integers($"{what}_channels_shape", -1));
        }

        site.Become("GroupNormalization", site.Attributes, site.Input(0), Repeat(1, "scale"), Repeat(2, "bias"));
    }

    private static void Write(UpgradeSite site, string attribute, string text) =>
        site.Become(site.Attributes.With(attribute, new AttributeValue.Text(Encoding.UTF8.GetBytes(text))));
}
