using System.Diagnostics;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Drivers.Simulation.Npu;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Mutated streams: refused with the typed error, or run to the end; never a crash, a hang or a byte outside.</summary>
public sealed class FuzzTests
{
    private const int Guard = 4096;
    private static readonly NpuConfiguration Machine = NpuConfiguration.Micro128 with { LongestRunCycles = 200_000, SramBytes = 256 << 10 };

    private static IEnumerable<int> Kinds => Enumerable.Range(0, FuzzStreams.Kinds);

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
        using var memory = npu.Map((2 * Guard) + Machine.SramBytes);
        for (var i = 0; i < 300; i++)
        {
            var (image, _) = Original(random);
            var stream = Mutate(image.Commands.ToArray(), random);
            using var commands = npu.Map(stream.Length);
            Copy(stream, commands);
            Fill(memory, 0x77);
            Program(npu, image, commands, memory.DeviceAddress + Guard);
            npu.Write(NpuRegister.Doorbell, 1);
            npu.WaitForInterrupt(long.MaxValue, default);
            Assert.That((NpuStatus)npu.Read(NpuRegister.Status), Is.EqualTo(NpuStatus.Done).Or.EqualTo(NpuStatus.Faulted), $"seed {seed}, stream {i}");
            AssertGuards(memory, image.SramBytes, $"seed {seed}, stream {i}");
            npu.Write(NpuRegister.Reset, 1);
        }
    }

    [Test]
    public void Doorbell_MutatedCommand_GivesOneResultWhateverLiesOutside([ValueSource(nameof(Kinds))] int kind) =>
        MutateCommands(kind, kind, kind < 2 ? 1500 : 6000);

    [Test]
    [Explicit("1,020,000 streams, four runs or more of each: many minutes")]
    public void Doorbell_AMillionMutatedCommands_GiveOneResultWhateverLiesOutside([ValueSource(nameof(Kinds))] int kind) =>
        MutateCommands(kind, 1000 + kind, 85_000);

    private static void MutateCommands(int kind, int seed, int count)
    {
        using var machine = new SimulatedNpu(Machine);
        using var scalar = new SimulatedNpu(Machine, scalar: true);
        using var threaded = new SimulatedNpu(Machine, KernelLevel.Vector, threads: 2);
        var random = new Random(seed);
        var ran = 0;
        for (var i = 0; i < count; i++)
        {
            var rig = FuzzStreams.One(kind, random);
            var image = NpuImage.FromExecutable(rig.Build());
            var stream = new FieldMutator(image, random).Mutate();
            string Message() => $"seed {seed}, kind {kind}, stream {i}:\n{Disassembler.Print(CommandReader.ReadAll(stream))}";
            var (status, output) = AssertIndependent(machine, image, stream, rig.Picture, Message);
            Assert.That(AssertIndependent(scalar, image, stream, rig.Picture, Message).Output, Is.EqualTo(output), Message);
            if (i % 8 == 0)
            {
                Assert.That(AssertIndependent(threaded, image, stream, rig.Picture, Message).Output, Is.EqualTo(output), Message);
            }

            ran += status == NpuStatus.Done ? 1 : 0;
        }

        TestContext.Out.WriteLine($"seed {seed}, kind {kind}: {count} streams, {ran} ran to their end, the others faulted");
        Assert.That(ran, Is.GreaterThan(100), $"seed {seed}, kind {kind}");
    }

    /// <summary>Equal results whatever lies around the device's memories; the host's own memory stays within a multiple of SRAM.</summary>
    private static (NpuStatus Status, byte[] Output) AssertIndependent(SimulatedNpu npu, NpuImage image, byte[] stream, byte[] picture, Func<string> message)
    {
        using var place = new GuardedRun(npu, image, stream, picture);
        var (first, second) = (place.Run(0), place.Run(0x7F));
        Assert.That(second.Status, Is.EqualTo(first.Status), message);
        Assert.That(second.Output, Is.EqualTo(first.Output), message);
        Assert.That(npu.WorkspaceBytes, Is.LessThanOrEqualTo((64 * image.SramBytes) + (64 << 10)), message);
        return first;
    }

    private static (NpuImage Image, ExecutableSignature Signature) Original(Random random)
    {
        var executable = FuzzStreams.All(random).Build();
        return (NpuImage.FromExecutable(executable), executable.Signature);
    }

    /// <summary>A stream, its input and its output in memories of their own.</summary>
    private sealed class GuardedRun(SimulatedNpu npu, NpuImage image, byte[] stream, byte[] picture) : IDisposable
    {
        private readonly NpuMapping _commands = npu.Map(stream.Length);
        private readonly NpuMapping _input = npu.Map(picture.Length);
        private readonly NpuMapping _output = npu.Map(picture.Length);

        /// <summary>What comes of it when all around the device's memories holds this byte.</summary>
        public (NpuStatus Status, byte[] Output) Run(byte around)
        {
            npu.Write(NpuRegister.Reset, 1);
            Copy(stream, _commands);
            Copy(picture, _input);
            Fill(_output, 0xA5);
            npu.Write(NpuRegister.CommandBase, _commands.DeviceAddress);
            npu.Write(NpuRegister.CommandBytes, (ulong)stream.Length);
            npu.Write(NpuRegister.SramLimit, (ulong)image.SramBytes);
            npu.Write(NpuRegister.Bindings, 1 | (1UL << 32));
            NpuMapping[] regions = [_commands, _commands, _input, _output];
            for (var i = 0; i < regions.Length; i++)
            {
                npu.Write(NpuRegister.RegionBase + (2 * (i + 1)), regions[i].DeviceAddress);
                npu.Write(NpuRegister.RegionBytes + (2 * (i + 1)), i < 2 ? 0 : (ulong)picture.Length);
            }

            npu.FillAround(around);
            npu.Write(NpuRegister.Doorbell, 1);
            npu.WaitForInterrupt(long.MaxValue, default);
            Assert.That(npu.IsAround(around), "writes outside");
            return ((NpuStatus)npu.Read(NpuRegister.Status), Bytes(_output).ToArray());
        }

        public void Dispose()
        {
            _commands.Dispose();
            _input.Dispose();
            _output.Dispose();
        }
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

    /// <summary>Input and output both in the guarded memory, after the first guard.</summary>
    private static void Program(SimulatedNpu npu, NpuImage image, NpuMapping commands, ulong target)
    {
        var bytes = (ulong)Math.Min(image.SramBytes, Machine.SramBytes);
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

    private static unsafe Span<byte> Bytes(NpuMapping memory) => new((void*)memory.HostAddress, (int)memory.ByteCount);

    private static void Fill(NpuMapping memory, byte value) => Bytes(memory).Fill(value);

    private static void Copy(byte[] bytes, NpuMapping memory) => bytes.CopyTo(Bytes(memory));

    private static void AssertGuards(NpuMapping memory, long used, string message)
    {
        var bytes = Bytes(memory);
        var end = Guard + (int)Math.Min(used, Machine.SramBytes);
        Assert.That(bytes[..Guard].ContainsAnyExcept((byte)0x77) || bytes[end..].ContainsAnyExcept((byte)0x77), Is.False, message);
    }
}
