using System.Collections.Immutable;

namespace EdgeAI.Compiler.Memory;

/// <summary>Whole-number arithmetic of alignments.</summary>
internal static class Alignments
{
    /// <summary>The next multiple of an alignment.</summary>
    public static long Up(long offset, long alignment) => (offset + alignment - 1) / alignment * alignment;

    /// <summary>The smallest alignment that satisfies both.</summary>
    /// <exception cref="ArgumentException">It passes 2^62.</exception>
    public static long Common(long a, long b)
    {
        var product = (Int128)(a / GreatestDivisor(a, b)) * b;
        return product <= 1L << 62 ? (long)product : throw new ArgumentException($"No offset below 2^62 is a multiple of both {a} and {b}.");
    }

    /// <summary>What every offset is a multiple of; 0 without blocks.</summary>
    public static long Granule(ImmutableArray<BufferRequest> blocks) => blocks.Aggregate(0L, (divisor, block) => GreatestDivisor(divisor, block.Alignment));

    /// <summary>The greatest number that divides both; of 0 and x it is x.</summary>
    public static long GreatestDivisor(long a, long b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
