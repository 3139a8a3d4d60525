using EdgeAI.Hal;

namespace EdgeAI.Cli;

/// <summary>Turns an array of numbers into what a model's input wants: its element type, its shape, channels first.</summary>
internal static class SampleConversion
{
    private const float LoudestSample = 32768;
    private const float BrightestByte = 255;

    public static EdgeTensor Fit(TensorSpec input, EdgeTensor array, SampleSettings settings)
    {
        if (input.Type != DataType.Float32)
        {
            return array.Type == input.Type ? EdgeTensor.FromBytes(array.Type, ShapeFor(input, array), array.Bytes)
                : throw new TensorMismatchException($"Input '{input}' is fed with {array}; expected {input.Type}.");
        }

        if (array is { Type: DataType.UInt8, Shape.Rank: 3 } && input.Shape.Rank == 4)
        {
            return Picture(input, array, settings);
        }

        settings.CheckNumbers();
        return EdgeTensor.Of<float>(Divided(Numbers(array), settings.Divisor ?? DivisorOf(array.Type)), ShapeFor(input, array).ToArray());
    }

    /// <summary>Numbers that are no picture, already Float32: only a divisor that was given counts.</summary>
    public static EdgeTensor Fit(TensorSpec input, float[] values, SampleSettings settings)
    {
        settings.CheckNumbers();
        return EdgeTensor.Of<float>(Divided(values, settings.Divisor ?? 1), InputShapes.Fit(input, values.Length).ToArray());
    }

    /// <summary>Elements as Float32.</summary>
    public static float[] Numbers(EdgeTensor array) => array.Type switch
    {
        DataType.Float32 => array.AsSpan<float>().ToArray(),
        DataType.Float64 => [.. array.AsSpan<double>().ToArray().Select(value => (float)value)],
        DataType.Float16 => [.. array.AsSpan<Half>().ToArray().Select(value => (float)value)],
        DataType.Int64 => [.. array.AsSpan<long>().ToArray().Select(value => (float)value)],
        DataType.Int32 => [.. array.AsSpan<int>().ToArray().Select(value => (float)value)],
        DataType.Int16 => [.. array.AsSpan<short>().ToArray().Select(value => (float)value)],
        DataType.Int8 => [.. array.AsSpan<sbyte>().ToArray().Select(value => (float)value)],
        DataType.UInt8 or DataType.Boolean => [.. array.Bytes.ToArray().Select(value => (float)value)],
        _ => throw new TensorMismatchException($"Elements of {array.Type} are not read as numbers."),
    };

    /// <summary>Rows × columns × channels of bytes.</summary>
    private static EdgeTensor Picture(TensorSpec input, EdgeTensor array, SampleSettings settings)
    {
        var (layout, shape) = (PictureLayout.Of(input), array.Shape.ToArray());
        if (!shape.SequenceEqual([layout.Height, layout.Width, layout.Channels]))
        {
            throw new TensorMismatchException($"Input '{input}' is fed with a picture {array}; expected [{layout.Height},{layout.Width},{layout.Channels}].");
        }

        settings.CheckPicture(layout.Channels);
        var (bytes, elements) = (array.Bytes.ToArray(), new float[array.Bytes.Length]);
        for (var i = 0; i < elements.Length; i++)
        {
            var (channel, y, x) = layout.PlaceOf(i);
            var from = settings.IsBlueFirst ? layout.Channels - 1 - channel : channel;
            elements[i] = settings.Adjust(bytes[(((y * layout.Width) + x) * layout.Channels) + from], channel);
        }

        return EdgeTensor.Of<float>(elements, InputShapes.Fit(input, elements.Length).ToArray());
    }

    /// <summary>The array's own shape, with a batch of one before it, or whatever the input makes of as many elements.</summary>
    private static Shape ShapeFor(TensorSpec input, EdgeTensor array) =>
        input.Shape.IsCompatibleWith(array.Shape) && input.Shape.HasRank ? array.Shape
        : input.Shape.Rank == array.Shape.Rank + 1 && new Shape([1, .. array.Shape.Dimensions]) is var batch && input.Shape.IsCompatibleWith(batch) ? batch
        : InputShapes.Fit(input, (int)array.Shape.ElementCount);

    private static float DivisorOf(DataType type) => type switch { DataType.UInt8 => BrightestByte, DataType.Int16 => LoudestSample, _ => 1 };

    private static float[] Divided(float[] values, float divisor) => divisor == 1 ? values : [.. values.Select(value => value / divisor)];
}
