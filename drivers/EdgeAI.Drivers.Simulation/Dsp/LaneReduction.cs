using System.Runtime.CompilerServices;
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

    private interface IAccumulation
    {
        static abstract T Apply<T>(T accumulator, T value)
            where T : struct, IFloatVector<T>;

        static abstract float Apply(float accumulator, float value);
    }

    /// <summary>What an accumulator starts from.</summary>
    public static float Identity(VectorOpcode opcode) => opcode switch
    {
        VectorOpcode.AccumulateMaximum => float.NegativeInfinity,
        VectorOpcode.AccumulateMinimum => float.PositiveInfinity,
        _ => 0f,
    };

    /// <summary>Takes <paramref name="count"/> elements in. Where that is no multiple of 32 the register behind them is overwritten up to one.</summary>
    public static void Accumulate(VectorOpcode opcode, float* accumulator, float* values, int count)
    {
        for (var identity = Identity(opcode); count % Lanes != 0; count++)
        {
            values[count] = identity;
        }

        switch (opcode)
        {
            case VectorOpcode.AccumulateSum: Accumulate<Sum>(accumulator, values, count); break;
            case VectorOpcode.AccumulateMaximum: Accumulate<Greatest>(accumulator, values, count); break;
            default: Accumulate<Least>(accumulator, values, count); break;
        }
    }

    /// <summary>Folds the lanes into the first.</summary>
    public static void Fold(VectorOpcode opcode, float* accumulator)
    {
        switch (opcode)
        {
            case VectorOpcode.AccumulateSum: Fold<Sum>(accumulator); break;
            case VectorOpcode.AccumulateMaximum: Fold<Greatest>(accumulator); break;
            default: Fold<Least>(accumulator); break;
        }
    }

    private static void Accumulate<TOperation>(float* accumulator, float* values, int count)
        where TOperation : struct, IAccumulation
    {
        if (Vector512.IsHardwareAccelerated)
        {
            var (a, b) = (Wide512.Load(accumulator), Wide512.Load(accumulator + 16));
            for (var i = 0; i < count; i += Lanes)
            {
                a = TOperation.Apply(a, Wide512.Load(values + i));
                b = TOperation.Apply(b, Wide512.Load(values + i + 16));
            }

            a.Store(accumulator);
            b.Store(accumulator + 16);
        }
        else
        {
            AccumulateQuarters<TOperation>(accumulator, values, count);
        }
    }

    private static void AccumulateQuarters<TOperation>(float* accumulator, float* values, int count)
        where TOperation : struct, IAccumulation
    {
        var (a, b, c, d) = (Wide256.Load(accumulator), Wide256.Load(accumulator + 8), Wide256.Load(accumulator + 16), Wide256.Load(accumulator + 24));
        for (var i = 0; i < count; i += Lanes)
        {
            a = TOperation.Apply(a, Wide256.Load(values + i));
            b = TOperation.Apply(b, Wide256.Load(values + i + 8));
            c = TOperation.Apply(c, Wide256.Load(values + i + 16));
            d = TOperation.Apply(d, Wide256.Load(values + i + 24));
        }

        a.Store(accumulator);
        b.Store(accumulator + 8);
        c.Store(accumulator + 16);
        d.Store(accumulator + 24);
    }

    private static void Fold<TOperation>(float* accumulator)
        where TOperation : struct, IAccumulation
    {
        var lower = TOperation.Apply(Wide256.Load(accumulator), Wide256.Load(accumulator + 16));
        var upper = TOperation.Apply(Wide256.Load(accumulator + 8), Wide256.Load(accumulator + 24));
        TOperation.Apply(lower, upper).Store(accumulator);
        for (var half = 4; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
            {
                accumulator[i] = TOperation.Apply(accumulator[i], accumulator[i + half]);
            }
        }
    }

    private readonly struct Sum : IAccumulation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T accumulator, T value)
            where T : struct, IFloatVector<T> => accumulator + value;

        public static float Apply(float accumulator, float value) => accumulator + value;
    }

    private readonly struct Greatest : IAccumulation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T accumulator, T value)
            where T : struct, IFloatVector<T> => T.Max(accumulator, value);

        public static float Apply(float accumulator, float value) => MathF.Max(accumulator, value);
    }

    private readonly struct Least : IAccumulation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T accumulator, T value)
            where T : struct, IFloatVector<T> => T.Min(accumulator, value);

        public static float Apply(float accumulator, float value) => MathF.Min(accumulator, value);
    }
}
