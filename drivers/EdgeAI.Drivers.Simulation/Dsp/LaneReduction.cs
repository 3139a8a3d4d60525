using System.Runtime.Intrinsics;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>
/// Accumulators of 32 lanes: element j of a row goes to lane j mod 32, rows one after the other; at the end lane l takes in
/// lane l + 16, then l + 8, 4, 2, 1. The order does not depend on the configuration or the host.
/// </summary>
internal static unsafe class LaneReduction
{
    /// <summary>Lanes of an accumulator.</summary>
    public const int Lanes = 32;

    /// <summary>What an accumulator starts from.</summary>
    public static float Identity(VectorOpcode opcode) => opcode switch
    {
        VectorOpcode.AccumulateMaximum => float.NegativeInfinity,
        VectorOpcode.AccumulateMinimum => float.PositiveInfinity,
        _ => 0f,
    };

    /// <summary>Takes <paramref name="count"/> elements in; the register behind them is overwritten up to a multiple of 32.</summary>
    public static void Accumulate(VectorOpcode opcode, float* accumulator, float* values, int count)
    {
        for (var identity = Identity(opcode); count % Lanes != 0; count++)
        {
            values[count] = identity;
        }

        for (var i = 0; i < count; i += Lanes)
        {
            VectorKernels.Binary(opcode, accumulator, accumulator, values + i, Vector256<float>.Count, Lanes);
        }
    }

    /// <summary>Folds the lanes into the first.</summary>
    public static void Fold(VectorOpcode opcode, float* accumulator)
    {
        var upper = stackalloc float[Lanes];
        for (var half = Lanes / 2; half > 0; half /= 2)
        {
            Buffer.MemoryCopy(accumulator + half, upper, half * sizeof(float), half * sizeof(float));
            VectorKernels.Binary(opcode, accumulator, accumulator, upper, Vector256<float>.Count, half);
        }
    }
}
