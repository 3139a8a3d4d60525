using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Commands that compute in float32 between quantizers, and the product of two activations, against their rules and by hand.</summary>
public sealed class RealArithmeticTests
{
    [Test]
    public void Arithmetic_EveryOperation_FollowsTheFloatRule([Range(0, 6)] int code, [Range(1, 6)] int seed)
    {
        var operation = (ArithmeticOperation)code;
        var random = new Random(seed);
        var pair = new PairProblem(random);
        var (scaleA, scaleB, scale) = (pair.Ratio(), pair.Ratio(), pair.Ratio());
        var (low, high) = pair.Flags.HasFlag(CommandFlags.OutputSigned) ? (-128, 127) : (0, 255);

        byte Rule(int a, int b)
        {
            var (x, y) = ((a - pair.ZeroA) * scaleA, (b - pair.ZeroB) * scaleB);
            var value = Real(operation, x, y) / scale;
            var rounded = float.IsNaN(value) ? low : (int)MathF.Round(Math.Clamp(value, low - pair.OutputZero, high - pair.OutputZero), MidpointRounding.ToEven) + pair.OutputZero;
            return (byte)Math.Clamp(rounded, pair.Minimum, pair.Maximum);
        }

        ICommand Command(FeatureMap first, FeatureMap second, FeatureMap output) => new Arithmetic
        {
            Flags = pair.Flags, First = first, Second = second, Output = output, Operation = code, ZeroPointA = pair.ZeroA, ZeroPointB = pair.ZeroB,
            OutputZeroPoint = pair.OutputZero, ScaleA = scaleA, ScaleB = scaleB, Scale = scale, Minimum = pair.Minimum, Maximum = pair.Maximum,
        };
        pair.AssertEqual(Command, Rule, $"{operation}, seed {seed}");
    }

    [Test]
    public void MatrixProduct_HandComputed_GivesTheProductOfDifferences()
    {
        // First 2×3 less 1: [1 2 3; 4 5 6]; second 3×2 less 2 (int8): [1 −1; 0 2; −2 0]; products [−5 3; −8 6], plus 20.
        var rig = new StreamRig();
        var product = new MatrixProduct
        {
            Flags = CommandFlags.SecondSigned, First = FeatureMap.Dense(rig.Place([2, 3, 4, 5, 6, 7]), 1, 2, 3),
            Second = FeatureMap.Dense(rig.Place([3, 1, 2, 4, 0, 2]), 1, 3, 2), Output = FeatureMap.Dense(rig.Reserve(4), 1, 2, 2),
            ZeroPointA = 1, ZeroPointB = 2, Multiplier = 1, OutputZeroPoint = 20, Maximum = 255,
        };
        rig.Add(product);
        foreach (var scalar in (ReadOnlySpan<bool>)[false, true])
        {
            Assert.That(rig.Run(scalar).AsSpan((int)product.Output.Address.Offset, 4).ToArray(), Is.EqualTo(new byte[] { 15, 23, 12, 26 }));
        }
    }

    [Test]
    public void MatrixProduct_RandomMatrices_EqualTheNaiveRule([Range(1, 20)] int seed)
    {
        var random = new Random(seed);
        var (batch, rows, depth, columns) = (random.Next(1, 4), random.Next(1, 10), random.Next(1, 40), random.Next(1, 40));
        var (first, second) = (new byte[batch * rows * depth], new byte[(seed % 3 == 0 ? 1 : batch) * depth * columns]);
        random.NextBytes(first);
        random.NextBytes(second);
        var (signed, multiplier) = (seed % 2 == 0, seed % 5 == 0 ? 1f / 1024 : 0.0011f);
        var rig = new StreamRig();
        var product = new MatrixProduct
        {
            Flags = signed ? CommandFlags.InputSigned : 0, First = FeatureMap.Dense(rig.Place(first), batch, rows, depth),
            Second = FeatureMap.Dense(rig.Place(second), batch, depth, columns), Output = FeatureMap.Dense(rig.Reserve(batch * rows * columns), batch, rows, columns),
            ZeroPointA = signed ? -7 : 130, ZeroPointB = 99, Multiplier = multiplier, OutputZeroPoint = 120, Minimum = 3, Maximum = 250,
        };
        product.Second.RowStride = seed % 3 == 0 ? 0 : depth * columns;
        rig.Add(product);
        var expected = Enumerable.Range(0, batch * rows * columns).Select(i =>
        {
            var (b, r, c) = (i / columns / rows, i / columns % rows, i % columns);
            var sum = Enumerable.Range(0, depth).Sum(k =>
            {
                var raw = first[(((b * rows) + r) * depth) + k];
                return ((signed ? (sbyte)raw : raw) - product.ZeroPointA) * (second[((b * product.Second.RowStride) + (k * columns)) + c] - 99);
            });
            return (byte)(MathF.Round(Math.Clamp(sum * multiplier, 3 - 120f, 250 - 120f), MidpointRounding.ToEven) + 120);
        }).ToArray();
        foreach (var scalar in (ReadOnlySpan<bool>)[false, true])
        {
            Assert.That(rig.Run(scalar).AsSpan((int)product.Output.Address.Offset, expected.Length).ToArray(), Is.EqualTo(expected), $"seed {seed}, scalar {scalar}");
        }
    }

    [Test]
    public void Softmax_HandComputed_SharesByTheTable()
    {
        // e doubles per step: of the channels 3, 1, 3 the shares are 4/9, 1/9, 4/9 of 90, and of one pixel all of it.
        var table = new float[256];
        for (var i = 0; i < table.Length; i++)
        {
            table[i] = i < 240 ? 0 : 1 << (i - 240);
        }

        var rig = new StreamRig();
        var softmax = new Softmax
        {
            Input = FeatureMap.Dense(rig.Place([3, 1, 3, 0, 200, 0]), 1, 2, 3), Output = FeatureMap.Dense(rig.Reserve(6), 1, 2, 3),
            Table = rig.Place(StreamRig.BytesOf(table)), Scale = 90, ZeroPoint = 5,
        };
        rig.Add(softmax);
        Assert.That(rig.Run().AsSpan((int)softmax.Output.Address.Offset, 6).ToArray(), Is.EqualTo(new byte[] { 45, 15, 45, 5, 95, 5 }));
    }

    private static float Real(ArithmeticOperation operation, float x, float y) => operation switch
    {
        ArithmeticOperation.Add => x + y,
        ArithmeticOperation.Subtract => x - y,
        ArithmeticOperation.Multiply => x * y,
        ArithmeticOperation.Divide => x / y,
        ArithmeticOperation.Minimum => Math.Min(x, y),
        ArithmeticOperation.Maximum => Math.Max(x, y),
        _ => x >= 0 ? x : x * y,
    };
}
