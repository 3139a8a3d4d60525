using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>
/// Sixteen output channels of some pixels: accumulators stay in registers from bias to the last tap. Each target takes 16 bytes. There is no
/// call in these methods: one would make the compiler keep the accumulators on the stack.
/// </summary>
internal unsafe struct VectorTile
{
    /// <summary>Pixels of a full tile: 12 accumulators, 2 weights and 1 value fill the 16 vector registers.</summary>
    public const int Pixels = 6;

    public int TapCount;
    public int Depth;
    public long Offset;
    public byte* Weights;
    public int* Bias;
    public float* Multipliers;

    /// <summary>Zero points of the 16 output channels' weights; null when they have none.</summary>
    public int* ZeroPoints;

    /// <summary>Per pixel the sum of its inputs, which each zero point takes away; null when there are none.</summary>
    public int* Sums;
    public Requantizer Requantizer;

    /// <summary>Six pixels. <paramref name="taps"/> holds <see cref="TapCount"/> pointers for each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Six(byte** taps, byte** targets)
    {
        Vector256<int> a0, a1, b0, b1, c0, c1, d0, d1, e0, e1, f0, f1;
        a0 = b0 = c0 = d0 = e0 = f0 = Vector256.Load(Bias);
        a1 = b1 = c1 = d1 = e1 = f1 = Vector256.Load(Bias + 8);
        var weights = (sbyte*)Weights;
        var count = TapCount;
        for (var tap = 0; tap < count; tap++, taps++)
        {
            var a = taps[0] + Offset;
            var b = taps[count] + Offset;
            var c = taps[2 * count] + Offset;
            var d = taps[3 * count] + Offset;
            var e = taps[4 * count] + Offset;
            var f = taps[5 * count] + Offset;
            var end = (nint)Depth * 4;
            for (nint k = 0; k < end; k += 4, weights += WeightPacking.BrickBytes)
            {
                var low = Vector256.Load(weights);
                var high = Vector256.Load(weights + 32);
                var value = Vector256.Create(*(int*)(a + k)).AsByte();
                a0 = DotProduct.Add(a0, value, low);
                a1 = DotProduct.Add(a1, value, high);
                value = Vector256.Create(*(int*)(b + k)).AsByte();
                b0 = DotProduct.Add(b0, value, low);
                b1 = DotProduct.Add(b1, value, high);
                value = Vector256.Create(*(int*)(c + k)).AsByte();
                c0 = DotProduct.Add(c0, value, low);
                c1 = DotProduct.Add(c1, value, high);
                value = Vector256.Create(*(int*)(d + k)).AsByte();
                d0 = DotProduct.Add(d0, value, low);
                d1 = DotProduct.Add(d1, value, high);
                value = Vector256.Create(*(int*)(e + k)).AsByte();
                e0 = DotProduct.Add(e0, value, low);
                e1 = DotProduct.Add(e1, value, high);
                value = Vector256.Create(*(int*)(f + k)).AsByte();
                f0 = DotProduct.Add(f0, value, low);
                f1 = DotProduct.Add(f1, value, high);
            }
        }

        if (ZeroPoints != null)
        {
            var (z0, z1) = (Vector256.Load(ZeroPoints), Vector256.Load(ZeroPoints + 8));
            (a0, a1) = (a0 - (z0 * Sums[0]), a1 - (z1 * Sums[0]));
            (b0, b1) = (b0 - (z0 * Sums[1]), b1 - (z1 * Sums[1]));
            (c0, c1) = (c0 - (z0 * Sums[2]), c1 - (z1 * Sums[2]));
            (d0, d1) = (d0 - (z0 * Sums[3]), d1 - (z1 * Sums[3]));
            (e0, e1) = (e0 - (z0 * Sums[4]), e1 - (z1 * Sums[4]));
            (f0, f1) = (f0 - (z0 * Sums[5]), f1 - (z1 * Sums[5]));
        }

        var (m0, m1) = (Vector256.Load(Multipliers), Vector256.Load(Multipliers + 8));
        Requantizer.Convert(a0, a1, m0, m1).Store(targets[0]);
        Requantizer.Convert(b0, b1, m0, m1).Store(targets[1]);
        Requantizer.Convert(c0, c1, m0, m1).Store(targets[2]);
        Requantizer.Convert(d0, d1, m0, m1).Store(targets[3]);
        Requantizer.Convert(e0, e1, m0, m1).Store(targets[4]);
        Requantizer.Convert(f0, f1, m0, m1).Store(targets[5]);
    }

    /// <summary>One to five pixels, one after the other.</summary>
    public readonly void Few(byte** taps, byte** targets, int pixels)
    {
        for (var i = 0; i < pixels; i++)
        {
            One(taps + ((long)i * TapCount), targets[i], i);
        }
    }

    /// <summary>One pixel, with four sums in flight to hide the latency of the products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void One(byte** taps, byte* target, int pixel)
    {
        var (a0, a1) = (Vector256.Load(Bias), Vector256.Load(Bias + 8));
        var (b0, b1) = (Vector256<int>.Zero, Vector256<int>.Zero);
        var (c0, c1, d0, d1) = (b0, b1, b0, b1);
        var weights = (sbyte*)Weights;
        for (var tap = 0; tap < TapCount; tap++)
        {
            var values = taps[tap] + Offset;
            var k = 0;
            for (; k < Depth - 3; k += 4, values += 16, weights += 4 * WeightPacking.BrickBytes)
            {
                a0 = DotProduct.Add(a0, Four(values), Vector256.Load(weights));
                a1 = DotProduct.Add(a1, Four(values), Vector256.Load(weights + 32));
                b0 = DotProduct.Add(b0, Four(values + 4), Vector256.Load(weights + 64));
                b1 = DotProduct.Add(b1, Four(values + 4), Vector256.Load(weights + 96));
                c0 = DotProduct.Add(c0, Four(values + 8), Vector256.Load(weights + 128));
                c1 = DotProduct.Add(c1, Four(values + 8), Vector256.Load(weights + 160));
                d0 = DotProduct.Add(d0, Four(values + 12), Vector256.Load(weights + 192));
                d1 = DotProduct.Add(d1, Four(values + 12), Vector256.Load(weights + 224));
            }

            for (; k < Depth; k++, values += 4, weights += WeightPacking.BrickBytes)
            {
                a0 = DotProduct.Add(a0, Four(values), Vector256.Load(weights));
                a1 = DotProduct.Add(a1, Four(values), Vector256.Load(weights + 32));
            }
        }

        (a0, a1) = (a0 + b0 + (c0 + d0), a1 + b1 + (c1 + d1));
        if (ZeroPoints != null)
        {
            a0 -= Vector256.Load(ZeroPoints) * Sums[pixel];
            a1 -= Vector256.Load(ZeroPoints + 8) * Sums[pixel];
        }

        Requantizer.Convert(a0, a1, Vector256.Load(Multipliers), Vector256.Load(Multipliers + 8)).Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<byte> Four(byte* values) => Vector256.Create(*(int*)values).AsByte();
}
