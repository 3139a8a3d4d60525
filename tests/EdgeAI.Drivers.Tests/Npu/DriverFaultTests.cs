using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>What the driver makes of a device that misbehaves: a typed error that says what happened, a reset, and the next run right again.</summary>
public sealed class DriverFaultTests
{
    private SimulatedNpu _npu = null!;
    private FaultyPort _port = null!;
    private NpuDevice _device = null!;

    [SetUp]
    public void SetUp()
    {
        _npu = new SimulatedNpu(NpuConfiguration.Micro128);
        _port = new FaultyPort(_npu);
        _device = new NpuDevice(_port);
    }

    [TearDown]
    public void TearDown()
    {
        _device.Dispose();
        Assert.That(_npu.MappedBytes, Is.Zero, "mapped bytes after the device is gone");
    }

    [TestCase(PortFault.Hang, "hangs after 0 of 8 commands (copy): no progress in 100000 cycles")]
    [TestCase(PortFault.SpuriousInterruptAndHang, "hangs after 0 of 8 commands")]
    [TestCase(PortFault.EccError, "Ecc error at command 3")]
    [TestCase(PortFault.ResetInRun, "idle in the middle of a run")]
    public void Execute_DeviceFails_ThrowsFaultResetsAndRunsAgain(PortFault fault, string reason)
    {
        using var run = new TableRun(_device);
        _port.Fault = fault;
        Assert.That(() => run.Execute(), Throws.InstanceOf<DeviceFaultException>().With.Message.Contains(reason).And.Message.Contains("'npu'"));
        Assert.That(_port.Resets, Is.EqualTo(1));
        _port.Fault = PortFault.None;
        Assert.That(run.Execute(), Is.EqualTo(TableRun.Expected));
    }

    [TestCase(PortFault.Slow)]
    [TestCase(PortFault.LostInterrupt)]
    [TestCase(PortFault.SpuriousInterrupt)]
    public void Execute_DeviceIsLateOrItsInterruptLies_StillGivesTheAnswer(PortFault fault)
    {
        using var run = new TableRun(_device);
        _port.Fault = fault;
        Assert.That(run.Execute(), Is.EqualTo(TableRun.Expected));
        Assert.That(_port.Resets, Is.Zero);
    }

    [TestCase(PortFault.Removed, "all registers read as ones")]
    [TestCase(PortFault.RemovedAtTheEnd, "all registers read as ones")]
    [TestCase(PortFault.HangAndDeadReset, "did not come back from a reset")]
    public void Execute_DeviceIsGone_ThrowsLostThenAndEverAfter(PortFault fault, string reason)
    {
        using var run = new TableRun(_device);
        _port.Fault = fault;
        Assert.That(() => run.Execute(), Throws.InstanceOf<DeviceLostException>().With.Message.Contains(reason));
        _port.Fault = PortFault.None;
        Assert.That(() => run.Execute(), Throws.InstanceOf<DeviceLostException>());
        Assert.That(() => _device.Allocate(1), Throws.InstanceOf<DeviceLostException>());
    }

    [Test]
    public void Constructor_OtherInstructionSet_SaysBothVersions()
    {
        using var npu = new SimulatedNpu(NpuConfiguration.Micro128);
        using var port = new FaultyPort(npu) { Fault = PortFault.Removed };
        Assert.That(() => new NpuDevice(port), Throws.InstanceOf<DeviceUnavailableException>().With.Message.Contains("0xffffffffffffffff").And.Message.Contains("instruction set 2"));
    }

    [Test]
    public void Load_MoreSramThanThereIs_NamesBoth()
    {
        var image = new NpuImage("phone-4k", 1 << 20, 0, [], [], Assembler.Assemble("end"), default);
        Assert.That(
            () => _device.Load(image.ToExecutable(new([], []), [])),
            Throws.InstanceOf<ExecutableFormatException>().With.Message.EqualTo("NPU image for phone-4k needs 1048576 bytes of SRAM, micro-128 has 262144."));
    }

    [Test]
    public void Load_StreamThatMustNotRun_IsRefusedByTheDriver()
    {
        var image = new NpuImage("x", 64, 0, [], [], Assembler.Assemble("fill@DmaIn destination=r0+0x0 run=65\nend"), default);
        Assert.That(
            () => _device.Load(image.ToExecutable(new([], []), [])),
            Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("destination reaches byte 65 of region 0, which has 64"));
    }

    [Test]
    public void Allocate_MoreThanDram_ThrowsMemoryAndLeavesTheDeviceUsable()
    {
        Assert.That(() => _device.Allocate(1L << 40), Throws.InstanceOf<DeviceMemoryException>().With.Message.Contains("1099511627776"));
        using var run = new TableRun(_device);
        Assert.That(run.Execute(), Is.EqualTo(TableRun.Expected));
    }

    [Test]
    public void Dispose_OfTheExecutableDuringARun_FailsTheRunWithoutTouchingFreedMemory()
    {
        using var run = new TableRun(_device);
        run.Run.Submit();
        run.Loaded.Dispose();
        Assert.That(() => run.Run.Wait(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Dispose_OfABoundBufferDuringARun_KeepsItsMemoryUntilTheEnd()
    {
        using var run = new TableRun(_device);
        run.Run.Submit();
        run.Input.Dispose();
        Assert.That(() => run.Run.Wait(), Throws.Nothing);
        Assert.That(() => run.Run.Execute(), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Wait_QueuedBehindAnotherRun_FinishesBothInAnyOrder()
    {
        using var first = new TableRun(_device);
        using var second = new TableRun(_device);
        first.Run.Submit();
        second.Run.Submit();
        second.Run.Wait();
        first.Run.Wait();
        Assert.That(first.Result(), Is.EqualTo(TableRun.Expected));
        Assert.That(second.Result(), Is.EqualTo(TableRun.Expected));
    }

    [Test]
    public void Execute_Statistics_AreThePredictedCyclesAndEnergy()
    {
        using var run = new TableRun(_device);
        var statistics = run.Run.Execute();
        var schedule = Timing.Predict(NpuImage.FromExecutable(run.Executable), NpuConfiguration.Micro128);
        Assert.That(statistics.Cycles, Is.EqualTo(schedule.TotalCycles));
        Assert.That(statistics.SimulatedSeconds, Is.EqualTo(schedule.TotalCycles / 500e6).Within(1e-15));
        Assert.That(statistics.EnergyJoules, Is.EqualTo(schedule.EnergyJoules).Within(1e-18));
    }

    /// <summary>Four bytes through a table that turns them round.</summary>
    private sealed class TableRun : IDisposable
    {
        private readonly Address _output;

        public TableRun(NpuDevice device)
        {
            var rig = new StreamRig();
            var input = FeatureMap.Dense(rig.Place([1, 2, 3, 4]), 1, 1, 4);
            var output = FeatureMap.Dense(rig.Reserve(4), 1, 1, 4);
            rig.Add(new TableLookup { Input = input, Output = output, Table = rig.Place([.. Enumerable.Range(0, 256).Select(value => (byte)~value)]) });
            _output = output.Address;
            Executable = rig.Build();
            Loaded = device.Load(Executable);
            Input = device.Allocate(rig.Picture.Length);
            Input.Write(0, rig.Picture);
            Run = Loaded.Prepare([new(Input)], [default]);
        }

        public static byte[] Expected => [254, 253, 252, 251];

        public Executable Executable { get; }

        public LoadedExecutable Loaded { get; }

        public DeviceBuffer Input { get; }

        public DeviceRun Run { get; }

        public byte[] Execute()
        {
            Run.Execute();
            return Result();
        }

        public byte[] Result()
        {
            var result = new byte[4];
            Run.Output(0).Buffer!.Read(_output.Offset, result);
            return result;
        }

        public void Dispose()
        {
            Run.Dispose();
            Loaded.Dispose();
            Input.Dispose();
        }
    }
}
