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
    private const int Width = 8;

    private interface IUnary
    {
        static abstract Vector256<float> Apply(Vector256<float> a);
    }

    private interface IBinary
    {
        static abstract Vector256<float> Apply(Vector256<float> a, Vector256<float> b);
    }

    private interface ITernary
    {
        static abstract Vector256<float> Apply(Vector256<float> a, Vector256<float> b, Vector256<float> c);
    }

    /// <summary>Sets a register.</summary>
    public static void Fill(float* destination, float value, int count)
    {
        var vector = Vector256.Create(value);
        for (var i = 0; i < count; i += Width)
        {
            vector.Store(destination + i);
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

    /// <summary>destination ← op(a, b); b advances by <paramref name="step"/> elements per host vector: 8, or 0 for an immediate.</summary>
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

    private static void Map<T>(float* destination, float* a, int count)
        where T : struct, IUnary
    {
        for (var i = 0; i < count; i += Width)
        {
            T.Apply(Vector256.Load(a + i)).Store(destination + i);
        }
    }

    private static void Map<T>(float* destination, float* a, float* b, int step, int count)
        where T : struct, IBinary
    {
        for (var i = 0; i < count; i += Width)
        {
            T.Apply(Vector256.Load(a + i), Vector256.Load(b)).Store(destination + i);
            b += step;
        }
    }

    private static void Map<T>(float* destination, float* a, float* b, int step, float* c, int count)
        where T : struct, ITernary
    {
        for (var i = 0; i < count; i += Width)
        {
            T.Apply(Vector256.Load(a + i), Vector256.Load(b), Vector256.Load(c + i)).Store(destination + i);
            b += step;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Truth(Vector256<float> mask) => mask & Vector256<float>.One;

    private readonly struct Move : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => a;
    }

    private readonly struct Negate : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => a ^ Vector256.Create(-0f);
    }

    private readonly struct Absolute : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => Vector256.Abs(a);
    }

    private readonly struct SquareRoot : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => Vector256.Sqrt(a);
    }

    private readonly struct ReciprocalSquareRoot : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => Vector256<float>.One / Vector256.Sqrt(a);
    }

    private readonly struct Reciprocal : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => Vector256<float>.One / a;
    }

    private readonly struct Floor : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => Vector256.Floor(a);
    }

    private readonly struct Ceiling : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => Vector256.Ceiling(a);
    }

    private readonly struct Round : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => Vector256.Round(a);
    }

    private readonly struct Exponential : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => VectorMath.Exp(a);
    }

    private readonly struct Logarithm : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => VectorMath.Log(a);
    }

    private readonly struct Tangent : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => VectorMath.Tanh(a);
    }

    private readonly struct Sigmoid : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => VectorMath.Sigmoid(a);
    }

    private readonly struct Error : IUnary
    {
        public static Vector256<float> Apply(Vector256<float> a) => VectorMath.Erf(a);
    }

    private readonly struct Add : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => a + b;
    }

    private readonly struct Subtract : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => a - b;
    }

    private readonly struct Multiply : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => a * b;
    }

    private readonly struct Divide : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => a / b;
    }

    private readonly struct Minimum : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => Vector256.Min(a, b);
    }

    private readonly struct Maximum : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => Vector256.Max(a, b);
    }

    private readonly struct MinimumNumber : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => Vector256.MinNumber(a, b);
    }

    private readonly struct MaximumNumber : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => Vector256.MaxNumber(a, b);
    }

    private readonly struct Less : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => Truth(Vector256.LessThan(a, b));
    }

    private readonly struct LessOrEqual : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => Truth(Vector256.LessThanOrEqual(a, b));
    }

    private readonly struct Equal : IBinary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b) => Truth(Vector256.Equals(a, b));
    }

    private readonly struct MultiplyAdd : ITernary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, Vector256<float> c) => Vector256.FusedMultiplyAdd(a, b, c);
    }

    /// <summary>c where a is 0 (or −0), else b.</summary>
    private readonly struct Select : ITernary
    {
        public static Vector256<float> Apply(Vector256<float> a, Vector256<float> b, Vector256<float> c) =>
            Vector256.ConditionalSelect(Vector256.Equals(a, Vector256<float>.Zero), c, b);
    }
}
