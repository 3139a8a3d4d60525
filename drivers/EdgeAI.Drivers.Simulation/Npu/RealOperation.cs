using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>One float32 operation between DequantizeLinear and QuantizeLinear.</summary>
internal readonly struct RealOperation(Arithmetic command) : IPairOperation
{
    private readonly ArithmeticOperation _operation = (ArithmeticOperation)command.Operation;
    private readonly RealQuantizer _quantizer = new(command.Scale, command.OutputZeroPoint, command.Flags.HasFlag(CommandFlags.OutputSigned), command.Minimum, command.Maximum);

    public byte One(int first, int second)
    {
        var (a, b) = ((first - command.ZeroPointA) * command.ScaleA, (second - command.ZeroPointB) * command.ScaleB);
        return _quantizer.One(_operation switch
        {
            ArithmeticOperation.Add => a + b,
            ArithmeticOperation.Subtract => a - b,
            ArithmeticOperation.Multiply => a * b,
            ArithmeticOperation.Divide => a / b,
            ArithmeticOperation.Minimum => a < b ? a : b,
            ArithmeticOperation.Maximum => a > b ? a : b,
            _ => a >= 0 ? a : a * b,
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Eight(Vector256<int> first, Vector256<int> second)
    {
        var a = Avx.ConvertToVector256Single(first - Vector256.Create(command.ZeroPointA)) * Vector256.Create(command.ScaleA);
        var b = Avx.ConvertToVector256Single(second - Vector256.Create(command.ZeroPointB)) * Vector256.Create(command.ScaleB);
        return _quantizer.Eight(_operation switch
        {
            ArithmeticOperation.Add => a + b,
            ArithmeticOperation.Subtract => a - b,
            ArithmeticOperation.Multiply => a * b,
            ArithmeticOperation.Divide => a / b,
            ArithmeticOperation.Minimum => Avx.Min(a, b),
            ArithmeticOperation.Maximum => Avx.Max(a, b),
            _ => Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(a, Vector256<float>.Zero), a, a * b),
        });
    }
}

/// <summary>QuantizeLinear of one float32 or eight, within limits: divide, clamp, round half to even, add the zero point; NaN gives the least.</summary>
internal readonly struct RealQuantizer(float scale, int zeroPoint, bool signed, int minimum, int maximum)
{
    private readonly float _low = (signed ? sbyte.MinValue : byte.MinValue) - zeroPoint;
    private readonly float _high = (signed ? sbyte.MaxValue : byte.MaxValue) - zeroPoint;

    public RealQuantizer(float scale, int zeroPoint, bool signed)
        : this(scale, zeroPoint, signed, signed ? sbyte.MinValue : byte.MinValue, signed ? sbyte.MaxValue : byte.MaxValue)
    {
    }

    /// <summary>One value; the comparisons in this order send NaN to the least.</summary>
    public byte One(float real)
    {
        var value = real / scale;
        value = value > _low ? value : _low;
        value = value < _high ? value : _high;
        return (byte)Math.Clamp((int)MathF.Round(value, MidpointRounding.ToEven) + zeroPoint, minimum, maximum);
    }

    /// <summary>Eight values, as int32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector256<int> Eight(Vector256<float> real)
    {
        // The instruction gives its second operand where the first is NaN.
        var value = Avx.Max(real / Vector256.Create(scale), Vector256.Create(_low));
        value = Avx.Min(value, Vector256.Create(_high));
        var result = Avx.ConvertToVector256Int32(value) + Vector256.Create(zeroPoint);
        return Vector256.Min(Vector256.Max(result, Vector256.Create(minimum)), Vector256.Create(maximum));
    }
}
