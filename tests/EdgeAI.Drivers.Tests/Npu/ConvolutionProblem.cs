using EdgeAI.Drivers.Simulation.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>A convolution in plain tensors (input HWC, weights [output][input][tap]), its naive answer and its run on the device.</summary>
internal sealed record ConvolutionProblem
{
    public int Height { get; init; }
    public int Width { get; init; }
    public int Inputs { get; init; }
    public int Outputs { get; init; }
    public int Groups { get; init; } = 1;
    public int OutputHeight { get; init; }
    public int OutputWidth { get; init; }
    public Window Window { get; init; }
    public bool InputSigned { get; init; }
    public bool OutputSigned { get; init; }
    public bool WeightZeroPoints { get; init; }
    public bool Depthwise { get; init; }
    public int InputZeroPoint { get; init; }
    public int OutputZeroPoint { get; init; }
    public int Minimum { get; init; }
    public int Maximum { get; init; }
    public int PixelGap { get; init; }
    public int RowGap { get; init; }
    public byte[] Input { get; init; } = [];
    public sbyte[] Weights { get; init; } = [];
    public int[] Bias { get; init; } = [];
    public float[] Multipliers { get; init; } = [];
    public sbyte[] ZeroPoints { get; init; } = [];

    private int InputsPerGroup => Inputs / Groups;

    private int OutputsPerGroup => Outputs / Groups;

    public static ConvolutionProblem Random(Random random)
    {
        var groups = random.Next(4) == 0 ? random.Next(2, 4) : 1;
        return Random(random, groups * random.Next(1, 40), groups * random.Next(1, 40), groups, depthwise: false);
    }

    /// <summary>Enough work for several threads, more than one column of outputs, more than one chunk of pixels.</summary>
    public static ConvolutionProblem RandomLarge(Random random, bool depthwise)
    {
        var groups = random.Next(4) == 0 ? random.Next(2, 4) : 1;
        var channels = random.Next(100, 300);
        var problem = depthwise ? Random(random, channels, channels, channels, depthwise: true, 12)
            : Random(random, groups * random.Next(20, 60), groups * random.Next(40, 200), groups, depthwise: false, 12);
        return problem;
    }

    /// <summary>One row of that many output pixels.</summary>
    public static ConvolutionProblem RandomRow(Random random, int pixels, int outputs, bool zeroPoints = false, bool depthwise = false)
    {
        var problem = Random(random, depthwise ? outputs : random.Next(1, 40), outputs, depthwise ? outputs : 1, depthwise);
        return problem with
        {
            OutputHeight = 1, OutputWidth = pixels, WeightZeroPoints = zeroPoints,
            ZeroPoints = [.. Enumerable.Range(0, outputs).Select(_ => zeroPoints ? (sbyte)random.Next(-128, 128) : (sbyte)0)],
        };
    }

    public static ConvolutionProblem RandomDepthwise(Random random)
    {
        var channels = random.Next(1, 100);
        return Random(random, channels, channels, channels, depthwise: true);
    }

    private static ConvolutionProblem Random(Random random, int inputs, int outputs, int groups, bool depthwise, int leastExtent = 1)
    {
        var window = new Window
        {
            KernelHeight = random.Next(1, 5), KernelWidth = random.Next(1, 5), StrideY = random.Next(1, 4), StrideX = random.Next(1, 4),
            DilationY = random.Next(1, 3), DilationX = random.Next(1, 3), PadTop = random.Next(0, 3), PadLeft = random.Next(0, 3),
        };
        window = random.Next(3) == 0 ? Window.Unit : window;
        var (inputSigned, outputSigned, zeroPoints) = (random.Next(2) == 0, random.Next(2) == 0, random.Next(5) == 0);
        var taps = window.Taps;
        var (height, width) = (random.Next(leastExtent, leastExtent + 11), random.Next(leastExtent, leastExtent + 11));
        var output = outputSigned ? -128 : 0;
        var minimum = output + random.Next(0, 100);
        var input = new byte[height * width * inputs];
        random.NextBytes(input);
        var weights = new byte[outputs * (inputs / groups) * taps];
        random.NextBytes(weights);
        return new()
        {
            Height = height, Width = width, Inputs = inputs, Outputs = outputs, Groups = groups, Window = window, Depthwise = depthwise,
            OutputHeight = random.Next(leastExtent, leastExtent + 8), OutputWidth = random.Next(leastExtent, leastExtent + 8), InputSigned = inputSigned, OutputSigned = outputSigned,
            WeightZeroPoints = zeroPoints, InputZeroPoint = random.Next(256) - (inputSigned ? 128 : 0),
            OutputZeroPoint = output + random.Next(256), Minimum = minimum, Maximum = random.Next(minimum, output + 256),
            PixelGap = random.Next(2) * random.Next(5), RowGap = random.Next(2) * random.Next(9), Input = input,
            Weights = [.. weights.Select(value => (sbyte)value)],
            Bias = [.. Enumerable.Range(0, outputs).Select(_ => random.Next(-20_000, 20_000))],
            Multipliers = [.. Enumerable.Range(0, outputs).Select(_ => random.Next(3) == 0 ? 1f / (1 << random.Next(4, 12)) : random.NextSingle() * 0.01f)],
            ZeroPoints = [.. Enumerable.Range(0, outputs).Select(_ => zeroPoints ? (sbyte)random.Next(-128, 128) : (sbyte)0)],
        };
    }

    /// <summary>y = rne(clamp(float(Σ(x − xzp)(w − wzp) + bias)·m)) + zp, the plain way.</summary>
    public byte[] Expected()
    {
        var result = new byte[OutputHeight * OutputWidth * Outputs];
        for (var i = 0; i < result.Length; i++)
        {
            var (channel, x, y) = (i % Outputs, i / Outputs % OutputWidth, i / Outputs / OutputWidth);
            var scaled = (float)Accumulate(y, x, channel) * Multipliers[channel];
            var clamped = Math.Clamp(scaled, Minimum - OutputZeroPoint, Maximum - OutputZeroPoint);
            result[i] = (byte)((int)MathF.Round(clamped, MidpointRounding.ToEven) + OutputZeroPoint);
        }

        return result;
    }

    public byte[] Run(KernelLevel level, int threads = 1)
    {
        var rig = new StreamRig();
        var command = Place(rig);
        rig.Add(command);
        var picture = rig.Run(level, threads);
        var result = new byte[OutputHeight * OutputWidth * Outputs];
        for (var i = 0; i < result.Length; i++)
        {
            var (channel, x, y) = (i % Outputs, i / Outputs % OutputWidth, i / Outputs / OutputWidth);
            result[i] = picture[command.Output.Address.Offset + (y * command.Output.RowStride) + (x * command.Output.PixelStride) + channel];
        }

        AssertGapsUntouched(picture, command.Output);
        return result;
    }

    /// <summary>Its command, with all operands in the rig's picture.</summary>
    public Convolution Place(StreamRig rig)
    {
        var taps = Window.Taps;
        var packed = new byte[Depthwise ? WeightPacking.DepthwiseBytes(Outputs, taps) : WeightPacking.DenseBytes(Groups, OutputsPerGroup, taps, InputsPerGroup)];
        if (Depthwise)
        {
            WeightPacking.PackDepthwise(Weights, packed, Outputs, taps);
        }
        else
        {
            WeightPacking.PackDense(Weights, packed, Groups, OutputsPerGroup, InputsPerGroup, taps);
        }

        var (input, inputMap) = Spread(Input, Height, Width, Inputs);
        var (output, outputMap) = Spread(new byte[OutputHeight * OutputWidth * Outputs], OutputHeight, OutputWidth, Outputs);
        inputMap.Address = rig.Place(input);
        outputMap.Address = rig.Reserve(output.Length);
        return new()
        {
            Flags = (InputSigned ? CommandFlags.InputSigned : 0) | (OutputSigned ? CommandFlags.OutputSigned : 0)
                | (Depthwise ? CommandFlags.Depthwise : 0) | (WeightZeroPoints ? CommandFlags.WeightZeroPoints : 0),
            Input = inputMap, Output = outputMap, Window = Window, Groups = Groups, PadValue = InputZeroPoint,
            OutputZeroPoint = OutputZeroPoint, Minimum = Minimum, Maximum = Maximum, Weights = rig.Place(packed), Table = rig.Place(Table()),
        };
    }

    private byte[] Table()
    {
        var each = InputsPerGroup * Window.Taps;
        var folded = Enumerable.Range(0, Outputs).Select(channel =>
            WeightPacking.FoldBias(Bias[channel], Weights.AsSpan(channel * each, each), InputZeroPoint, ZeroPoints[channel])).ToArray();
        return [.. StreamRig.BytesOf(folded), .. StreamRig.BytesOf(Multipliers), .. WeightZeroPoints ? StreamRig.BytesOf(ZeroPoints) : []];
    }

    private int Accumulate(int y, int x, int channel)
    {
        var sum = Bias[channel];
        var group = channel / OutputsPerGroup;
        for (var tap = 0; tap < Window.Taps; tap++)
        {
            var row = (y * Window.StrideY) - Window.PadTop + (tap / Window.KernelWidth * Window.DilationY);
            var column = (x * Window.StrideX) - Window.PadLeft + (tap % Window.KernelWidth * Window.DilationX);
            if (row < 0 || row >= Height || column < 0 || column >= Width)
            {
                continue;
            }

            for (var input = 0; input < InputsPerGroup; input++)
            {
                var raw = Input[(((row * Width) + column) * Inputs) + (group * InputsPerGroup) + input];
                int value = InputSigned ? (sbyte)raw : (int)raw;
                sum += (value - InputZeroPoint) * (Weights[(((channel * InputsPerGroup) + input) * Window.Taps) + tap] - ZeroPoints[channel]);
            }
        }

        return sum;
    }

    private (byte[] Bytes, FeatureMap Map) Spread(byte[] dense, int height, int width, int channels)
    {
        var (pixel, row) = (channels + PixelGap, (width * (channels + PixelGap)) + RowGap);
        var bytes = Enumerable.Repeat((byte)0x5A, height * row).ToArray();
        for (var i = 0; i < dense.Length; i++)
        {
            bytes[(i / channels / width * row) + (i / channels % width * pixel) + (i % channels)] = dense[i];
        }

        return (bytes, new() { Height = height, Width = width, Channels = channels, ChannelStride = 1, PixelStride = pixel, RowStride = row });
    }

    private static void AssertGapsUntouched(byte[] picture, FeatureMap map)
    {
        for (var y = 0; y < map.Height; y++)
        {
            for (var i = 0; i < map.RowStride; i++)
            {
                if (i >= map.Width * map.PixelStride || i % map.PixelStride >= map.Channels)
                {
                    Assert.That(picture[map.Address.Offset + (y * map.RowStride) + i], Is.EqualTo(0xA5), "gap byte");
                }
            }
        }
    }
}
