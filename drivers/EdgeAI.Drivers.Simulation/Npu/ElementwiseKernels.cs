using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>What a pair of 8-bit values becomes: one by one and eight at a time.</summary>
internal interface IPairOperation
{
    byte One(int first, int second);

    Vector256<int> Eight(Vector256<int> first, Vector256<int> second);

    /// <summary>Sixteen at a time; where the operation has no such form, twice eight.</summary>
    Vector512<int> Sixteen(Vector512<int> first, Vector512<int> second);
}

/// <summary>Walks two inputs and an output of equal extents in runs.</summary>
internal sealed unsafe class PairKernel<TOperation> : Kernel
    where TOperation : struct, IPairOperation
{
    private readonly TOperation _operation;
    private readonly FeatureMap _first;
    private readonly FeatureMap _second;
    private readonly FeatureMap _output;
    private readonly ElementRuns _runs;

    public PairKernel(TOperation operation, in FeatureMap first, in FeatureMap second, in FeatureMap output, CommandFlags flags, bool scalar)
    {
        (_operation, _first, _second, _output) = (operation, first, second, output);
        _runs = ElementRuns.Of(output, first, second);
        FirstFlip = flags.HasFlag(CommandFlags.InputSigned);
        SecondFlip = flags.HasFlag(CommandFlags.SecondSigned);
        OutputSigned = flags.HasFlag(CommandFlags.OutputSigned);
        IsVector = !scalar && Avx2.IsSupported && Fma.IsSupported && output.ChannelStride == 1;
    }

    /// <summary>The first input is int8.</summary>
    private bool FirstFlip { get; }

    /// <summary>The second input is int8.</summary>
    private bool SecondFlip { get; }

    private bool OutputSigned { get; }

    private bool IsVector { get; }

    public override void Run(RegionPointers regions)
    {
        var first = regions[_first.Address];
        var second = regions[_second.Address];
        var output = regions[_output.Address];
        for (var y = 0L; y < _runs.Rows; y++)
        {
            for (var x = 0L; x < _runs.RunsPerRow; x++)
            {
                Elements(
                    first + (y * _first.RowStride) + (x * _first.PixelStride),
                    second + (y * _second.RowStride) + (x * _second.PixelStride),
                    output + (y * _output.RowStride) + (x * _output.PixelStride));
            }
        }
    }

    /// <summary>Eight widened values, or one value eight times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Load(byte* source, long step, bool signed) => (step, signed) switch
    {
        (0, true) => Vector256.Create((int)*(sbyte*)source),
        (0, false) => Vector256.Create((int)*source),
        (_, true) => Avx2.ConvertToVector256Int32((sbyte*)source),
        _ => Avx2.ConvertToVector256Int32(source),
    };

    private static int Widen(byte value, bool signed) => signed ? (sbyte)value : value;

    private void Elements(byte* first, byte* second, byte* output)
    {
        var (stepA, stepB, stepOut) = ((long)_first.ChannelStride, (long)_second.ChannelStride, (long)_output.ChannelStride);
        var i = 0L;
        if (IsVector && (ulong)stepA <= 1 && (ulong)stepB <= 1)
        {
            i = Avx512BW.VL.IsSupported ? LongVectors(first, stepA, second, stepB, output) : Vectors(first, stepA, second, stepB, output);
        }

        for (; i < _runs.Length; i++)
        {
            output[i * stepOut] = _operation.One(Widen(first[i * stepA], FirstFlip), Widen(second[i * stepB], SecondFlip));
        }
    }

    /// <summary>Sixteen widened values, or one value sixteen times.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> LoadLong(byte* source, long step, bool signed) => (step, signed) switch
    {
        (0, true) => Vector512.Create((int)*(sbyte*)source),
        (0, false) => Vector512.Create((int)*source),
        (_, true) => Avx512F.ConvertToVector512Int32(Vector128.Load((sbyte*)source)),
        _ => Avx512F.ConvertToVector512Int32(Vector128.Load(source)),
    };

    /// <summary>All elements; the last sixteen may be read, but not written, past the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long LongVectors(byte* first, long stepA, byte* second, long stepB, byte* output)
    {
        var (operation, length) = (_operation, (long)_runs.Length);
        var (signedA, signedB) = (FirstFlip, SecondFlip);
        for (var i = 0L; i < length; i += Vector512<int>.Count)
        {
            // Results are within 8 bits: narrowing keeps their lowest byte.
            var bytes = Avx512F.ConvertToVector128Byte(operation.Sixteen(LoadLong(first + (i * stepA), stepA, signedA), LoadLong(second + (i * stepB), stepB, signedB)));
            if (length - i >= Vector512<int>.Count)
            {
                bytes.Store(output + i);
            }
            else
            {
                Avx512BW.VL.MaskStore(output + i, Vector128.LessThan(Vector128.CreateSequence<byte>(0, 1), Vector128.Create((byte)(length - i))), bytes);
            }
        }

        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private long Vectors(byte* first, long stepA, byte* second, long stepB, byte* output)
    {
        var (operation, end, i) = (_operation, _runs.Length - 16L, 0L);
        for (; i <= end; i += 16)
        {
            var (a, b) = (i * stepA, i * stepB);
            var low = operation.Eight(Load(first + a, stepA, FirstFlip), Load(second + b, stepB, SecondFlip));
            var high = operation.Eight(Load(first + a + (8 * stepA), stepA, FirstFlip), Load(second + b + (8 * stepB), stepB, SecondFlip));
            var words = Avx2.Permute4x64(Avx2.PackSignedSaturate(low, high).AsInt64(), 0b11_01_10_00).AsInt16();
            var bytes = OutputSigned
                ? Sse2.PackSignedSaturate(words.GetLower(), words.GetUpper()).AsByte()
                : Sse2.PackUnsignedSaturate(words.GetLower(), words.GetUpper());
            bytes.Store(output + i);
        }

        return i;
    }
}

/// <summary>QLinearAdd.</summary>
internal readonly struct AddOperation(Add command) : IPairOperation
{
    public byte One(int first, int second) =>
        Clamped.Round(MathF.FusedMultiplyAdd(first, command.RatioA, MathF.FusedMultiplyAdd(second, command.RatioB, command.Offset)), command.Minimum, command.Maximum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Eight(Vector256<int> first, Vector256<int> second)
    {
        var value = Fma.MultiplyAdd(Avx.ConvertToVector256Single(second), Vector256.Create(command.RatioB), Vector256.Create(command.Offset));
        value = Fma.MultiplyAdd(Avx.ConvertToVector256Single(first), Vector256.Create(command.RatioA), value);
        return Clamped.Round(value, command.Minimum, command.Maximum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Sixteen(Vector512<int> first, Vector512<int> second)
    {
        var value = Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(second), Vector512.Create(command.RatioB), Vector512.Create(command.Offset));
        value = Avx512F.FusedMultiplyAdd(Avx512F.ConvertToVector512Single(first), Vector512.Create(command.RatioA), value);
        return Clamped.Round(value, command.Minimum, command.Maximum);
    }
}

/// <summary>QLinearMul.</summary>
internal readonly struct MultiplyOperation(Multiply command) : IPairOperation
{
    public byte One(int first, int second) =>
        Clamped.Round(((first - command.ZeroPointA) * (second - command.ZeroPointB) * command.Multiplier) + command.OutputZeroPoint, command.Minimum, command.Maximum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Eight(Vector256<int> first, Vector256<int> second)
    {
        var product = Avx2.MultiplyLow(Avx2.Subtract(first, Vector256.Create(command.ZeroPointA)), Avx2.Subtract(second, Vector256.Create(command.ZeroPointB)));
        var value = Avx.Add(Avx.Multiply(Avx.ConvertToVector256Single(product), Vector256.Create(command.Multiplier)), Vector256.Create((float)command.OutputZeroPoint));
        return Clamped.Round(value, command.Minimum, command.Maximum);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Sixteen(Vector512<int> first, Vector512<int> second)
    {
        var product = Avx512F.MultiplyLow(Avx512F.Subtract(first, Vector512.Create(command.ZeroPointA)), Avx512F.Subtract(second, Vector512.Create(command.ZeroPointB)));
        var value = Avx512F.Add(Avx512F.Multiply(Avx512F.ConvertToVector512Single(product), Vector512.Create(command.Multiplier)), Vector512.Create((float)command.OutputZeroPoint));
        return Clamped.Round(value, command.Minimum, command.Maximum);
    }
}

/// <summary>Rounding to an integer within limits: half to even; NaN gives the maximum.</summary>
internal static class Clamped
{
    public static byte Round(float value, int minimum, int maximum)
    {
        value = value < maximum ? value : maximum;
        value = value > minimum ? value : minimum;
        return (byte)(int)MathF.Round(value, MidpointRounding.ToEven);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Round(Vector256<float> value, int minimum, int maximum) =>
        Avx.ConvertToVector256Int32(Avx.Max(Avx.Min(value, Vector256.Create((float)maximum)), Vector256.Create((float)minimum)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Round(Vector512<float> value, int minimum, int maximum) =>
        Avx512F.ConvertToVector512Int32(Avx512F.Max(Avx512F.Min(value, Vector512.Create((float)maximum)), Vector512.Create((float)minimum)));
}
