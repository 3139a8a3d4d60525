using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>What is done to each element (or pair); operands may be broadcast by strides of 0.</summary>
internal abstract class ElementwiseKernel
{
    /// <summary>Bytes of a table that every command reads; 0 for none.</summary>
    public virtual int ConstantBytes => 0;

    /// <summary>True when a command must see all channels of a pixel.</summary>
    public virtual bool NeedsWholePixels => false;

    public virtual void WriteConstants(Span<byte> destination)
    {
    }

    public abstract ICommand Command(ReadOnlySpan<FeatureMap> inputs, in FeatureMap output, Address constants);
}

/// <summary>Quantized addition by the rule of QLinearAdd.</summary>
internal sealed class AddKernel(Quantization a, Quantization b, Quantization c) : ElementwiseKernel
{
    public override ICommand Command(ReadOnlySpan<FeatureMap> inputs, in FeatureMap output, Address constants)
    {
        var (ratioA, ratioB) = (a.Scale / c.Scale, b.Scale / c.Scale);
        return new Add
        {
            First = inputs[0], Second = inputs[1], Output = output, RatioA = ratioA, RatioB = ratioB,
            Offset = c.ZeroPoint - MathF.FusedMultiplyAdd(ratioA, a.ZeroPoint, ratioB * b.ZeroPoint),
            Minimum = c.Minimum, Maximum = c.Maximum, Flags = PairFlags(a, b, c),
        };
    }

    internal static CommandFlags PairFlags(Quantization a, Quantization b, Quantization c) =>
        (a.IsSigned ? CommandFlags.InputSigned : 0) | (b.IsSigned ? CommandFlags.SecondSigned : 0) | (c.IsSigned ? CommandFlags.OutputSigned : 0);
}

/// <summary>Quantized product by the rule of QLinearMul.</summary>
internal sealed class MultiplyKernel(Quantization a, Quantization b, Quantization c) : ElementwiseKernel
{
    public override ICommand Command(ReadOnlySpan<FeatureMap> inputs, in FeatureMap output, Address constants) => new Multiply
    {
        First = inputs[0], Second = inputs[1], Output = output, ZeroPointA = a.ZeroPoint, ZeroPointB = b.ZeroPoint,
        Multiplier = a.Scale * b.Scale / c.Scale, OutputZeroPoint = c.ZeroPoint, Minimum = c.Minimum, Maximum = c.Maximum,
        Flags = AddKernel.PairFlags(a, b, c),
    };
}

/// <summary>One operation on real numbers between DequantizeLinear and QuantizeLinear; an activation limits the result.</summary>
internal sealed class ArithmeticKernel(ArithmeticOperation operation, Quantization a, Quantization b, Quantization c, (int Low, int High) limits) : ElementwiseKernel
{
    public override ICommand Command(ReadOnlySpan<FeatureMap> inputs, in FeatureMap output, Address constants) => new Arithmetic
    {
        First = inputs[0], Second = inputs[1], Output = output, Operation = (int)operation, ZeroPointA = a.ZeroPoint, ZeroPointB = b.ZeroPoint,
        OutputZeroPoint = c.ZeroPoint, ScaleA = a.Scale, ScaleB = b.Scale, Scale = c.Scale, Minimum = limits.Low, Maximum = limits.High,
        Flags = AddKernel.PairFlags(a, b, c),
    };
}

/// <summary>Softmax over the channels by the rule of QLinearSoftmax.</summary>
internal sealed class SoftmaxKernel(SoftmaxTable table, Quantization input, Quantization output) : ElementwiseKernel
{
    public override int ConstantBytes => sizeof(float) * SoftmaxTable.Entries;

    public override bool NeedsWholePixels => true;

    public override void WriteConstants(Span<byte> destination) => table.CopyTo(destination);

    public override ICommand Command(ReadOnlySpan<FeatureMap> inputs, in FeatureMap target, Address constants) => new Softmax
    {
        Input = inputs[0], Output = target, Table = constants, Scale = SoftmaxTable.ScaleOf(output), ZeroPoint = output.ZeroPoint,
        Flags = (input.IsSigned ? CommandFlags.InputSigned : 0) | (output.IsSigned ? CommandFlags.OutputSigned : 0),
    };
}

/// <summary>QuantizeLinear from float32.</summary>
internal sealed class QuantizeKernel(Quantization output) : ElementwiseKernel
{
    public override ICommand Command(ReadOnlySpan<FeatureMap> inputs, in FeatureMap target, Address constants) => new Quantize
    {
        Input = inputs[0], Output = target, Scale = output.Scale, ZeroPoint = output.ZeroPoint, Flags = output.IsSigned ? CommandFlags.OutputSigned : 0,
    };
}

/// <summary>DequantizeLinear to float32.</summary>
internal sealed class DequantizeKernel(Quantization input) : ElementwiseKernel
{
    public override ICommand Command(ReadOnlySpan<FeatureMap> inputs, in FeatureMap target, Address constants) => new Dequantize
    {
        Input = inputs[0], Output = target, Scale = input.Scale, ZeroPoint = input.ZeroPoint, Flags = input.IsSigned ? CommandFlags.InputSigned : 0,
    };
}

/// <summary>Any function of one 8-bit value, as 256 results by the raw byte.</summary>
internal sealed class TableKernel(byte[] table) : ElementwiseKernel
{
    public override int ConstantBytes => table.Length;

    public override void WriteConstants(Span<byte> destination) => table.CopyTo(destination);

    public override ICommand Command(ReadOnlySpan<FeatureMap> inputs, in FeatureMap output, Address constants) =>
        new TableLookup { Input = inputs[0], Output = output, Table = constants };

    /// <summary>The table of a function on quantized integers.</summary>
    public static TableKernel Of(Quantization input, Func<int, int> function)
    {
        var table = new byte[256];
        for (var q = input.Minimum; q <= input.Maximum; q++)
        {
            table[(byte)q] = (byte)function(q);
        }

        return new TableKernel(table);
    }
}
