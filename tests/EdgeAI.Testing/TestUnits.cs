using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Testing;

/// <summary>Common groups with random weights.</summary>
public static class TestUnits
{
    /// <summary>A convolution with per-channel (or per-tensor) int8 weights, bias and an output scale that uses the range.</summary>
    public static QuantizedValue Conv(
        QdqModel model, Random random, QuantizedValue input, int outputs, long[] kernel, long[]? pads = null, long[]? strides = null,
        long[]? dilations = null, int groups = 1, bool perChannel = true, bool bias = true, string? autoPad = null, string? activation = null,
        DataType weightType = DataType.Int8, float? outputScale = null, int? outputZero = null)
    {
        var inputs = (int)input.Value.Shape[1].Value / groups;
        var shape = new Shape([outputs, inputs, .. kernel]);
        var weights = new byte[shape.ElementCount];
        random.NextBytes(weights);
        var scales = Enumerable.Range(0, perChannel ? outputs : 1).Select(_ => 0.002f + (random.NextSingle() * 0.01f)).ToArray();
        var zeros = scales.Select(_ => weightType == DataType.UInt8 ? random.Next(100, 156) : 0).ToArray();
        var operands = new List<object?> { input, new QuantizedConstant(new ConstantTensor(weightType, shape, weights), scales, zeros) };
        if (bias)
        {
            var values = Enumerable.Range(0, outputs).Select(_ => random.Next(-20_000, 20_000)).ToArray();
            operands.Add(new QuantizedConstant(ConstantTensor.Of<int>(new Shape(outputs), values), [.. scales.Select(scale => scale * input.Scale)], [.. scales.Select(_ => 0)]));
        }

        var reach = inputs * kernel.Aggregate(1L, (a, b) => a * b);
        var scale = outputScale ?? (float)(input.Scale * 0.007 * 60 * 80 * Math.Sqrt(reach) / 100);
        var zero = outputZero ?? (input.Type == DataType.UInt8 ? 131 : 5);
        var attributes = Attributes(("kernel_shape", kernel), ("pads", pads), ("strides", strides), ("dilations", dilations))
            .With("group", new AttributeValue.Int(groups));
        attributes = autoPad is null ? attributes : attributes.With("auto_pad", new AttributeValue.Text(System.Text.Encoding.UTF8.GetBytes(autoPad)));
        var result = model.Group("Conv", operands, input.Type, scale, zero, attributes, activation);
        ShapeInference.Infer(model.Model);
        return result;
    }

    /// <summary>Gemm with transposed per-channel weights and bias.</summary>
    public static QuantizedValue Gemm(QdqModel model, Random random, QuantizedValue input, int outputs)
    {
        var depth = input.Value.Shape[1].Value;
        var weights = new byte[outputs * depth];
        random.NextBytes(weights);
        var scales = Enumerable.Range(0, outputs).Select(_ => 0.002f + (random.NextSingle() * 0.01f)).ToArray();
        var bias = Enumerable.Range(0, outputs).Select(_ => random.Next(-20_000, 20_000)).ToArray();
        return model.Group(
            "Gemm",
            [
                input, new QuantizedConstant(new ConstantTensor(DataType.Int8, new Shape(outputs, depth), weights), scales, new int[outputs]),
                new QuantizedConstant(ConstantTensor.Of<int>(new Shape(outputs), bias), [.. scales.Select(scale => scale * input.Scale)], new int[outputs]),
            ],
            input.Type, (float)(input.Scale * 0.3 * Math.Sqrt(depth)), 120, new AttributeList(new NodeAttribute("transB", new AttributeValue.Int(1))));
    }

    /// <summary>MatMul with per-tensor int8 weights.</summary>
    public static QuantizedValue MatMul(QdqModel model, Random random, QuantizedValue input, int outputs)
    {
        var depth = input.Value.Shape[input.Value.Shape.Rank - 1].Value;
        var weights = new byte[outputs * depth];
        random.NextBytes(weights);
        return model.Group(
            "MatMul", [input, new QuantizedConstant(new ConstantTensor(DataType.Int8, new Shape(depth, outputs), weights), [0.007f], [0])],
            input.Type, (float)(input.Scale * 0.3 * Math.Sqrt(depth)), 1);
    }

    public static AttributeList Attributes(params (string Name, long[]? Values)[] attributes) =>
        new(attributes.Where(attribute => attribute.Values is not null)
            .Select(attribute => new NodeAttribute(attribute.Name, new AttributeValue.Ints([.. attribute.Values!]))));
}
