using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu;

/// <summary>What an 8-bit run-time value means: real = (q − ZeroPoint)·Scale.</summary>
internal readonly record struct Quantization(DataType Type, float Scale, int ZeroPoint)
{
    public bool IsSigned => Type == DataType.Int8;

    public int Minimum => IsSigned ? sbyte.MinValue : byte.MinValue;

    public int Maximum => IsSigned ? sbyte.MaxValue : byte.MaxValue;

    /// <summary>The rule of ONNX's DequantizeLinear.</summary>
    public float Dequantize(int q) => (q - ZeroPoint) * Scale;

    /// <summary>The rule of ONNX's QuantizeLinear: divide, clamp, round half to even; NaN gives the minimum.</summary>
    public int Quantize(float real)
    {
        var value = real / Scale;
        return float.IsNaN(value) ? Minimum
            : (int)MathF.Round(Math.Clamp(value, Minimum - ZeroPoint, Maximum - ZeroPoint), MidpointRounding.ToEven) + ZeroPoint;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Type} scale {Scale:g6} zero point {ZeroPoint}";
}

/// <summary>An operand or result with the values that say what its integers mean; those are null on plain 8-bit values.</summary>
/// <param name="Value">The integers: a run-time value or a constant.</param>
/// <param name="Scale">Scale of DequantizeLinear, QuantizeLinear or a QLinear operator.</param>
/// <param name="ZeroPoint">Zero point; null stands for 0.</param>
/// <param name="Axis">Axis of per-channel parameters, as the node says it.</param>
internal sealed record Operand(Value Value, Value? Scale, Value? ZeroPoint, int Axis = Operand.UnsaidAxis)
{
    /// <summary>QLinear operators do not say the axis: it is the output channels'.</summary>
    public const int UnsaidAxis = int.MinValue;

    public bool IsConstant => Value.Constant is not null;

    /// <summary>Element type of the integers.</summary>
    public DataType Type => ZeroPoint?.Constant?.Type ?? (Value.Element == DataType.Undefined ? DataType.UInt8 : Value.Element);

    /// <summary>Null, or why the parameters are not one constant scale and zero point.</summary>
    public string? WhyNotPerTensor()
    {
        if (Scale is null)
        {
            return null;
        }

        if (Scale.Constant is not { Type: DataType.Float32 } scale || (ZeroPoint is not null && ZeroPoint.Constant is null))
        {
            return $"scale or zero point of '{Value.Name}' is computed at run time or not float32; expected constants";
        }

        if (scale.Shape.ElementCount != 1 || (ZeroPoint?.Constant?.Shape.ElementCount ?? 1) != 1)
        {
            return $"'{Value.Name}' has {scale.Shape.ElementCount} scales; expected one per activation tensor";
        }

        return scale.AsSpan<float>()[0] is > 0 and < float.PositiveInfinity and var _ ? null
            : $"scale of '{Value.Name}' is {scale.AsSpan<float>()[0]}; expected a finite number above 0";
    }

    /// <summary>The parameters; expects that <see cref="WhyNotPerTensor"/> is null.</summary>
    public Quantization Quantization =>
        new(Type, Scale?.Constant?.AsSpan<float>()[0] ?? 1, ZeroPoint?.Constant is { } zero ? (int)zero.ToInt64()[0] : 0);
}
