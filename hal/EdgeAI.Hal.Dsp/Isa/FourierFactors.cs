namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>How the unit splits a transform into stages: radix 4 first, then 2, then the odd primes upwards.</summary>
internal static class FourierFactors
{
    /// <summary>The radices of a length; their product is the length, and there is none for length 1.</summary>
    public static IReadOnlyList<int> Of(int length)
    {
        var factors = new List<int>();
        foreach (var radix in (ReadOnlySpan<int>)[4, 2])
        {
            Take(radix, ref length, factors);
        }

        for (var prime = 3; length > 1; prime += 2)
        {
            Take(prime, ref length, factors);
        }

        return factors;
    }

    private static void Take(int radix, ref int length, List<int> factors)
    {
        for (; length % radix == 0; length /= radix)
        {
            factors.Add(radix);
        }
    }
}
