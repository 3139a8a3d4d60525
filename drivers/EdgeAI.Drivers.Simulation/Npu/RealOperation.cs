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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<int> Sixteen(Vector512<int> first, Vector512<int> second) =>
        Vector512.Create(Eight(first.GetLower(), second.GetLower()), Eight(first.GetUpper(), second.GetUpper()));
}
