namespace EdgeAI.Testing.Networks;

/// <summary>
/// SplitMix64: the same numbers on every machine and in every version of .NET, which <see cref="Random"/> does not promise.
/// </summary>
public struct SeededNumbers(ulong seed)
{
    private const float Step = 1f / (1 << 24);

    private ulong _state = seed;

    /// <summary>64 random bits.</summary>
    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>An integer from 0 up to, not including, <paramref name="limit"/>.</summary>
    public int Below(int limit) => (int)(Next() % (ulong)limit);

    /// <summary>Numbers spread evenly from <paramref name="low"/> up to, not including, <paramref name="high"/>; two from each 64 bits.</summary>
    public void Fill(Span<float> numbers, float low, float high)
    {
        var scale = (high - low) * Step;
        for (var i = 0; i < numbers.Length; i += 2)
        {
            var bits = Next();
            numbers[i] = low + ((bits >> 40) * scale);
            if (i + 1 < numbers.Length)
            {
                numbers[i + 1] = low + ((bits & 0xFFFFFF) * scale);
            }
        }
    }
}
