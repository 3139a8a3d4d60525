using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Seeded faults at random cycles of streams of all commands: each ends as its kind says, none is lost, and nothing leaks.</summary>
public sealed class FaultInjectionTests
{
    private const int PerSeed = 1000;
    private static readonly NpuConfiguration Machine = NpuConfiguration.Micro128;

    /// <summary>What came of an injection.</summary>
    private enum Verdict
    {
        /// <summary>The run ended before the fault's cycle.</summary>
        NotStruck,
        /// <summary>It struck, and the answer is right all the same.</summary>
        Masked,
        /// <summary>A typed error; the next run was right.</summary>
        Detected,
        /// <summary>A typed error that says that the device is gone, and it stays so.</summary>
        Lost,
    }

    [Test]
    public void Execute_AThousandSeededFaults_EachEndsAsItsKindSays([Range(1, 10)] int seed)
    {
        var random = new Random(seed);
        var counts = new Dictionary<(NpuFaultKind Kind, Verdict Verdict), int>();
        Workload? work = null;
        for (var i = 0; i < PerSeed; i++)
        {
            work ??= new Workload(random.Next(), PerSeed);
            var (kind, verdict) = work.Inject($"seed {seed}, injection {i}");
            counts[(kind, verdict)] = counts.GetValueOrDefault((kind, verdict)) + 1;
            if (verdict == Verdict.Lost || random.Next(100) == 0)
            {
                work.Dispose();
                work = null;
            }
        }

        work?.Dispose();
        foreach (var kind in Enum.GetValues<NpuFaultKind>())
        {
            Assert.That(counts.GetValueOrDefault((kind, Expected(kind))), Is.GreaterThan(20), $"seed {seed}: {kind} {Expected(kind)}");
        }

        TestContext.Out.WriteLine($"seed {seed}: {string.Join(", ", counts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key.Kind} {pair.Key.Verdict} {pair.Value}"))}");
    }

    [Test]
    public void Script_OfASeed_IsTheSameAndWithinItsBounds()
    {
        var script = NpuFault.Script(5, 500, 40, 1000, NpuFaultKind.Hang, NpuFaultKind.EccError);
        Assert.That(script, Is.EqualTo(NpuFault.Script(5, 500, 40, 1000, NpuFaultKind.Hang, NpuFaultKind.EccError)));
        Assert.That(script.Select(fault => fault.Kind).Distinct(), Is.EquivalentTo(new[] { NpuFaultKind.Hang, NpuFaultKind.EccError }));
        Assert.That(script.All(fault => fault is { Run: >= 0 and < 40, AtCycle: >= 0 and < 1000 }), Is.True);
    }

    [Test]
    public void Script_FaultDueWhileAnInterruptIsLost_StrikesAfterIt()
    {
        var rig = FuzzStreams.All(new Random(1));
        var port = new FaultInjectingNpu(new SimulatedNpu(Machine), [new(NpuFaultKind.LostInterrupt, 0, 10), new(NpuFaultKind.DmaError, 0, 20)]);
        using var device = new NpuDevice(port);
        using var loaded = device.Load(rig.Build());
        using var input = device.Allocate(rig.Picture.Length);
        using var run = loaded.Prepare([new(input)], [default]);
        run.Submit();
        Assert.That(port.WaitForInterrupt(50, CancellationToken.None), Is.False, "lost at cycle 10");
        Assert.That(port.WaitForInterrupt(50, CancellationToken.None), Is.True, "due at cycle 20, in the middle of the first wait");
        Assert.That(port.Struck.Select(fault => fault.Kind), Is.EqualTo(new[] { NpuFaultKind.LostInterrupt, NpuFaultKind.DmaError }));
        Assert.That(() => run.Wait(), Throws.InstanceOf<DeviceFaultException>().With.Message.Contains("Dma error"));
    }

    private static Verdict Expected(NpuFaultKind kind) => kind switch
    {
        NpuFaultKind.LostInterrupt or NpuFaultKind.SpuriousInterrupt => Verdict.Masked,
        NpuFaultKind.DeadHang or NpuFaultKind.Removal => Verdict.Lost,
        _ => Verdict.Detected,
    };

    private static string Words(NpuFaultKind kind) => kind switch
    {
        NpuFaultKind.Hang or NpuFaultKind.InterruptStorm => "hangs after",
        NpuFaultKind.DeadHang => "did not come back from a reset",
        NpuFaultKind.ParseError => "CommandParse error at command",
        NpuFaultKind.BusError => "Bus error at command",
        NpuFaultKind.DmaError => "Dma error at command",
        NpuFaultKind.EccError => "Ecc error at command",
        NpuFaultKind.PowerLoss => "PowerLoss error at command",
        NpuFaultKind.ResetInStream => "idle in the middle of a run",
        _ => "all registers read as ones",
    };

    /// <summary>A device with one fault in every second run of one stream, whose right answer is known.</summary>
    private sealed class Workload : IDisposable
    {
        private readonly SimulatedNpu _npu = new(Machine);
        private readonly FaultInjectingNpu _port;
        private readonly NpuDevice _device;
        private readonly LoadedExecutable _loaded;
        private readonly DeviceBuffer _input;
        private readonly DeviceRun _run;
        private readonly byte[] _right;
        private readonly byte[] _found;
        private readonly NpuFault[] _script;
        private readonly long _mapped;
        private int _next;

        public Workload(int seed, int runs)
        {
            var rig = FuzzStreams.All(new Random(seed));
            var executable = rig.Build();
            _right = rig.Run();
            _found = new byte[_right.Length];
            var cycles = Timing.Predict(NpuImage.FromExecutable(executable), Machine).TotalCycles;
            _script = [.. NpuFault.Script(seed, runs, 1, cycles * 21 / 20).Select((fault, index) => fault with { Run = 2 * index })];
            _port = new FaultInjectingNpu(_npu, _script);
            _device = new NpuDevice(_port);
            _loaded = _device.Load(executable);
            _input = _device.Allocate(_right.Length);
            _input.Write(0, rig.Picture);
            _run = _loaded.Prepare([new(_input)], [default]);
            _mapped = _npu.MappedBytes;
        }

        public (NpuFaultKind Kind, Verdict Verdict) Inject(string message)
        {
            var (fault, struck) = (_script[_next++], _port.Struck.Length);
            var error = Execute(message);
            var verdict = _port.Struck.Length == struck ? Verdict.NotStruck : Expected(fault.Kind);
            message = $"{message}: {fault}";
            Check(verdict, fault.Kind, error, message);
            if (verdict != Verdict.Lost)
            {
                Assert.That(Execute(message), Is.Null, message);
            }

            Assert.That(_npu.MappedBytes, Is.EqualTo(_mapped), message);
            return (fault.Kind, verdict);
        }

        public void Dispose()
        {
            _run.Dispose();
            _loaded.Dispose();
            _input.Dispose();
            _device.Dispose();
            Assert.That(_npu.MappedBytes, Is.Zero);
        }

        private void Check(Verdict verdict, NpuFaultKind kind, EdgeException? error, string message)
        {
            switch (verdict)
            {
                case Verdict.NotStruck or Verdict.Masked:
                    Assert.That(error, Is.Null, message);
                    break;
                case Verdict.Detected:
                    Assert.That(error, Is.InstanceOf<DeviceFaultException>().With.Message.Contains(Words(kind)), message);
                    break;
                default:
                    Assert.That(error, Is.InstanceOf<DeviceLostException>().With.Message.Contains(Words(kind)), message);
                    Assert.That(() => _run.Execute(), Throws.InstanceOf<DeviceLostException>(), message);
                    break;
            }
        }

        /// <summary>The error, or null after a right answer.</summary>
        private EdgeException? Execute(string message)
        {
            var output = _run.Output(0).Buffer!;
            output.Write(0, new byte[_right.Length]);
            try
            {
                _run.Execute();
            }
            catch (EdgeException error)
            {
                return error;
            }

            output.Read(0, _found);
            Assert.That(_found.AsSpan().SequenceEqual(_right), Is.True, $"{message}: silently wrong");
            return null;
        }
    }
}
