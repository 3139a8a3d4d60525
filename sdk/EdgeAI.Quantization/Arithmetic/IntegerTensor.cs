using System.Runtime.InteropServices;
using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Quantization.Arithmetic;

/// <summary>Constants as integers.</summary>
internal static class IntegerTensor
{
    /// <summary>round-half-even(x / scale) + zero point, clamped; division in binary32.</summary>
    public static int Quantize(float value, AffineParameters parameters, IntegerRange range) =>
        (int)Math.Clamp(MathF.Round(value / parameters.Scale, MidpointRounding.ToEven) + parameters.ZeroPoint, range.Minimum, range.Maximum);

    /// <summary>A constant as UInt8 or Int8.</summary>
    public static ConstantTensor Quantize(ConstantTensor constant, DataType type, QuantizationParameters parameters, IntegerRange range)
    {
        var slices = AxisSlices.Of(constant.Shape, parameters.Axis);
        var source = constant.AsSpan<float>();
        var bytes = new byte[source.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            var slice = slices.SliceOf(i);
            bytes[i] = unchecked((byte)Quantize(source[i], new(parameters.Scales[slice], parameters.ZeroPoints[slice]), range));
        }

        return new ConstantTensor(type, constant.Shape, bytes);
    }

    /// <summary>A bias as Int32 at a scale per element or one for all; quotients in binary64.</summary>
    public static ConstantTensor QuantizeBias(ReadOnlySpan<float> bias, ReadOnlySpan<float> scales)
    {
        var quantized = new int[bias.Length];
        for (var i = 0; i < quantized.Length; i++)
        {
            var quotient = Math.Round(bias[i] / (double)scales[scales.Length == 1 ? 0 : i], MidpointRounding.ToEven);
            quantized[i] = (int)Math.Clamp(quotient, int.MinValue, int.MaxValue);
        }

        return new ConstantTensor(DataType.Int32, new Shape((long)quantized.Length), MemoryMarshal.AsBytes(quantized.AsSpan()).ToArray());
    }
}
