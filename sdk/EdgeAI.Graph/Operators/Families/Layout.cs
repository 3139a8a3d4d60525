using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>Shapes [batch, channels, spatial…] and [batch, spatial…, channels].</summary>
internal static class Layout
{
    /// <summary>The channels moved from the end to axis 1.</summary>
    public static Shape ChannelsFirst(Shape shape) => shape is { HasRank: true, Rank: > 2 } ? new([shape[0], shape[shape.Rank - 1], .. shape.Skip(1).SkipLast(1)]) : shape;

    /// <summary>The channels moved from axis 1 to the end.</summary>
    public static Shape ChannelsLast(Shape shape) => shape is { HasRank: true, Rank: > 2 } ? new([shape[0], .. shape.Skip(2), shape[1]]) : shape;
}
