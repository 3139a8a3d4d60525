using System.Diagnostics;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Mutated streams: refused with the typed error, or run to the end; never a crash, a hang or a byte outside.</summary>
public sealed class FuzzTests
{
    private const int Guard = 4096;
    private static readonly NpuConfiguration Machine = NpuConfiguration.Micro128 with { LongestRunCycles = 200_000, SramBytes = 64 << 10 };

    [Test]
    public void Load_MutatedStream_IsRefusedOrRuns([Range(1, 4)] int seed)
    {
        using var device = new NpuDevice(new SimulatedNpu(Machine));
        var random = new Random(seed);
        var (refused, ran) = (0, 0);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < 400; i++)
        {
            var (image, signature) = Original(random);
            var mutated = image with { Commands = Mutate(image.Commands.ToArray(), random) };
            try
            {
                using var loaded = device.Load(mutated.ToExecutable(signature, []));
                Execute(device, loaded);
                ran++;
            }
            catch (ExecutableFormatException error)
            {
                Assert.That(error.Message, Does.StartWith("NPU"));
                refused++;
            }
        }

        Assert.That(refused, Is.Positive, $"seed {seed}");
        Assert.That(ran, Is.Positive, $"seed {seed}");
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(60)));
    }

    [Test]
    public void Doorbell_MutatedStreamPastTheDriver_EndsDoneOrFaultedAndWritesNothingOutside([Range(11, 13)] int seed)
    {
        using var npu = new SimulatedNpu(Machine);
        var random = new Random(seed);
        using var memory = npu.Map(3 * Guard);
        Fill(memory, 0x77);
        for (var i = 0; i < 300; i++)
        {
            var (image, _) = Original(random);
            var stream = Mutate(image.Commands.ToArray(), random);
            using var commands = npu.Map(stream.Length);
            Copy(stream, commands);
            Program(npu, image, commands, memory.DeviceAddress + Guard);
            npu.Write(NpuRegister.Doorbell, 1);
            npu.WaitForInterrupt(long.MaxValue, default);
            Assert.That((NpuStatus)npu.Read(NpuRegister.Status), Is.EqualTo(NpuStatus.Done).Or.EqualTo(NpuStatus.Faulted), $"seed {seed}, stream {i}");
            AssertGuards(memory, $"seed {seed}, stream {i}");
            npu.Write(NpuRegister.Reset, 1);
        }
    }

    /// <summary>A stream with a convolution, a pool, an addition and a table, of random extents.</summary>
    private static (NpuImage Image, ExecutableSignature Signature) Original(Random random)
    {
        var rig = new StreamRig();
        rig.Add((random.Next(2) == 0 ? ConvolutionProblem.Random(random) : ConvolutionProblem.RandomDepthwise(random)).Place(rig));
        var map = FeatureMap.Dense(rig.Place(new byte[96]), 4, 4, 6);
        var other = map with { Address = rig.Reserve(96) };
        rig.Add(new MaxPool { Input = map, Output = other, Window = Window.Of(3, 3, 1, 1, 1, 1) });
        rig.Add(new Add { First = map, Second = other, Output = map, RatioA = 1, RatioB = 0.5f, Maximum = 255 });
        rig.Add(new AveragePool { Input = map, Output = other, Window = Window.Of(2, 2), InputScale = 1, OutputScale = 2 });
        rig.Add(new TableLookup { Input = map, Output = other, Table = rig.Place(new byte[256]) });
        rig.Add(new Arithmetic { First = other, Second = map, Output = map, Operation = random.Next(7), ScaleA = 1, ScaleB = 1, Scale = 1, Maximum = 255 });
        rig.Add(new MatrixProduct { First = map, Second = FeatureMap.Dense(map.Address, 4, 6, 4), Output = FeatureMap.Dense(other.Address, 4, 4, 4), Multiplier = 1, Maximum = 255 });
        var table = rig.Place(StreamRig.BytesOf(Enumerable.Range(0, 256).Select(_ => random.Next(-1, 5)).ToArray()));
        rig.Add(new Gather { Input = other, Output = map, Table = table });
        rig.Add(new Interpolate { Input = map, Output = other, Table = table, InputScale = 1, OutputScale = 1 });
        rig.Add(new Softmax { Input = other, Output = map, Table = table, Scale = 255 });
        var executable = rig.Build();
        return (NpuImage.FromExecutable(executable), executable.Signature);
    }

    private static byte[] Mutate(byte[] stream, Random random)
    {
        for (var count = random.Next(1, 4); count > 0; count--)
        {
            var at = random.Next(stream.Length);
            stream[at] = random.Next(4) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(stream[at] ^ (1 << random.Next(8))),
                2 => (byte)(stream[at] + random.Next(-2, 3)),
                _ => random.Next(2) == 0 ? (byte)0 : (byte)0xFF,
            };
        }

        return random.Next(20) == 0 ? stream[..random.Next(stream.Length)] : stream;
    }

    private static void Execute(NpuDevice device, LoadedExecutable loaded)
    {
        using var input = device.Allocate(loaded.Signature.Inputs[0].ByteCount);
        using var run = loaded.Prepare([new(input)], [default]);
        run.Execute();
    }

    /// <summary>Input and output both in the middle third of the guarded memory.</summary>
    private static void Program(SimulatedNpu npu, NpuImage image, NpuMapping commands, ulong target)
    {
        var bytes = (ulong)Math.Min(image.SramBytes, Guard);
        npu.Write(NpuRegister.CommandBase, commands.DeviceAddress);
        npu.Write(NpuRegister.CommandBytes, (ulong)commands.ByteCount);
        npu.Write(NpuRegister.SramLimit, (ulong)image.SramBytes);
        npu.Write(NpuRegister.Bindings, 1 | (1UL << 32));
        for (var region = 1; region < 5; region++)
        {
            npu.Write(NpuRegister.RegionBase + (2 * region), target);
            npu.Write(NpuRegister.RegionBytes + (2 * region), region < 3 ? 0 : bytes);
        }
    }

    private static unsafe void Fill(NpuMapping memory, byte value) => new Span<byte>((void*)memory.HostAddress, (int)memory.ByteCount).Fill(value);

    private static unsafe void Copy(byte[] bytes, NpuMapping memory) => bytes.CopyTo(new Span<byte>((void*)memory.HostAddress, bytes.Length));

    private static unsafe void AssertGuards(NpuMapping memory, string message)
    {
        var bytes = new ReadOnlySpan<byte>((void*)memory.HostAddress, (int)memory.ByteCount);
        Assert.That(bytes[..Guard].ContainsAnyExcept((byte)0x77) || bytes[(2 * Guard)..].ContainsAnyExcept((byte)0x77), Is.False, message);
    }
}
