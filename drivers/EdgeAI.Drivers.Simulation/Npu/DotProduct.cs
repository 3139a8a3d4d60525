using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>The step that everything else feeds: int32 lanes plus the sum of four products uint8 × int8, wrapping, never saturating.</summary>
internal static class DotProduct
{
    /// <summary>Adds to each int32 lane the four products of its bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> sum, Vector256<byte> values, Vector256<sbyte> weights) =>
        AvxVnni.IsSupported ? AvxVnni.MultiplyWideningAndAdd(sum, values, weights) : AddWidened(sum, values, weights);

    /// <summary>The same from 16-bit products: even and odd bytes are widened in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> AddWidened(Vector256<int> sum, Vector256<byte> values, Vector256<sbyte> weights)
    {
        var evenValues = Avx2.And(values.AsInt16(), Vector256.Create((short)0xFF));
        var oddValues = Avx2.ShiftRightLogical(values.AsInt16(), 8);
        var evenWeights = Avx2.ShiftRightArithmetic(Avx2.ShiftLeftLogical(weights.AsInt16(), 8), 8);
        var oddWeights = Avx2.ShiftRightArithmetic(weights.AsInt16(), 8);
        var products = Avx2.Add(Avx2.MultiplyAddAdjacent(evenValues, evenWeights), Avx2.MultiplyAddAdjacent(oddValues, oddWeights));
        return Avx2.Add(sum, products);
    }
}
