using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Testing;

/// <summary>How a convolution divides its channels.</summary>
internal enum Grouping
{
    None,
    Some,
    Depthwise,
}

/// <summary>Random convolutions and pools over one or two axes.</summary>
internal static class RandomWindows
{
    private static readonly string[] Paddings = ["NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"];

    public static QuantizedValue Conv(QdqModel model, Random random, Grouping grouping, bool isActivated = false)
    {
        var groups = grouping switch { Grouping.None => 1, Grouping.Some => random.Next(2, 4), _ => random.Next(2, 20) };
        var (inputs, outputs) = grouping == Grouping.Depthwise ? (1, 1) : (random.Next(1, 9), random.Next(1, 9));
        var (window, x) = Window(model, random, groups * inputs, dilated: true);
        var isUnsigned = x.Type == DataType.UInt8 && random.Next(2) == 0;
        var count = random.Next(2) == 0 ? groups * outputs : 1;
        var weights = RandomOperator.Bytes(random, isUnsigned ? DataType.UInt8 : DataType.Int8, [groups * outputs, inputs, .. window.Kernel]) with
        {
            Scales = [.. Enumerable.Range(0, count).Select(_ => RandomOperator.Scale(random) / 8)], Zeros = [.. Enumerable.Range(0, count).Select(_ => isUnsigned ? random.Next(256) : 0)],
        };
        return Scaled(model, random, "Conv", x, weights, groups * outputs, window.Attributes.With("group", new AttributeValue.Int(groups)), isActivated);
    }

    public static QuantizedValue ConvTranspose(QdqModel model, Random random)
    {
        var (groups, outputs) = (random.Next(1, 3), random.Next(1, 6));
        var (window, x) = Window(model, random, groups * random.Next(1, 6), dilated: true);
        var attributes = TestUnits.Attributes(("strides", window.Strides), ("dilations", window.Dilations), ("pads", [.. window.Kernel.Concat(window.Kernel).Select(kernel => (long)random.Next((int)Math.Min(kernel, 2)))]))
            .With("group", new AttributeValue.Int(groups));
        var weights = RandomOperator.Bytes(random, DataType.Int8, [x.Value.Shape[1].Value, outputs, .. window.Kernel]) with { Zeros = [0] };
        return Scaled(model, random, "ConvTranspose", x, weights, groups * outputs, attributes);
    }

    public static QuantizedValue Pool(QdqModel model, Random random, string op)
    {
        var (window, x) = Window(model, random, random.Next(1, 20), dilated: op == "MaxPool");
        var isCounted = op == "AveragePool" && random.Next(2) == 0;
        var attributes = isCounted ? window.Attributes.With("count_include_pad", new AttributeValue.Int(1)) : window.Attributes;
        attributes = random.Next(3) == 0 && attributes.Text("auto_pad", "NOTSET") == "NOTSET" && op == "AveragePool" ? attributes.With("ceil_mode", new AttributeValue.Int(1)) : attributes;
        return RandomOperator.Result(model, random, op, [x], x, attributes);
    }

    private sealed record RandomWindow(long[] Kernel, long[] Strides, long[] Dilations, AttributeList Attributes);

    private static (RandomWindow Window, QuantizedValue Input) Window(QdqModel model, Random random, int channels, bool dilated)
    {
        var axes = random.Next(3) == 0 ? 1 : 2;
        var kernel = Some(axes, () => random.Next(1, 4));
        var (strides, padding) = (Some(axes, () => random.Next(1, 4)), Paddings[random.Next(3) == 0 ? random.Next(Paddings.Length) : 0]);
        // ONNX Runtime's pools refuse the negative pads that SAME gives windows further apart than they are wide.
        strides = padding.StartsWith("SAME", StringComparison.Ordinal) ? [.. strides.Zip(kernel, Math.Min)] : strides;
        var dilations = Some(axes, () => dilated && padding == "NOTSET" ? random.Next(1, 3) : 1);
        var reach = kernel.Select((taps, i) => ((taps - 1) * dilations[i]) + 1).ToArray();
        var pads = kernel.Concat(kernel).Select(taps => (long)random.Next((int)taps)).ToArray();
        var extents = reach.Select(least => least + random.Next(0, 8)).ToArray();
        var attributes = TestUnits.Attributes(("kernel_shape", kernel), ("strides", strides), ("dilations", dilated ? dilations : null), ("pads", padding == "NOTSET" ? pads : null));
        attributes = padding == "NOTSET" ? attributes : attributes.With("auto_pad", new AttributeValue.Text(System.Text.Encoding.UTF8.GetBytes(padding)));
        var x = RandomOperator.Input(model, random, RandomOperator.Type(random), [random.Next(1, 3), channels, .. extents]);
        return (new RandomWindow(kernel, strides, dilations, attributes), x);
    }

    private static long[] Some(int count, Func<int> next) => [.. Enumerable.Range(0, count).Select(_ => (long)next())];

    /// <summary>Weights, perhaps a bias, and a scale of the result that uses its range, or makes ties.</summary>
    private static QuantizedValue Scaled(QdqModel model, Random random, string op, QuantizedValue x, QuantizedConstant weights, int outputs, AttributeList attributes, bool isActivated = false)
    {
        var operands = new List<object?> { x, weights };
        if (random.Next(2) == 0)
        {
            var bias = ConstantTensor.Of<int>(new Shape(outputs), [.. Enumerable.Range(0, outputs).Select(_ => random.Next(-9000, 9000))]);
            operands.Add(new QuantizedConstant(bias, [.. weights.Scales.Select(scale => scale * x.Scale)], new int[weights.Scales.Length]));
        }

        var scale = x.Scale * weights.Scales[0] * (random.Next(2) == 0 ? 1 << random.Next(6, 11) : 40 + (random.NextSingle() * 900));
        return isActivated ? RandomOperator.Activated(model, random, op, operands, x.Type, scale, attributes)
            : model.Group(op, operands, x.Type, scale, RandomOperator.Zero(random, x.Type), attributes);
    }
}
