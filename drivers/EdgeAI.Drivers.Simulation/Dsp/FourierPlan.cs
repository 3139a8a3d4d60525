using System.Runtime.InteropServices;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>Tables and work memory for transforms of one length; eight frames are transformed side by side, one per lane.</summary>
internal sealed unsafe class FourierPlan : IDisposable
{
    /// <summary>Frames side by side.</summary>
    public const int Lanes = 8;

    private float* _memory;

    public FourierPlan(int length)
    {
        Length = length;
        IsHalved = length % 2 == 0;
        ComplexLength = IsHalved ? length / 2 : length;
        Radices = [.. FourierFactors.Of(ComplexLength)];
        _memory = (float*)NativeMemory.AlignedAlloc((nuint)((2L * length) + (4L * Lanes * ComplexLength)) * sizeof(float), 64);
        RootsOfUnity.Fill(Roots, length);
    }

    /// <summary>Real samples of a frame.</summary>
    public int Length { get; }

    /// <summary>True when a frame of even length is transformed as half as many complex numbers.</summary>
    public bool IsHalved { get; }

    /// <summary>Length of the complex transform.</summary>
    public int ComplexLength { get; }

    /// <summary>Its stages.</summary>
    public int[] Radices { get; }

    /// <summary>e^(−2πi·k/Length) as pairs, k = 0 … Length − 1.</summary>
    public float* Roots => _memory + (4L * Lanes * ComplexLength);

    /// <summary>Complex numbers of eight lanes: real lanes, imaginary lanes.</summary>
    public float* First => _memory;

    /// <summary>The other half of the work memory.</summary>
    public float* Second => _memory + (2L * Lanes * ComplexLength);

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_memory);
        _memory = null;
    }
}

/// <summary>Roots of unity by own polynomials in float64, so that the tables are equal on every host.</summary>
internal static unsafe class RootsOfUnity
{
    /// <summary>Fills pairs of cosine and −sine of 2π·k/length.</summary>
    public static void Fill(float* roots, int length)
    {
        for (var k = 0; k < length; k++)
        {
            var (cosine, sine) = Turn(k, length);
            (roots[2 * k], roots[(2 * k) + 1]) = ((float)cosine, (float)-sine);
        }
    }

    /// <summary>Cosine and sine of a part of a full turn, brought into the first eighth by exact integer arithmetic.</summary>
    internal static (double Cosine, double Sine) Turn(long k, long length)
    {
        var (quarter, rest) = Math.DivRem(4 * k, length); // angle = quarter·90° + rest/length·90°
        var isUpper = 2 * rest > length;
        var (c, s) = Small((isUpper ? length - rest : rest) / (double)length * (Math.PI / 2));
        var (cosine, sine) = isUpper ? (s, c) : (c, s);
        return (quarter % 4) switch
        {
            0 => (cosine, sine),
            1 => (-sine, cosine),
            2 => (-cosine, -sine),
            _ => (sine, -cosine),
        };
    }

    /// <summary>Power series, exact to the last bits of float64 for angles up to π/4.</summary>
    private static (double Cosine, double Sine) Small(double angle)
    {
        var (cosine, sine, square) = (1.0, 1.0, angle * angle);
        for (var i = 10; i >= 1; i--)
        {
            cosine = 1 - (square / ((2 * i) * ((2 * i) - 1)) * cosine);
            sine = 1 - (square / ((2 * i) * ((2 * i) + 1)) * sine);
        }

        return (cosine, angle * sine);
    }
}
