using EdgeAI.Drivers.Simulation.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Convolution against the rule as ONNXRUNTIME.md states it, computed naively from unpacked tensors.</summary>
public sealed class ConvolutionTests
{
    [Test]
    public void Convolution_RandomShapes_EqualsTheNaiveRuleInMachineVectorAndScalarCode([Range(1, 60)] int seed)
    {
        var problem = ConvolutionProblem.Random(new Random(seed));
        var expected = problem.Expected();
        AssertAllLevels(problem, expected, seed);
    }

    [Test]
    public void Depthwise_RandomShapes_EqualsTheNaiveRuleInMachineVectorAndScalarCode([Range(1, 40)] int seed)
    {
        var problem = ConvolutionProblem.RandomDepthwise(new Random(seed));
        var expected = problem.Expected();
        AssertAllLevels(problem, expected, seed);
    }

    [Test]
    public void Convolution_EveryTileOfPixelsAndOutputs_EqualsTheNaiveRule([Range(1, 6)] int pixels, [Range(1, 4)] int blocks, [Values] bool zeroPoints)
    {
        var seed = (10 * pixels) + blocks;
        var random = new Random(seed);
        var most = 16 * blocks;
        foreach (var outputs in new[] { most, most - random.Next(1, 16) })
        {
            // A full tile of six, then this one.
            var problem = ConvolutionProblem.RandomRow(random, 6 + pixels, outputs, zeroPoints);
            AssertAllLevels(problem, problem.Expected(), seed);
        }
    }

    [Test]
    public void Depthwise_EveryTileOfPixelsAndChannels_EqualsTheNaiveRule([Range(1, 4)] int pixels, [Values(32, 64)] int width)
    {
        var seed = width + pixels;
        var random = new Random(seed);
        foreach (var channels in new[] { width, width - random.Next(1, 32) })
        {
            var problem = ConvolutionProblem.RandomRow(random, 4 + pixels, channels, depthwise: true);
            AssertAllLevels(problem, problem.Expected(), seed);
        }
    }

    [Test]
    public void Convolution_ExactTies_RoundHalfToEven()
    {
        // Scale product 0.5: odd accumulators lie exactly between two outputs.
        var problem = new ConvolutionProblem
        {
            Height = 1, Width = 8, Inputs = 1, Outputs = 1, OutputHeight = 1, OutputWidth = 8, Window = Window.Unit,
            Input = [0, 1, 2, 3, 4, 5, 6, 7], Weights = [1], Bias = [0], Multipliers = [0.5f], ZeroPoints = [0], Maximum = 255,
        };
        Assert.That(problem.Run(KernelLevel.MachineCode), Is.EqualTo(new byte[] { 0, 0, 1, 2, 2, 2, 3, 4 }));
    }

    [Test]
    public void MatrixMultiply_HandComputed_GivesTheProduct()
    {
        // [1 2; 3 4] · [1 3; 2 4]ᵀ with a bias of 10 on the second column.
        var rig = new StreamRig();
        var packed = new byte[WeightPacking.DenseBytes(1, 2, 1, 2)];
        WeightPacking.PackDense([1, 2, 3, 4], packed, 1, 2, 2, 1);
        var command = new MatrixMultiply
        {
            Input = rig.Place([1, 2, 3, 4]), Weights = rig.Place(packed), Count = 2, Depth = 2, Outputs = 2, InputStride = 2, OutputStride = 3, Maximum = 255,
            Table = rig.Place([.. StreamRig.BytesOf(new[] { 0, 10 }), .. StreamRig.BytesOf(new[] { 1f, 1f })]), Output = rig.Reserve(5),
        };
        rig.Add(command);
        var result = rig.Run();
        Assert.That(result.AsSpan((int)command.Output.Offset, 5).ToArray(), Is.EqualTo(new byte[] { 5, 21, 0xA5, 11, 35 }));
    }

    [Test]
    public void Convolution_Large_EqualsTheNaiveRuleAtEveryLevelAndNumberOfThreads([Range(1, 12)] int seed, [Values] bool depthwise)
    {
        var problem = ConvolutionProblem.RandomLarge(new Random(seed), depthwise);
        var expected = problem.Expected();
        AssertAllLevels(problem, expected, seed);
        foreach (var level in new[] { KernelLevel.Vector, KernelLevel.MachineCode })
        {
            Assert.That(problem.Run(level, threads: 2), Is.EqualTo(expected), $"{level}, 2 threads, seed {seed}: {problem}");
            Assert.That(problem.Run(level, threads: 3), Is.EqualTo(expected), $"{level}, 3 threads, seed {seed}: {problem}");
        }
    }

    private static void AssertAllLevels(ConvolutionProblem problem, byte[] expected, int seed)
    {
        foreach (var level in Enum.GetValues<KernelLevel>())
        {
            Assert.That(problem.Run(level), Is.EqualTo(expected), $"{level}, seed {seed}: {problem}");
        }
    }
}
