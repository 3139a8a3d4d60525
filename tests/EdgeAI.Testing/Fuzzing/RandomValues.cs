namespace EdgeAI.Testing.Fuzzing;

/// <summary>Draws that mutators share.</summary>
internal static class RandomValues
{
    private static readonly long[] Extremes =
    [
        0, 1, 2, 3, 7, 8, 15, 16, 63, 64, 65, 127, 128, 255, 256, 1000, 1023, 1024, 32767, 32768, 65535, 65536, 1 << 20, 1 << 24, int.MaxValue, 1L << 31, uint.MaxValue,
        1L << 32, 1L << 40, 1L << 61, 1L << 62, long.MaxValue / 2, long.MaxValue - 1, long.MaxValue,
    ];

    /// <summary>A number at which arithmetic breaks, of either sign.</summary>
    public static long Extreme(this Random random)
    {
        var value = Extremes[random.Next(Extremes.Length)];
        return random.Next(3) == 0 ? unchecked(-value - random.Next(2)) : value;
    }

    /// <summary>Mostly a small number of either sign, sometimes an extreme one.</summary>
    public static long Number(this Random random) => random.Next(3) == 0 ? random.Extreme() : random.Next(-4, 12);

    public static T Pick<T>(this Random random, IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public static bool OneIn(this Random random, int count) => random.Next(count) == 0;
}
