using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>Walks an input and an output of equal extents in runs.</summary>
internal abstract unsafe class UnaryKernel : Kernel
{
    private readonly FeatureMap _input;
    private readonly FeatureMap _output;
    private readonly ElementRuns _runs;

    protected UnaryKernel(in FeatureMap input, in FeatureMap output)
    {
        (_input, _output) = (input, output);
        _runs = ElementRuns.Of(output, input);
    }

    public override void Run(RegionPointers regions)
    {
        var input = regions[_input.Address];
        var output = regions[_output.Address];
        Begin(regions);
        for (var y = 0L; y < _runs.Rows; y++)
        {
            for (var x = 0L; x < _runs.RunsPerRow; x++)
            {
                Elements(input + (y * _input.RowStride) + (x * _input.PixelStride), output + (y * _output.RowStride) + (x * _output.PixelStride), _runs.Length);
            }
        }
    }

    protected virtual void Begin(RegionPointers regions)
    {
    }

    protected abstract void Elements(byte* input, byte* output, int count);
}

/// <summary>256-entry table.</summary>
internal sealed unsafe class TableKernel(TableLookup command, bool scalar) : UnaryKernel(command.Input, command.Output)
{
    private static readonly Vector512<byte> Places = Vector512.CreateSequence<byte>(0, 1);

    private byte* _table;

    protected override void Begin(RegionPointers regions) => _table = regions[command.Table];

    protected override void Elements(byte* input, byte* output, int count)
    {
        if (!scalar && Avx512Vbmi.IsSupported)
        {
            Vectors(input, output, count);
            return;
        }

        for (var i = 0; i < count; i++)
        {
            output[i] = _table[input[i]];
        }
    }

    /// <summary>Each half of the table is two registers; the sign bit of the index chooses between the halves. Reads, but does not write, past the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Vectors(byte* input, byte* output, int count)
    {
        var (t0, t1) = (Vector512.Load(_table), Vector512.Load(_table + 64));
        var (t2, t3) = (Vector512.Load(_table + 128), Vector512.Load(_table + 192));
        for (var i = 0; i < count; i += Vector512<byte>.Count)
        {
            var index = Vector512.Load(input + i);
            var low = Avx512Vbmi.PermuteVar64x8x2(t0, index, t1);
            var high = Avx512Vbmi.PermuteVar64x8x2(t2, index, t3);
            var result = Vector512.ConditionalSelect(Vector512.LessThan(index.AsSByte(), Vector512<sbyte>.Zero).AsByte(), high, low);
            if (count - i >= Vector512<byte>.Count)
            {
                result.Store(output + i);
            }
            else
            {
                Avx512BW.MaskStore(output + i, Vector512.LessThan(Places, Vector512.Create((byte)(count - i))), result);
            }
        }
    }
}

/// <summary>QuantizeLinear.</summary>
internal sealed unsafe class QuantizeKernel(Quantize command, bool scalar) : UnaryKernel(command.Input, command.Output)
{
    private readonly RealQuantizer _quantizer = new(command.Scale, command.ZeroPoint, command.Flags.HasFlag(CommandFlags.OutputSigned));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Elements(byte* input, byte* output, int count)
    {
        var values = (float*)input;
        var i = !scalar && Avx512F.IsSupported ? Vectors(values, output, count) : 0;
        for (; i < count; i++)
        {
            output[i] = _quantizer.One(values[i]);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Vectors(float* input, byte* output, int count)
    {
        var i = 0;
        for (; i <= count - Vector512<float>.Count; i += Vector512<float>.Count)
        {
            Avx512F.ConvertToVector128Byte(Vector512.Create(_quantizer.Eight(Vector256.Load(input + i)), _quantizer.Eight(Vector256.Load(input + i + 8)))).Store(output + i);
        }

        return i;
    }
}

/// <summary>DequantizeLinear.</summary>
internal sealed unsafe class DequantizeKernel(Dequantize command) : UnaryKernel(command.Input, command.Output)
{
    private readonly bool _signed = command.Flags.HasFlag(CommandFlags.InputSigned);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void Elements(byte* input, byte* output, int count)
    {
        var values = (float*)output;
        for (var i = 0; i < count; i++)
        {
            values[i] = ((_signed ? (sbyte)input[i] : input[i]) - command.ZeroPoint) * command.Scale;
        }
    }
}
