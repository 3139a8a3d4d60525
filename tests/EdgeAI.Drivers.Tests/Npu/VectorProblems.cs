using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Two random operands, some of them broadcast, and the comparison of a command with a rule.</summary>
internal sealed class PairProblem
{
    private readonly Random _random;
    private readonly int _height;
    private readonly int _width;
    private readonly int _channels;
    private readonly byte[] _first;
    private readonly byte[] _second;
    private readonly bool[] _broadcast;

    public PairProblem(Random random)
    {
        _random = random;
        (_height, _width, _channels) = (random.Next(1, 7), random.Next(1, 7), random.Next(1, 50));
        _broadcast = [random.Next(3) == 0, random.Next(3) == 0, random.Next(3) == 0];
        Flags = (CommandFlags)random.Next(8) & (CommandFlags.InputSigned | CommandFlags.SecondSigned | CommandFlags.OutputSigned);
        _first = new byte[_height * _width * _channels];
        random.NextBytes(_first);
        _second = new byte[Extent(0, _height) * Extent(1, _width) * Extent(2, _channels)];
        random.NextBytes(_second);
        var low = Flags.HasFlag(CommandFlags.OutputSigned) ? -128 : 0;
        (Minimum, Maximum, OutputZero) = (low + random.Next(40), low + 255 - random.Next(40), low + random.Next(256));
        ZeroA = random.Next(256) - (Flags.HasFlag(CommandFlags.InputSigned) ? 128 : 0);
        ZeroB = random.Next(256) - (Flags.HasFlag(CommandFlags.SecondSigned) ? 128 : 0);
    }

    public CommandFlags Flags { get; }

    public int Minimum { get; }

    public int Maximum { get; }

    public int OutputZero { get; }

    public int ZeroA { get; }

    public int ZeroB { get; }

    /// <summary>A random ratio of scales, often one that makes ties.</summary>
    public float Ratio() => _random.Next(2) == 0 ? 1f / (1 << _random.Next(3)) : _random.NextSingle() * 2;

    public static byte Saturate(float value, int minimum, int maximum) =>
        (byte)(int)Math.Clamp(MathF.Round(value, MidpointRounding.ToEven), minimum, maximum);

    public void AssertEqual(Func<FeatureMap, FeatureMap, FeatureMap, ICommand> command, Func<int, int, byte> rule, string message)
    {
        var rig = new StreamRig();
        var first = FeatureMap.Dense(rig.Place(_first), _height, _width, _channels);
        var output = FeatureMap.Dense(rig.Reserve(_first.Length), _height, _width, _channels);
        var (channel, pixel) = (_broadcast[2] ? 0 : 1, _broadcast[1] ? 0 : Extent(2, _channels));
        var second = first with
        {
            Address = rig.Place(_second),
            ChannelStride = channel,
            PixelStride = pixel,
            RowStride = _broadcast[0] ? 0 : Extent(1, _width) * Extent(2, _channels),
        };
        rig.Add(command(first, second, output));
        var expected = _first.Select((raw, i) =>
        {
            var (c, x, y) = (i % _channels, i / _channels % _width, i / _channels / _width);
            var other = _second[(y * second.RowStride) + (x * second.PixelStride) + (c * second.ChannelStride)];
            return rule(Value(raw, CommandFlags.InputSigned), Value(other, CommandFlags.SecondSigned));
        }).ToArray();
        Assert.That(rig.Run(scalar: false).AsSpan((int)output.Address.Offset, expected.Length).ToArray(), Is.EqualTo(expected), $"vector, {message}");
        Assert.That(rig.Run(scalar: true).AsSpan((int)output.Address.Offset, expected.Length).ToArray(), Is.EqualTo(expected), $"scalar, {message}");
    }

    private int Extent(int axis, int extent) => _broadcast[axis] ? 1 : extent;

    private int Value(byte raw, CommandFlags signed) => Flags.HasFlag(signed) ? (sbyte)raw : raw;
}

/// <summary>A random map under a random window.</summary>
internal sealed class PoolProblem
{
    private readonly int _height;
    private readonly int _width;
    private readonly int _channels;
    private readonly int _outputHeight;
    private readonly int _outputWidth;
    private readonly byte[] _values;

    public PoolProblem(Random random)
    {
        (_height, _width, _channels) = (random.Next(2, 9), random.Next(2, 9), random.Next(1, 80));
        Signed = random.Next(2) == 0;
        var (kernelHeight, kernelWidth) = (random.Next(1, 4), random.Next(1, 4));
        Window = new()
        {
            KernelHeight = kernelHeight, KernelWidth = kernelWidth, StrideY = random.Next(1, 3), StrideX = random.Next(1, 3), DilationY = 1, DilationX = 1,
            PadTop = random.Next(kernelHeight), PadLeft = random.Next(kernelWidth),
        };
        (PadBottom, PadRight) = (random.Next(kernelHeight), random.Next(kernelWidth));
        _outputHeight = Math.Max(1, ((_height + Window.PadTop + PadBottom - kernelHeight) / Window.StrideY) + 1);
        _outputWidth = Math.Max(1, ((_width + Window.PadLeft + PadRight - kernelWidth) / Window.StrideX) + 1);
        _values = new byte[_height * _width * _channels];
        random.NextBytes(_values);
    }

    public bool Signed { get; }

    public Window Window { get; }

    public int PadBottom { get; }

    public int PadRight { get; }

    public byte[] Run(bool scalar, Func<FeatureMap, FeatureMap, ICommand> command)
    {
        var rig = new StreamRig();
        var input = FeatureMap.Dense(rig.Place(_values), _height, _width, _channels);
        var output = FeatureMap.Dense(rig.Reserve(_outputHeight * _outputWidth * _channels), _outputHeight, _outputWidth, _channels);
        rig.Add(command(input, output));
        return rig.Run(scalar).AsSpan((int)output.Address.Offset, (int)output.Elements).ToArray();
    }

    /// <summary>The rule sees the values inside, row by row, and how many positions lie inside map or padding.</summary>
    public byte[] Expected(Func<IReadOnlyList<int>, int, int> rule)
    {
        var result = new byte[_outputHeight * _outputWidth * _channels];
        for (var i = 0; i < result.Length; i++)
        {
            var (inside, padded) = (new List<int>(), 0);
            for (var tap = 0; tap < Window.Taps; tap++)
            {
                var row = (i / _channels / _outputWidth * Window.StrideY) - Window.PadTop + (tap / Window.KernelWidth);
                var column = (i / _channels % _outputWidth * Window.StrideX) - Window.PadLeft + (tap % Window.KernelWidth);
                padded += row < _height + PadBottom && column < _width + PadRight ? 1 : 0;
                if (row >= 0 && row < _height && column >= 0 && column < _width)
                {
                    var raw = _values[(((row * _width) + column) * _channels) + (i % _channels)];
                    inside.Add(Signed ? (sbyte)raw : raw);
                }
            }

            result[i] = (byte)rule(inside, padded);
        }

        return result;
    }
}
