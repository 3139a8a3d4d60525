using System.Buffers.Binary;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>
/// Exponentials of the 256 distances below a pixel's greatest value, moved up as far as the sum of all stays finite in float32: the table
/// that ONNX Runtime's QLinearSoftmax computes in double and rounds.
/// </summary>
internal sealed class SoftmaxTable
{
    public const int Entries = 256;
    private const double ReservedExponent = 5;

    private readonly float[] _exponentials = new float[Entries];

    public SoftmaxTable(float scale, int length)
    {
        var room = Math.Max(0, MathF.Log(float.MaxValue / length) - ReservedExponent) / scale;
        for (var i = 0; i < Entries; i++)
        {
            _exponentials[i] = (float)Math.Exp((i - (Entries - 1) + room) * scale);
        }
    }

    /// <summary>What a probability of 1 is in integers above the zero point.</summary>
    public static float ScaleOf(Quantization output) => MathF.Floor(1f / output.Scale);

    /// <summary>False where the greatest exponential times the scale exceeds float32: ONNX Runtime's results are then not probabilities.</summary>
    public bool IsFinite(float scale) => float.IsFinite(_exponentials[^1] * scale);

    public void CopyTo(Span<byte> destination)
    {
        for (var i = 0; i < Entries; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(destination[(sizeof(float) * i)..], _exponentials[i]);
        }
    }
}
