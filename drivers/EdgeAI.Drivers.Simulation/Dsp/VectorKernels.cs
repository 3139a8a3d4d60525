using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>
/// Vector operations on tiles of registers. Counts are rounded up to whole host vectors; what lies behind the count is
/// computed too and never stored.
/// </summary>
internal static unsafe class VectorKernels
{
    /// <summary>Counts are rounded up to a multiple of this.</summary>
    public const int Granule = 16;

    private interface IUnary
    {
        static abstract T Apply<T>(T a)
            where T : struct, IFloatVector<T>;
    }

    private interface IBinary
    {
        static abstract T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T>;
    }

    private interface ITernary
    {
        static abstract T Apply<T>(T a, T b, T c)
            where T : struct, IFloatVector<T>;
    }

    /// <summary>Sets a register.</summary>
    public static void Fill(float* destination, float value, int count)
    {
        var vector = Vector256.Create(value);
        for (var i = 0; i < count; i += Granule)
        {
            vector.Store(destination + i);
            vector.Store(destination + i + 8);
        }
    }

    /// <summary>destination ← op(a).</summary>
    public static void Unary(VectorOpcode opcode, float* destination, float* a, int count)
    {
        switch (opcode)
        {
            case VectorOpcode.Move: Map<Move>(destination, a, count); break;
            case VectorOpcode.Negate: Map<Negate>(destination, a, count); break;
            case VectorOpcode.Absolute: Map<Absolute>(destination, a, count); break;
            case VectorOpcode.SquareRoot: Map<SquareRoot>(destination, a, count); break;
            case VectorOpcode.ReciprocalSquareRoot: Map<ReciprocalSquareRoot>(destination, a, count); break;
            case VectorOpcode.Reciprocal: Map<Reciprocal>(destination, a, count); break;
            case VectorOpcode.Floor: Map<Floor>(destination, a, count); break;
            case VectorOpcode.Ceiling: Map<Ceiling>(destination, a, count); break;
            case VectorOpcode.Round: Map<Round>(destination, a, count); break;
            case VectorOpcode.Exponential: Map<Exponential>(destination, a, count); break;
            case VectorOpcode.Logarithm: Map<Logarithm>(destination, a, count); break;
            case VectorOpcode.Tangent: Map<Tangent>(destination, a, count); break;
            case VectorOpcode.Sigmoid: Map<Sigmoid>(destination, a, count); break;
            case VectorOpcode.Error: Map<Error>(destination, a, count); break;
            default: throw new InvalidOperationException($"{opcode} is not unary.");
        }
    }

    /// <summary>destination ← op(a, b); b is a register (<paramref name="step"/> 1), or one granule of equal numbers (0).</summary>
    public static void Binary(VectorOpcode opcode, float* destination, float* a, float* b, int step, int count)
    {
        switch (opcode)
        {
            case VectorOpcode.Add or VectorOpcode.AccumulateSum: Map<Add>(destination, a, b, step, count); break;
            case VectorOpcode.Subtract: Map<Subtract>(destination, a, b, step, count); break;
            case VectorOpcode.Multiply: Map<Multiply>(destination, a, b, step, count); break;
            case VectorOpcode.Divide: Map<Divide>(destination, a, b, step, count); break;
            case VectorOpcode.Minimum or VectorOpcode.AccumulateMinimum: Map<Minimum>(destination, a, b, step, count); break;
            case VectorOpcode.Maximum or VectorOpcode.AccumulateMaximum: Map<Maximum>(destination, a, b, step, count); break;
            case VectorOpcode.MinimumNumber: Map<MinimumNumber>(destination, a, b, step, count); break;
            case VectorOpcode.MaximumNumber: Map<MaximumNumber>(destination, a, b, step, count); break;
            case VectorOpcode.Less: Map<Less>(destination, a, b, step, count); break;
            case VectorOpcode.LessOrEqual: Map<LessOrEqual>(destination, a, b, step, count); break;
            case VectorOpcode.Equal: Map<Equal>(destination, a, b, step, count); break;
            default: throw new InvalidOperationException($"{opcode} is not binary.");
        }
    }

    /// <summary>destination ← op(a, b, c).</summary>
    public static void Ternary(VectorOpcode opcode, float* destination, float* a, float* b, int step, float* c, int count)
    {
        switch (opcode)
        {
            case VectorOpcode.MultiplyAdd: Map<MultiplyAdd>(destination, a, b, step, c, count); break;
            case VectorOpcode.Select: Map<Select>(destination, a, b, step, c, count); break;
            default: throw new InvalidOperationException($"{opcode} is not ternary.");
        }
    }

    private static void Map<TOperation>(float* destination, float* a, int count)
        where TOperation : struct, IUnary
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Map<Wide512, TOperation>(destination, a, count);
        }
        else
        {
            Map<Wide256, TOperation>(destination, a, count);
        }
    }

    private static void Map<T, TOperation>(float* destination, float* a, int count)
        where T : struct, IFloatVector<T>
        where TOperation : struct, IUnary
    {
        for (var i = 0; i < count; i += T.Width)
        {
            TOperation.Apply(T.Load(a + i)).Store(destination + i);
        }
    }

    private static void Map<TOperation>(float* destination, float* a, float* b, int step, int count)
        where TOperation : struct, IBinary
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Map<Wide512, TOperation>(destination, a, b, step, count);
        }
        else
        {
            Map<Wide256, TOperation>(destination, a, b, step, count);
        }
    }

    private static void Map<T, TOperation>(float* destination, float* a, float* b, int step, int count)
        where T : struct, IFloatVector<T>
        where TOperation : struct, IBinary
    {
        if (step == 0)
        {
            var constant = T.Load(b);
            for (var i = 0; i < count; i += T.Width)
            {
                TOperation.Apply(T.Load(a + i), constant).Store(destination + i);
            }

            return;
        }

        for (var i = 0; i < count; i += T.Width)
        {
            TOperation.Apply(T.Load(a + i), T.Load(b + i)).Store(destination + i);
        }
    }

    private static void Map<TOperation>(float* destination, float* a, float* b, int step, float* c, int count)
        where TOperation : struct, ITernary
    {
        if (Vector512.IsHardwareAccelerated)
        {
            Map<Wide512, TOperation>(destination, a, b, step, c, count);
        }
        else
        {
            Map<Wide256, TOperation>(destination, a, b, step, c, count);
        }
    }

    private static void Map<T, TOperation>(float* destination, float* a, float* b, int step, float* c, int count)
        where T : struct, IFloatVector<T>
        where TOperation : struct, ITernary
    {
        for (var i = 0; i < count; i += T.Width)
        {
            TOperation.Apply(T.Load(a + i), T.Load(b + (i * step)), T.Load(c + i)).Store(destination + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Truth<T>(T mask)
        where T : struct, IFloatVector<T> => T.And(mask, T.Of(1f));

    private readonly struct Move : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => a;
    }

    private readonly struct Negate : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => -a;
    }

    private readonly struct Absolute : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => T.Abs(a);
    }

    private readonly struct SquareRoot : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => T.Sqrt(a);
    }

    private readonly struct ReciprocalSquareRoot : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => T.Of(1f) / T.Sqrt(a);
    }

    private readonly struct Reciprocal : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => T.Of(1f) / a;
    }

    private readonly struct Floor : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => T.Floor(a);
    }

    private readonly struct Ceiling : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => T.Ceiling(a);
    }

    private readonly struct Round : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => T.Round(a);
    }

    private readonly struct Exponential : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => VectorMath.Exp(a);
    }

    private readonly struct Logarithm : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => VectorMath.Log(a);
    }

    private readonly struct Tangent : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => VectorMath.Tanh(a);
    }

    private readonly struct Sigmoid : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => VectorMath.Sigmoid(a);
    }

    private readonly struct Error : IUnary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a)
            where T : struct, IFloatVector<T> => VectorMath.Erf(a);
    }

    private readonly struct Add : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => a + b;
    }

    private readonly struct Subtract : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => a - b;
    }

    private readonly struct Multiply : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => a * b;
    }

    private readonly struct Divide : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => a / b;
    }

    private readonly struct Minimum : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => T.Min(a, b);
    }

    private readonly struct Maximum : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => T.Max(a, b);
    }

    private readonly struct MinimumNumber : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => T.MinNumber(a, b);
    }

    private readonly struct MaximumNumber : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => T.MaxNumber(a, b);
    }

    private readonly struct Less : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => Truth(T.Less(a, b));
    }

    private readonly struct LessOrEqual : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => Truth(T.LessOrEqual(a, b));
    }

    private readonly struct Equal : IBinary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b)
            where T : struct, IFloatVector<T> => Truth(T.Equal(a, b));
    }

    private readonly struct MultiplyAdd : ITernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b, T c)
            where T : struct, IFloatVector<T> => T.Fma(a, b, c);
    }

    /// <summary>c where a is 0 (or −0), else b.</summary>
    private readonly struct Select : ITernary
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Apply<T>(T a, T b, T c)
            where T : struct, IFloatVector<T> => T.Select(T.Equal(a, T.Of(0f)), c, b);
    }
}
