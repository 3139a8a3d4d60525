using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Vector commands against ONNX Runtime's rules, written plainly from ONNXRUNTIME.md.</summary>
public sealed class VectorUnitTests
{
    [Test]
    public void Add_RandomScalesAndBroadcasts_EqualsTheFmaRule([Range(1, 30)] int seed)
    {
        var pair = new PairProblem(new Random(seed));
        var (ratioA, ratioB, zero) = (pair.Ratio(), pair.Ratio(), pair.OutputZero);
        var offset = zero - MathF.FusedMultiplyAdd(ratioA, pair.ZeroA, ratioB * pair.ZeroB);
        byte Rule(int a, int b) => PairProblem.Saturate(
            MathF.FusedMultiplyAdd(a, ratioA, MathF.FusedMultiplyAdd(b, ratioB, offset)), pair.Minimum, pair.Maximum);
        ICommand Command(FeatureMap first, FeatureMap second, FeatureMap output) => new Add
        {
            Flags = pair.Flags, First = first, Second = second, Output = output,
            RatioA = ratioA, RatioB = ratioB, Offset = offset, Minimum = pair.Minimum, Maximum = pair.Maximum,
        };
        pair.AssertEqual(Command, Rule, $"seed {seed}");
    }

    [Test]
    public void Multiply_RandomScalesAndBroadcasts_EqualsTheRule([Range(1, 30)] int seed)
    {
        var pair = new PairProblem(new Random(seed));
        var multiplier = pair.Ratio() / 64;
        byte Rule(int a, int b)
        {
            var scaled = (float)((a - pair.ZeroA) * (b - pair.ZeroB)) * multiplier;
            return PairProblem.Saturate(scaled + pair.OutputZero, pair.Minimum, pair.Maximum);
        }

        ICommand Command(FeatureMap first, FeatureMap second, FeatureMap output) => new Multiply
        {
            Flags = pair.Flags, First = first, Second = second, Output = output, ZeroPointA = pair.ZeroA, ZeroPointB = pair.ZeroB,
            Multiplier = multiplier, OutputZeroPoint = pair.OutputZero, Minimum = pair.Minimum, Maximum = pair.Maximum,
        };
        pair.AssertEqual(Command, Rule, $"seed {seed}");
    }

    [Test]
    public void Add_EqualScalesHalved_RoundsTiesToEvenAfterTheZeroPoint()
    {
        // (a + b)/2 + 3: with a = 1…4 and b = 0 the sums 3.5, 4, 4.5, 5 round to 4, 4, 4, 5.
        var rig = new StreamRig();
        var first = FeatureMap.Dense(rig.Place([1, 2, 3, 4]), 1, 1, 4);
        var second = first with { Address = rig.Place([0]), RowStride = 0, PixelStride = 0, ChannelStride = 0 };
        var output = FeatureMap.Dense(rig.Reserve(4), 1, 1, 4);
        rig.Add(new Add { First = first, Second = second, Output = output, RatioA = 0.5f, RatioB = 0.5f, Offset = 3, Maximum = 255 });
        Assert.That(rig.Run().AsSpan((int)output.Address.Offset, 4).ToArray(), Is.EqualTo(new byte[] { 4, 4, 4, 5 }));
    }

    [Test]
    public void TableLookup_AllBytes_GivesTheTableAtThem()
    {
        var rig = new StreamRig();
        var random = new Random(5);
        var (values, table) = (new byte[300], new byte[256]);
        random.NextBytes(values);
        random.NextBytes(table);
        var input = FeatureMap.Dense(rig.Place(values), 3, 10, 10);
        var output = FeatureMap.Dense(rig.Reserve(300), 3, 10, 10);
        rig.Add(new TableLookup { Input = input, Output = output, Table = rig.Place(table) });
        Assert.That(rig.Run().AsSpan((int)output.Address.Offset, 300).ToArray(), Is.EqualTo(values.Select(value => table[value]).ToArray()));
    }

    [Test]
    public void Quantize_TiesLimitsAndNaN_FollowQuantizeLinear()
    {
        float[] values = [0, 0.5f, 1.5f, -0.5f, 2.5f, 1e30f, -1e30f, float.NaN, float.PositiveInfinity];
        var rig = new StreamRig();
        var input = FeatureMap.Dense(rig.Place(StreamRig.BytesOf(values)), 1, 1, values.Length, sizeof(float));
        var output = FeatureMap.Dense(rig.Reserve(values.Length), 1, 1, values.Length);
        rig.Add(new Quantize { Flags = CommandFlags.OutputSigned, Input = input, Output = output, Scale = 1, ZeroPoint = 5 });
        var found = rig.Run().AsSpan((int)output.Address.Offset, values.Length).ToArray().Select(value => (sbyte)value);
        Assert.That(found, Is.EqualTo(new sbyte[] { 5, 5, 7, 5, 7, 127, -128, -128, 127 }));
    }

    [Test]
    public void Dequantize_SignedBytes_GivesDifferenceTimesScale()
    {
        var rig = new StreamRig();
        var input = FeatureMap.Dense(rig.Place([0x80, 0, 127]), 1, 1, 3);
        var output = FeatureMap.Dense(rig.Reserve(12), 1, 1, 3, sizeof(float));
        rig.Add(new Dequantize { Flags = CommandFlags.InputSigned, Input = input, Output = output, Scale = 0.1f, ZeroPoint = -3 });
        var found = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(rig.Run().AsSpan((int)output.Address.Offset, 12)).ToArray();
        Assert.That(found, Is.EqualTo(new[] { -125 * 0.1f, 3 * 0.1f, 130 * 0.1f }));
    }

    [Test]
    public void MaxPool_RandomShapes_EqualsTheGreatestInside([Range(1, 20)] int seed, [Values] bool scalar)
    {
        var pool = new PoolProblem(new Random(seed));
        var output = pool.Run(scalar, (input, result) => new MaxPool { Flags = pool.Signed ? CommandFlags.InputSigned : 0, Input = input, Output = result, Window = pool.Window });
        var expected = pool.Expected((values, _) => values.Count == 0 ? (pool.Signed ? -128 : 0) : values.Max());
        Assert.That(output, Is.EqualTo(expected), $"seed {seed}");
    }

    [Test]
    public void AveragePool_RandomShapesAndEqualScales_EqualsTheFloatRule([Range(1, 20)] int seed, [Values] bool includePad, [Values] bool scalar)
    {
        var pool = new PoolProblem(new Random(seed));
        var (scaleX, scaleY) = (seed % 2 == 0 ? 0.25f : 0.0173f, seed % 2 == 0 ? 0.25f : 0.021f);
        var (zeroX, zeroY) = (pool.Signed ? -7 : 9, pool.Signed ? 3 : 12);
        var output = pool.Run(scalar, (input, result) => new AveragePool
        {
            Flags = (pool.Signed ? CommandFlags.InputSigned | CommandFlags.OutputSigned : 0) | (includePad ? CommandFlags.CountIncludePad : 0),
            Input = input, Output = result, Window = pool.Window, PadBottom = pool.PadBottom, PadRight = pool.PadRight,
            InputScale = scaleX, OutputScale = scaleY, InputZeroPoint = zeroX, OutputZeroPoint = zeroY,
        });
        var expected = pool.Expected((values, padded) =>
        {
            var sum = 0f;
            foreach (var value in values)
            {
                sum += (value - zeroX) * scaleX;
            }

            var mean = sum / (includePad ? padded : values.Count);
            return (sbyte)PairProblem.Saturate((mean / scaleY) + zeroY, pool.Signed ? -128 : 0, pool.Signed ? 127 : 255);
        });
        Assert.That(output, Is.EqualTo(expected), $"seed {seed}");
    }

    [Test]
    public void GlobalAveragePool_RandomShapes_EqualsTheIntegerRule([Range(1, 12)] int seed)
    {
        var random = new Random(seed);
        var (height, width, channels) = (random.Next(1, 9), random.Next(1, 9), random.Next(1, 50));
        var values = new byte[height * width * channels];
        random.NextBytes(values);
        var (multiplier, zero) = (seed % 2 == 0 ? 0.5f : random.NextSingle() / (height * width), random.Next(256));
        var rig = new StreamRig();
        var output = FeatureMap.Dense(rig.Reserve(channels), 1, 1, channels);
        rig.Add(new GlobalAveragePool
        {
            Input = FeatureMap.Dense(rig.Place(values), height, width, channels), Output = output,
            InputZeroPoint = zero, OutputZeroPoint = 20, Multiplier = multiplier,
        });
        var expected = Enumerable.Range(0, channels).Select(channel =>
        {
            var sum = values.Where((_, i) => i % channels == channel).Sum(value => value - zero);
            return (byte)(MathF.Round(Math.Clamp(sum * multiplier, -20f, 235f), MidpointRounding.ToEven) + 20);
        });
        Assert.That(rig.Run().AsSpan((int)output.Address.Offset, channels).ToArray(), Is.EqualTo(expected), $"seed {seed}");
    }
}
