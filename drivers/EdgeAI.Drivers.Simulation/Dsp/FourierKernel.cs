using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>
/// Fourier transforms of frames by a self-sorting (Stockham) decimation in frequency of mixed radix: 4, 2, then odd primes.
/// Frames of even length go through a transform of half the length. Lanes are frames, so no result depends on its neighbours.
/// </summary>
internal sealed unsafe class FourierKernel(FourierPlan plan) : IDisposable
{
    private const int Lanes = FourierPlan.Lanes;
    private const int Complex = 2 * Lanes;

    /// <summary>Runs a verified transform of the plan's length.</summary>
    public void Run(FourierFrames fourier, nint* regions)
    {
        var signal = (float*)((byte*)regions[fourier.Signal.Region] + fourier.Signal.ByteOffset);
        var output = (float*)((byte*)regions[fourier.Output.Region] + fourier.Output.ByteOffset);
        var window = fourier.Window is { } place ? (float*)((byte*)regions[place.Region] + place.ByteOffset) : null;
        for (var batch = 0L; batch < fourier.Batch; batch++)
        {
            for (var frame = 0L; frame < fourier.Frames; frame += Lanes)
            {
                var count = (int)Math.Min(Lanes, fourier.Frames - frame);
                Gather(signal + (batch * fourier.SignalBatchStride) + (frame * fourier.Hop), fourier.Hop, count, window);
                var spectrum = Transform();
                Scatter(spectrum, output + (((batch * fourier.Frames) + frame) * fourier.Bins * 2), (int)fourier.Bins, count);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => plan.Dispose();

    /// <summary>Frames into lanes, each sample times the window; lanes without a frame hold zeros.</summary>
    private void Gather(float* signal, long hop, int count, float* window)
    {
        new Span<float>(plan.First, Complex * plan.ComplexLength).Clear();
        for (var lane = 0; lane < count; lane++)
        {
            for (var t = 0; t < plan.Length; t++)
            {
                var place = plan.IsHalved ? (t / 2 * Complex) + (t % 2 * Lanes) : t * Complex;
                plan.First[place + lane] = window is null ? signal[t] : signal[t] * window[t];
            }

            signal += hop;
        }
    }

    private float* Transform()
    {
        var (from, to, length, stride) = ((nint)plan.First, (nint)plan.Second, plan.ComplexLength, 1);
        foreach (var radix in plan.Radices)
        {
            Stage(radix, (float*)from, (float*)to, length / radix, stride);
            (from, to, length, stride) = (to, from, length / radix, stride * radix);
        }

        return (float*)from;
    }

    /// <summary>y[q + s(rp + k)] = w^(pk) · Σ_j x[q + s(p + mj)] · e^(−2πi·jk/r) for q &lt; s, p &lt; m.</summary>
    private void Stage(int radix, float* x, float* y, int m, int s)
    {
        var step = plan.Length / (radix * m); // from the roots of this stage to those of the table
        for (var p = 0; p < m; p++)
        {
            for (var q = 0; q < s; q++)
            {
                var source = x + ((q + (s * p)) * Complex);
                var target = y + ((q + (s * radix * p)) * Complex);
                switch (radix)
                {
                    case 2:
                        Two(source, target, s * m * Complex, s * Complex, p * step);
                        break;
                    case 4:
                        Four(source, target, s * m * Complex, s * Complex, p * step);
                        break;
                    default:
                        Odd(radix, source, target, s * m * Complex, s * Complex, p * step);
                        break;
                }
            }
        }
    }

    private void Two(float* x, float* y, int from, int to, int root)
    {
        var (a, b) = (Read(x), Read(x + from));
        Write(y, a + b);
        Write(y + to, (a - b).Times(Root(root)));
    }

    private void Four(float* x, float* y, int from, int to, int root)
    {
        var (a, b, c, d) = (Read(x), Read(x + from), Read(x + (2 * from)), Read(x + (3 * from)));
        var (even, odd, difference, turned) = (a + c, b + d, a - c, (b - d).TimesMinusI());
        Write(y, even + odd);
        Write(y + to, (difference + turned).Times(Root(root)));
        Write(y + (2 * to), (even - odd).Times(Root(2 * root)));
        Write(y + (3 * to), (difference - turned).Times(Root(3 * root)));
    }

    private void Odd(int radix, float* x, float* y, int from, int to, int root)
    {
        for (var k = 0; k < radix; k++)
        {
            var sum = Read(x);
            for (var j = 1; j < radix; j++)
            {
                sum += Read(x + (j * from)).Times(Root(j * k % radix * (plan.Length / radix)));
            }

            Write(y + (k * to), sum.Times(Root(k * root)));
        }
    }

    private void Scatter(float* spectrum, float* output, int bins, int count)
    {
        for (var k = 0; k < bins; k++)
        {
            var value = plan.IsHalved ? Unpack(spectrum, k) : Read(spectrum + (k * Complex));
            for (var lane = 0; lane < count; lane++)
            {
                var place = output + ((((long)lane * bins) + k) * 2);
                place[0] = value.Real.GetElement(lane);
                place[1] = value.Imaginary.GetElement(lane);
            }
        }
    }

    /// <summary>Bin k of the real frame from bins k and M − k of the half-length transform.</summary>
    private Lane Unpack(float* spectrum, int k)
    {
        var half = plan.ComplexLength;
        var (z, mirror) = (Read(spectrum + (k % half * Complex)), Read(spectrum + ((half - (k % half)) % half * Complex)).Conjugate());
        var turned = (z - mirror).TimesMinusI().Times(Root(k));
        return (z + mirror + turned).Half();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lane Root(int k) => new(Vector256.Create(plan.Roots[2 * (k % plan.Length)]), Vector256.Create(plan.Roots[(2 * (k % plan.Length)) + 1]));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lane Read(float* place) => new(Vector256.Load(place), Vector256.Load(place + Lanes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(float* place, Lane value)
    {
        value.Real.Store(place);
        value.Imaginary.Store(place + Lanes);
    }

    /// <summary>A complex number per lane.</summary>
    private readonly struct Lane(Vector256<float> real, Vector256<float> imaginary)
    {
        public readonly Vector256<float> Real = real;
        public readonly Vector256<float> Imaginary = imaginary;

        public static Lane operator +(Lane a, Lane b) => new(a.Real + b.Real, a.Imaginary + b.Imaginary);

        public static Lane operator -(Lane a, Lane b) => new(a.Real - b.Real, a.Imaginary - b.Imaginary);

        public Lane TimesMinusI() => new(Imaginary, -Real);

        public Lane Conjugate() => new(Real, -Imaginary);

        public Lane Half() => new(Real * Vector256.Create(0.5f), Imaginary * Vector256.Create(0.5f));

        public Lane Times(Lane b) => new(
            Vector256.FusedMultiplyAdd(-Imaginary, b.Imaginary, Real * b.Real),
            Vector256.FusedMultiplyAdd(Imaginary, b.Real, Real * b.Imaginary));
    }
}
