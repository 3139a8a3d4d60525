using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Npu;

/// <summary>
/// Constant weights of a convolution or fully connected layer in the order [outputs][inputs][taps] as int8 (uint8 weights
/// are shifted by 128, their zero points too), with one scale and zero point per output channel.
/// </summary>
internal sealed record WeightOperand(sbyte[] Elements, int Outputs, int Inputs, int Taps, float[] Scales, sbyte[] ZeroPoints)
{
    public bool HasZeroPoints => ZeroPoints.AsSpan().ContainsAnyExcept((sbyte)0);

    /// <summary>The weights of one output channel.</summary>
    public ReadOnlySpan<sbyte> Channel(int output) => Elements.AsSpan(output * Inputs * Taps, Inputs * Taps);

    /// <summary>Null, or why a constant cannot be weights whose channels lie along <paramref name="channelAxis"/>.</summary>
    public static string? WhyNot(Operand? weights, int channelAxis)
    {
        if (weights?.Value.Constant is not { } constant)
        {
            return $"weights '{weights?.Value.Name ?? "?"}' are not constant; expected a constant of Int8 or UInt8";
        }

        if (!constant.Type.IsQuantized8())
        {
            return $"weights '{weights.Value.Name}' are {constant.Type}; expected Int8 or UInt8";
        }

        if (weights.Scale?.Constant is not { Type: DataType.Float32 } scale || (weights.ZeroPoint is not null && weights.ZeroPoint.Constant is null))
        {
            return $"scale or zero point of weights '{weights.Value.Name}' is not constant";
        }

        var (count, outputs) = (scale.Shape.ElementCount, constant.Shape[channelAxis].Value);
        var zeros = weights.ZeroPoint?.Constant?.Shape.ElementCount ?? count;
        return (count == 1 || (count == outputs && IsOnAxis(weights, constant, channelAxis))) && (zeros == count || zeros == 1) ? null
            : $"weights '{weights.Value.Name}' have {count} scales and {zeros} zero points along axis {weights.Axis}; expected 1, or {outputs} along axis {channelAxis}";
    }

    /// <summary>Reads weights of shape [M, C, taps…].</summary>
    public static WeightOperand OfConvolution(Operand weights)
    {
        var constant = weights.Value.Constant!;
        var (outputs, inputs) = ((int)constant.Shape[0].Value, (int)constant.Shape[1].Value);
        var taps = constant.Shape.Dimensions.Skip(2).Aggregate(1L, (product, extent) => product * extent.Value);
        return new WeightOperand(Int8(constant), outputs, inputs, (int)taps, ScalesOf(weights, outputs), ZeroPointsOf(weights, outputs)).WithFewerZeroPoints();
    }

    /// <summary>Reads weights of shape [C, M / groups, taps…] of a transposed convolution as those of a convolution.</summary>
    public static WeightOperand OfTransposedConvolution(Operand weights, int groups)
    {
        var constant = weights.Value.Constant!;
        var (inputs, perGroup) = ((int)constant.Shape[0].Value / groups, (int)constant.Shape[1].Value);
        var taps = (int)(constant.Shape.ElementCount / (constant.Shape[0].Value * perGroup));
        var (source, result) = (Int8(constant), new sbyte[constant.Shape.ElementCount]);
        for (var output = 0; output < groups * perGroup; output++)
        {
            for (var input = 0; input < inputs; input++)
            {
                var from = ((((output / perGroup * inputs) + input) * perGroup) + (output % perGroup)) * taps;
                source.AsSpan(from, taps).CopyTo(result.AsSpan(((output * inputs) + input) * taps));
            }
        }

        return new WeightOperand(result, groups * perGroup, inputs, taps, ScalesOf(weights, groups * perGroup), ZeroPointsOf(weights, groups * perGroup)).WithFewerZeroPoints();
    }

    /// <summary>The same weights with some of the taps, in that order; no taps become one that weighs nothing.</summary>
    public WeightOperand WithTaps(int[] taps)
    {
        var count = Math.Max(1, taps.Length);
        var elements = new sbyte[Outputs * Inputs * count];
        for (var i = 0; i < elements.Length; i++)
        {
            elements[i] = taps.Length == 0 ? ZeroPoints[i / (Inputs * count)] : Elements[(i / count * Taps) + taps[i % count]];
        }

        return this with { Elements = elements, Taps = count };
    }

    /// <summary>Reads a matrix: [outputs, inputs] when <paramref name="isTransposed"/>, else [inputs, outputs].</summary>
    public static WeightOperand OfMatrix(Operand weights, bool isTransposed)
    {
        var constant = weights.Value.Constant!;
        var (rows, columns) = ((int)constant.Shape[0].Value, (int)constant.Shape[1].Value);
        var elements = isTransposed ? Int8(constant) : Transpose(Int8(constant), rows, columns);
        var (outputs, inputs) = isTransposed ? (rows, columns) : (columns, rows);
        return new WeightOperand(elements, outputs, inputs, 1, ScalesOf(weights, outputs), ZeroPointsOf(weights, outputs)).WithFewerZeroPoints();
    }

    /// <summary>Takes the zero point off the weights of each channel where the differences still fit 8 bits: the array is faster without.</summary>
    private WeightOperand WithFewerZeroPoints()
    {
        if (!HasZeroPoints)
        {
            return this;
        }

        var (elements, zeros) = ((sbyte[])Elements.Clone(), (sbyte[])ZeroPoints.Clone());
        for (var output = 0; output < Outputs; output++)
        {
            var channel = elements.AsSpan(output * Inputs * Taps, Inputs * Taps);
            var zero = zeros[output];
            if (Fits(channel, zero))
            {
                foreach (ref var weight in channel)
                {
                    weight -= zero;
                }

                zeros[output] = 0;
            }
        }

        return this with { Elements = elements, ZeroPoints = zeros };

        static bool Fits(ReadOnlySpan<sbyte> channel, int zero)
        {
            foreach (var weight in channel)
            {
                if (weight - zero is < sbyte.MinValue or > sbyte.MaxValue)
                {
                    return false;
                }
            }

            return true;
        }
    }

    private static bool IsOnAxis(Operand weights, ConstantTensor constant, int channelAxis)
    {
        var axis = weights.Axis < 0 ? weights.Axis + constant.Shape.Rank : weights.Axis;
        return axis == channelAxis || weights.Scale!.Constant!.Shape.ElementCount == 1 || weights.Axis == Operand.UnsaidAxis;
    }

    private static sbyte[] Int8(ConstantTensor constant)
    {
        if (constant.Type == DataType.Int8)
        {
            return constant.AsSpan<sbyte>().ToArray();
        }

        var source = constant.AsSpan<byte>();
        var result = new sbyte[source.Length];
        for (var i = 0; i < source.Length; i++)
        {
            result[i] = (sbyte)(source[i] - 128);
        }

        return result;
    }

    private static sbyte[] Transpose(sbyte[] source, int rows, int columns)
    {
        var result = new sbyte[source.Length];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                result[(column * rows) + row] = source[(row * columns) + column];
            }
        }

        return result;
    }

    private static float[] ScalesOf(Operand weights, int outputs)
    {
        var scales = weights.Scale!.Constant!.AsSpan<float>();
        return scales.Length == outputs ? scales.ToArray() : [.. Enumerable.Repeat(scales[0], outputs)];
    }

    private static sbyte[] ZeroPointsOf(Operand weights, int outputs)
    {
        var shift = weights.Value.Constant!.Type == DataType.UInt8 ? 128 : 0;
        var zeros = weights.ZeroPoint?.Constant?.ToInt64() ?? [0];
        return [.. Enumerable.Range(0, outputs).Select(i => (sbyte)(zeros[zeros.Length == 1 ? 0 : i] - shift))];
    }
}
