using System.Runtime.InteropServices;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Tests.Dsp;

public sealed class DspDeviceTests
{
    private const string Twice =
        """
        .image scratch=0 tcm=0 constants=[] inputs=[4000] outputs=[4000]
        loop [1000] reduce=0 horizontal tile=256
          stream input0+0:Float32[1]
          stream output0+0:Float32[1]
          load r0 s0
          add r1 r0 r0
          store s1 r1
         next
        """;

    [Test]
    public void Load_OtherFormat_SaysWhatIsExpected()
    {
        using var device = Device();
        var executable = DspBench.Executable(Twice) with { Format = "onnx" };
        Assert.That(() => device.Load(executable), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("'edgeai-dsp/1'; found 'onnx'"));
    }

    [Test]
    public void Load_FlippedBit_IsRefusedByTheChecksum()
    {
        using var device = Device();
        var executable = DspBench.Executable(Twice);
        var code = executable.Code.ToArray();
        code[^9] ^= 4;
        Assert.That(() => device.Load(executable with { Code = code }), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("checksum"));
    }

    [Test]
    public void Load_SignatureOfOtherSize_IsRefused()
    {
        using var device = Device();
        var executable = DspBench.Executable(Twice);
        var signature = executable.Signature with { Inputs = [new TensorSpec("x", DataType.Float32, new Shape(999))] };
        Assert.That(() => device.Load(executable with { Signature = signature }), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("[4000]").And.Message.Contains("[3996]"));
    }

    [Test]
    public void Load_StreamBehindTheRegionsEnd_NamesOperandAndSizes()
    {
        using var device = Device();
        var text = Twice.Replace("input0+0", "input0+8", StringComparison.Ordinal);
        Assert.That(
            () => device.Load(DspBench.Executable(text)),
            Throws.TypeOf<ExecutableFormatException>().With.Message.EqualTo("DSP instruction 0 (VectorLoop): operand s0 touches bytes 8 to 4008 of input0, which has 4000."));
    }

    [Test]
    public void Load_StoreToInput_IsRefused()
    {
        using var device = Device();
        var text = Twice.Replace("output0+0", "input0+0", StringComparison.Ordinal);
        Assert.That(() => device.Load(DspBench.Executable(text)), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("read-only"));
    }

    [Test]
    public void Prepare_ForeignBufferOrWrongSize_IsRefused()
    {
        using var device = Device();
        using var other = Device();
        using var loaded = device.Load(DspBench.Executable(Twice));
        Assert.That(() => loaded.Prepare([new BufferView(other.Allocate(4000))], [default]), Throws.TypeOf<TensorMismatchException>());
        Assert.That(() => loaded.Prepare([new BufferView(device.Allocate(3996))], [default]), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("expected 4000"));
        Assert.That(() => loaded.Prepare([], [default]), Throws.TypeOf<TensorMismatchException>());
    }

    [Test]
    public void Execute_ManyTimes_AllocatesNothing()
    {
        using var device = Device();
        using var loaded = device.Load(DspBench.Executable(
            """
            .image scratch=8192 tcm=4096 constants=[] inputs=[4096] outputs=[4096]
            fourier [1,2,256,512] onesided input0+0:Float32 [0] scratch+0:Float32
            softmax [4,256,1] input0+0:Float32 tcm+0:Float32
            matmul [1,16,64,16] tcm+0:Float32[64,0] input0+0:Float32[16,0] output0+0:Float32[16,0]
            loop [32,32] reduce=1 horizontal tile=64
              stream tcm+0:Float32[32,1]
              stream output0+2048:Float32[1,0]
              load r0 s0
              exp r1 r0
              accsum r2 r1
             epilogue
              store s1 r2
             next
            """));
        using var run = loaded.Prepare([DspBench.View(device, MemoryMarshal.AsBytes<float>(DspBench.Random(1024, 9)))], [default]);
        for (var i = 0; i < 50; i++)
        {
            run.Execute();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            run.Execute();
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Execute_FromSeveralThreads_EachGetsItsOwnResult()
    {
        using var device = Device();
        using var loaded = device.Load(DspBench.Executable(Twice));
        Parallel.For(0, 8, worker =>
        {
            var x = DspBench.Random(1000, worker);
            using var run = loaded.Prepare([DspBench.View(device, MemoryMarshal.AsBytes<float>(x))], [default]);
            var y = new float[1000];
            for (var i = 0; i < 50; i++)
            {
                run.Execute();
            }

            run.Output(0).Buffer!.Read(0, MemoryMarshal.AsBytes(y.AsSpan()));
            Assert.That(y, Is.EqualTo(x.Select(value => value + value)));
        });
    }

    [Test]
    public void Run_SubmittedTwiceOrCancelledOrDisposed_SaysSo()
    {
        var device = Device();
        var loaded = device.Load(DspBench.Executable(Twice));
        var input = device.Allocate(4000);
        var run = loaded.Prepare([new BufferView(input)], [default]);
        Assert.That(() => run.Wait(), Throws.InvalidOperationException);
        run.Submit();
        Assert.That(run.Submit, Throws.InvalidOperationException);
        Assert.That(() => run.Wait(new CancellationToken(true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(run.Execute().Cycles, Is.Positive);
        input.Dispose();
        Assert.That(() => run.Execute(), Throws.TypeOf<ObjectDisposedException>());
        device.Dispose();
        Assert.That(() => device.Allocate(4), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => device.Load(DspBench.Executable(Twice)), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => run.Submit(), Throws.TypeOf<ObjectDisposedException>());
        run.Dispose();
        loaded.Dispose();
        device.Dispose();
    }

    [Test]
    public void Execute_FaultHangAndLoss_AreTypedErrors()
    {
        using var port = new ScriptedPort(DspStatus.Fault, DspStatus.TimedOut, DspStatus.Done, DspStatus.Lost);
        using var device = new DspDevice(port);
        using var loaded = device.Load(DspBench.Executable(Twice));
        using var run = loaded.Prepare([new BufferView(device.Allocate(4000))], [default]);
        Assert.That(() => run.Execute(), Throws.TypeOf<DeviceFaultException>().With.Message.Contains("Fault at instruction 0"));
        Assert.That(() => run.Execute(), Throws.TypeOf<DeviceFaultException>().With.Message.Contains("hangs"));
        Assert.That(run.Execute().Cycles, Is.EqualTo(7));
        Assert.That(() => run.Execute(), Throws.TypeOf<DeviceLostException>());
        Assert.That(() => run.Execute(), Throws.TypeOf<DeviceLostException>().With.Message.Contains("lost before"));
        Assert.That(port.Resets, Is.EqualTo(2));
    }

    [Test]
    public void Load_RandomPrograms_NeverCrashOrHang()
    {
        using var device = Device();
        var random = new Random(20260);
        var (loads, runs) = (0, 0);
        for (var i = 0; i < 4000; i++)
        {
            var image = new DspImage(new(256, 256, [], [256], [256]), [RandomLoop(random)]);
            var executable = new Executable(
                DspImage.Format, new([new("x", DataType.UInt8, new Shape(256))], [new("y", DataType.UInt8, new Shape(256))]), image.ToBytes(), [], []);
            try
            {
                using var loaded = device.Load(executable);
                loads++;
                using var input = device.Allocate(256);
                using var run = loaded.Prepare([new BufferView(input)], [default]);
                if (DspTiming.Total(image, device.Configuration).Cycles < 100_000)
                {
                    run.Execute();
                    runs++;
                }
            }
            catch (ExecutableFormatException)
            {
            }
        }

        Assert.That((loads > 100, runs > 100), Is.EqualTo((true, true)), $"{loads} of 4000 loaded, {runs} ran");
    }

    private static DspDevice Device() => new(new SimulatedDsp(DspConfiguration.HubDsp));

    private static VectorLoop RandomLoop(Random random)
    {
        var rank = random.Next(1, 4);
        var types = new[] { DataType.Float32, DataType.UInt8, DataType.Int8, DataType.Int16, DataType.UInt16, DataType.Int32, DataType.Float16, DataType.Boolean, DataType.Int64 };
        var streams = Enumerable.Range(0, 3).Select(_ => new Walk(
            new(random.Next(5), types[random.Next(random.Next(12) == 0 ? 9 : 8)], random.Next(64)),
            [.. Enumerable.Range(0, rank).Select(_ => (long)random.Next(-1, 3))]));
        var body = Enumerable.Range(0, random.Next(1, 8)).Select(i => Operation(random, i));
        return new VectorLoop(
            [.. Enumerable.Range(0, rank).Select(_ => (long)random.Next(1, 6))], random.Next(4) == 0 ? random.Next(rank + 1) : 0, random.Next(5) == 0,
            32, [.. streams], [.. body], []);
    }

    private static VectorOperation Operation(Random random, int index)
    {
        var row = index == 0 ? VectorOperations.All[0] : VectorOperations.All[random.Next(VectorOperations.All.Length)];
        var isImmediate = row.Form == OperandForm.Immediate || (row.Form is OperandForm.Binary or OperandForm.Ternary && random.Next(2) == 0);
        var b = isImmediate ? BitConverter.SingleToUInt32Bits((float)random.NextDouble()) : (uint)random.Next(3);
        return new(row.Opcode, (byte)random.Next(2), (byte)random.Next(2), (byte)random.Next(2), isImmediate, row.Form is OperandForm.Unary ? 0 : b);
    }

    /// <summary>A port that ends each job as the script says.</summary>
    private sealed class ScriptedPort(params DspStatus[] script) : DspPort
    {
        private readonly SimulatedDsp _memory = new(DspConfiguration.HubDsp);
        private int _job;

        public int Resets { get; private set; }

        public override DspConfiguration Configuration => DspConfiguration.HubDsp;

        public override string Description => "scripted";

        public override bool IsSimulated => true;

        public override nint Map(long byteCount) => _memory.Map(byteCount);

        public override void Unmap(nint address) => _memory.Unmap(address);

        public override int Install(ReadOnlyMemory<byte> image) => 1;

        public override void Remove(int program)
        {
        }

        public override void Start(int program, ReadOnlySpan<nint> regions)
        {
        }

        public override DspCompletion Wait(long cycleLimit, CancellationToken cancellationToken) => new(script[_job++], 7, 0);

        public override bool Reset() => ++Resets > 0;

        protected override void Dispose(bool disposing) => _memory.Dispose();
    }
}
