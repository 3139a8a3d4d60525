using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Streams to mutate: every compute command on small maps of random extents.</summary>
internal static class FuzzStreams
{
    private static readonly Action<StreamRig, Random>[] Commands =
    [
        (rig, random) => rig.Add(ConvolutionProblem.Random(random).Place(rig)),
        (rig, random) => rig.Add(ConvolutionProblem.RandomDepthwise(random).Place(rig)),
        AddMatrixMultiply, AddMatrixProduct, AddPools, AddGlobalAverage, AddSums, AddArithmetic, AddResamplers, AddSoftmax, AddLookup, AddConversions,
    ];

    /// <summary>Kinds of <see cref="One"/>.</summary>
    public static int Kinds => Commands.Length;

    /// <summary>All commands, one after the other.</summary>
    public static StreamRig All(Random random)
    {
        var rig = new StreamRig();
        foreach (var add in Commands)
        {
            add(rig, random);
        }

        return rig;
    }

    /// <summary>Commands of one kind: few enough that SRAM ends close behind their operands.</summary>
    public static StreamRig One(int kind, Random random)
    {
        var rig = new StreamRig();
        Commands[kind](rig, random);
        return rig;
    }

    private static (int Height, int Width, int Channels) Extents(Random random) => (random.Next(1, 5), random.Next(1, 7), random.Next(3) == 0 ? 1 : random.Next(1, 20));

    private static byte[] Values(Random random, int count)
    {
        var values = new byte[count];
        random.NextBytes(values);
        return values;
    }

    private static FeatureMap Map(StreamRig rig, Random random, int height, int width, int channels) =>
        FeatureMap.Dense(rig.Place(Values(random, height * width * channels)), height, width, channels);

    private static FeatureMap Like(StreamRig rig, FeatureMap map) => map with { Address = rig.Reserve((int)map.Elements) };

    private static Address Floats(StreamRig rig, int count, Func<int, float> value) => rig.Place(StreamRig.BytesOf(Enumerable.Range(0, count).Select(value).ToArray()));

    private static void AddMatrixMultiply(StreamRig rig, Random random)
    {
        var (count, depth, outputs) = Extents(random);
        rig.Add(new MatrixMultiply
        {
            Input = rig.Place(Values(random, count * depth)), Output = rig.Reserve(count * outputs), Weights = rig.Place(Values(random, (int)WeightPacking.DenseBytes(1, outputs, 1, depth))),
            Table = rig.Place([.. new byte[4 * outputs], .. StreamRig.BytesOf(Enumerable.Repeat(0.01f, outputs).ToArray())]),
            Count = count, Depth = depth, Outputs = outputs, InputStride = depth, OutputStride = outputs, Maximum = 255,
        });
    }

    private static void AddMatrixProduct(StreamRig rig, Random random)
    {
        var (batch, rows, depth) = Extents(random);
        var columns = random.Next(1, 20);
        var first = Map(rig, random, batch, rows, depth);
        var second = Map(rig, random, batch, depth, columns);
        second.RowStride = random.Next(3) == 0 ? 0 : second.RowStride;
        rig.Add(new MatrixProduct { First = first, Second = second, Output = FeatureMap.Dense(rig.Reserve(batch * rows * columns), batch, rows, columns), Multiplier = 0.001f, Maximum = 255 });
    }

    private static void AddPools(StreamRig rig, Random random)
    {
        var (height, width, channels) = Extents(random);
        var input = Map(rig, random, height, width, channels);
        var (first, second) = (Like(rig, input), Like(rig, input));
        rig.Add(new MaxPool { Input = input, Output = first, Window = Window.Of(3, 3, 1, 1, 1, 1) });
        rig.Add(new AveragePool { Input = input, Output = second, Window = Window.Of(2, 2), InputScale = 1, OutputScale = 2 });
    }

    private static void AddGlobalAverage(StreamRig rig, Random random)
    {
        var (height, width, channels) = Extents(random);
        var input = Map(rig, random, height, width, channels);
        rig.Add(new GlobalAveragePool { Input = input, Output = FeatureMap.Dense(rig.Reserve(channels), 1, 1, channels), Multiplier = 1f / (height * width) });
    }

    private static void AddSums(StreamRig rig, Random random)
    {
        var (height, width, channels) = Extents(random);
        var first = Map(rig, random, height, width, channels);
        var (second, output) = (Map(rig, random, height, width, channels), Like(rig, first));
        rig.Add(new Add { First = first, Second = second, Output = output, RatioA = 1, RatioB = 0.5f, Maximum = 255 });
        rig.Add(new Multiply { First = first, Second = second, Output = first, Multiplier = 0.01f, Maximum = 255 });
    }

    private static void AddArithmetic(StreamRig rig, Random random)
    {
        var (height, width, channels) = Extents(random);
        var first = Map(rig, random, height, width, channels);
        var (second, output) = (Map(rig, random, height, width, channels), Like(rig, first));
        rig.Add(new Arithmetic { First = first, Second = second, Output = output, Operation = random.Next(7), ScaleA = 1, ScaleB = 1, Scale = 1, Maximum = 255 });
    }

    private static void AddResamplers(StreamRig rig, Random random)
    {
        var (height, width, channels) = Extents(random);
        var input = Map(rig, random, height, width, channels);
        var (first, second) = (Like(rig, input), Like(rig, input));
        var entries = Enumerable.Range(0, 4 * (height + width)).Select(i => i % 4 < 2 ? random.Next(-1, 5) : BitConverter.SingleToInt32Bits(random.NextSingle()));
        rig.Add(new Gather { Input = input, Output = first, Table = rig.Place(StreamRig.BytesOf(Enumerable.Range(0, height + width).Select(_ => random.Next(-1, 5)).ToArray())) });
        rig.Add(new Interpolate { Input = input, Output = second, Table = rig.Place(StreamRig.BytesOf(entries.ToArray())), InputScale = 1, OutputScale = 1 });
    }

    private static void AddSoftmax(StreamRig rig, Random random)
    {
        var (height, width, channels) = Extents(random);
        var input = Map(rig, random, height, width, channels);
        var output = Like(rig, input);
        rig.Add(new Softmax { Input = input, Output = output, Table = Floats(rig, 256, i => MathF.Exp((i - 255) / 8f)), Scale = 255 });
    }

    private static void AddLookup(StreamRig rig, Random random)
    {
        var (height, width, channels) = Extents(random);
        var input = Map(rig, random, height, width, channels);
        var output = Like(rig, input);
        rig.Add(new TableLookup { Input = input, Output = output, Table = rig.Place(Values(random, 256)) });
    }

    private static void AddConversions(StreamRig rig, Random random)
    {
        var (height, width, channels) = Extents(random);
        var bytes = Map(rig, random, height, width, channels);
        var output = Like(rig, bytes);
        var reals = FeatureMap.Dense(Floats(rig, (int)bytes.Elements, _ => random.Next(300)), height, width, channels, sizeof(float));
        rig.Add(new Quantize { Input = reals, Output = output, Scale = 1 });
        rig.Add(new Dequantize { Input = bytes, Output = reals with { Address = rig.Reserve(4 * (int)bytes.Elements) }, Scale = 0.5f });
    }
}
