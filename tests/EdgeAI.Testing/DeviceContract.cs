using EdgeAI.Hal;

namespace EdgeAI.Testing;

/// <summary>A small program with what it must give.</summary>
/// <param name="Executable">What is loaded.</param>
/// <param name="Inputs">Bytes per input.</param>
/// <param name="Outputs">Expected bytes per output.</param>
public sealed record ContractProgram(Executable Executable, IReadOnlyList<byte[]> Inputs, IReadOnlyList<byte[]> Outputs);

/// <summary>What every device must do, whatever it is. A backend derives a fixture, supplies the two factories, and is done.</summary>
public abstract class DeviceContract
{
    private Device _device = null!;
    private ContractProgram _program = null!;

    /// <summary>A fresh device.</summary>
    protected abstract Device CreateDevice();

    /// <summary>A program for it with at least one input and one output.</summary>
    protected abstract ContractProgram CreateProgram();

    [SetUp]
    public void SetUp() => (_device, _program) = (CreateDevice(), CreateProgram());

    [TearDown]
    public void TearDown() => _device.Dispose();

    [Test]
    public void Info_Always_NamesIdDescriptionAndFormats()
    {
        Assert.That(_device.Info.Id, Is.Not.Empty);
        Assert.That(_device.Info.Description, Is.Not.Empty);
        Assert.That(_device.Info.Formats, Does.Contain(_program.Executable.Format));
        Assert.That(_device.Describe(), Does.Contain(_device.Info.Id));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(100_003)]
    public void Allocate_AnySize_IsZeroedAndReadsBackWhatWasWritten(int byteCount)
    {
        using var buffer = _device.Allocate(byteCount);
        var read = new byte[byteCount];
        buffer.Read(0, read);
        Assert.That(read, Is.All.Zero);
        var written = new byte[byteCount];
        new Random(1).NextBytes(written);
        buffer.Write(0, written);
        buffer.Read(0, read);
        Assert.That(read, Is.EqualTo(written));
        Assert.That((long)buffer.HostAddress % 64, Is.Zero);
        Assert.That(buffer.Device, Is.SameAs(_device));
    }

    [Test]
    public void Allocate_NegativeSize_Throws() =>
        Assert.That(() => _device.Allocate(-1), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Buffer_RangePastItsEnd_Throws()
    {
        using var buffer = _device.Allocate(10);
        Assert.That(() => buffer.Write(8, new byte[3]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => buffer.Read(-1, new byte[1]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => buffer.Read(long.MaxValue, new byte[1]), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new BufferView(buffer, 4, 7), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void Buffer_AfterDispose_Throws()
    {
        var buffer = _device.Allocate(10);
        buffer.Dispose();
        buffer.Dispose();
        Assert.That(() => buffer.Write(0, new byte[1]), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public void Load_OtherFormat_IsRefusedByName()
    {
        var other = _program.Executable with { Format = "no-such-format" };
        Assert.That(() => _device.Load(other), Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("no-such-format"));
    }

    [Test]
    public void Load_NoCode_IsRefused()
    {
        var empty = _program.Executable with { Code = default };
        Assert.That(() => _device.Load(empty), Throws.InstanceOf<ExecutableFormatException>());
    }

    [Test]
    public void Run_Program_GivesTheExpectedBytesEachTime()
    {
        using var run = new BoundRun(_device, _program);
        for (var i = 0; i < 3; i++)
        {
            run.Run.Execute();
            run.AssertOutputs();
        }
    }

    [Test]
    public void Run_TwoExecutablesOfOneDevice_DoNotDisturbEachOther()
    {
        using var first = new BoundRun(_device, _program);
        using (var second = new BoundRun(_device, _program))
        {
            second.Run.Execute();
            second.AssertOutputs();
        }

        first.Run.Execute();
        first.AssertOutputs();
    }

    [Test]
    public void Run_FromSeveralThreads_GivesEachItsOwnBytes() =>
        Assert.That(
            () => Parallel.For(0, 4, new ParallelOptions { MaxDegreeOfParallelism = 4 }, _ =>
            {
                using var run = new BoundRun(_device, _program);
                for (var i = 0; i < 20; i++)
                {
                    run.Run.Execute();
                    run.AssertOutputs();
                }
            }),
            Throws.Nothing);

    [Test]
    public void Prepare_WrongNumberOfViews_IsRefusedWithBothCounts()
    {
        using var loaded = _device.Load(_program.Executable);
        Assert.That(() => loaded.Prepare([], []), Throws.InstanceOf<TensorMismatchException>().With.Message.Contains("0"));
    }

    [Test]
    public void Prepare_WrongSize_IsRefusedByNameWithFoundAndExpected()
    {
        using var loaded = _device.Load(_program.Executable);
        var spec = loaded.Signature.Inputs[0];
        using var tooSmall = _device.Allocate(spec.ByteCount - 1);
        using var output = new BufferSet(_device, loaded.Signature.Outputs);
        using var others = new BufferSet(_device, loaded.Signature.Inputs);
        var inputs = others.Views.ToArray();
        inputs[0] = new BufferView(tooSmall);
        Assert.That(
            () => loaded.Prepare(inputs, output.Views),
            Throws.InstanceOf<TensorMismatchException>()
                .With.Message.Contains(spec.Name).And.Message.Contains($"{spec.ByteCount}").And.Message.Contains($"{spec.ByteCount - 1}"));
    }

    [Test]
    public void Submit_TwiceWithoutWait_Throws()
    {
        using var run = new BoundRun(_device, _program);
        run.Run.Submit();
        Assert.That(run.Run.Submit, Throws.InstanceOf<InvalidOperationException>());
        run.Run.Wait();
        run.AssertOutputs();
    }

    [Test]
    public void Wait_AlreadyCancelled_ThrowsAndTheDeviceStaysUsable()
    {
        using var run = new BoundRun(_device, _program);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.That(() => run.Run.Execute(cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        run.Run.Execute();
        run.AssertOutputs();
    }

    /// <summary>A device that works by itself may be done before anyone waits.</summary>
    [Test]
    public void Wait_CancelledWhenTheWorkMayBeDone_ThrowsAndTheDeviceStaysUsable()
    {
        using var run = new BoundRun(_device, _program);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        run.Run.Submit();
        Thread.Sleep(50);
        Assert.That(() => run.Run.Wait(cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
        run.Run.Execute();
        run.AssertOutputs();
    }

    [Test]
    public void Dispose_InAnyOrder_IsSafeAndLaterUseThrows()
    {
        var run = new BoundRun(_device, _program);
        _device.Dispose();
        Assert.That(() => run.Run.Execute(), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => _device.Allocate(1), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => _device.Load(_program.Executable), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(run.Dispose, Throws.Nothing);
        Assert.That(_device.Dispose, Throws.Nothing);
    }

    [Test]
    public void Execute_SteadyState_AllocatesNothing()
    {
        using var run = new BoundRun(_device, _program);
        var bytes = Allocations.Least(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                run.Run.Execute();
            }
        });
        Assert.That(bytes, Is.Zero, "managed bytes in 100 runs");
    }

    [Test]
    public void LoadAndDispose_ManyTimes_KeepsMemoryFlat()
    {
        void Cycle(int count)
        {
            for (var i = 0; i < count; i++)
            {
                using var run = new BoundRun(_device, _program);
                run.Run.Execute();
            }
        }

        Cycle(30);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Environment.WorkingSet;
        Cycle(200);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.That(Environment.WorkingSet - before, Is.LessThan(48 << 20), "growth of the working set over 200 loads");
    }

    private sealed class BufferSet(Device device, IReadOnlyList<TensorSpec> specs) : IDisposable
    {
        private readonly List<DeviceBuffer> _buffers = [.. specs.Select(spec => device.Allocate(spec.ByteCount))];

        public BufferView[] Views => [.. _buffers.Select(buffer => new BufferView(buffer))];

        public DeviceBuffer this[int index] => _buffers[index];

        public void Dispose() => _buffers.ForEach(buffer => buffer.Dispose());
    }

    private sealed class BoundRun : IDisposable
    {
        private readonly ContractProgram _program;
        private readonly LoadedExecutable _loaded;
        private readonly BufferSet _inputs;
        private readonly BufferSet _outputs;

        public BoundRun(Device device, ContractProgram program)
        {
            _program = program;
            _loaded = device.Load(program.Executable);
            _inputs = new BufferSet(device, _loaded.Signature.Inputs);
            _outputs = new BufferSet(device, _loaded.Signature.Outputs);
            for (var i = 0; i < program.Inputs.Count; i++)
            {
                _inputs[i].Write(0, program.Inputs[i]);
            }

            Run = _loaded.Prepare(_inputs.Views, _outputs.Views);
        }

        public DeviceRun Run { get; }

        public void AssertOutputs()
        {
            for (var i = 0; i < _program.Outputs.Count; i++)
            {
                var view = Run.Output(i);
                var found = new byte[view.ByteCount];
                view.Buffer!.Read(view.Offset, found);
                Assert.That(found, Is.EqualTo(_program.Outputs[i]), $"output {i}");
            }
        }

        public void Dispose()
        {
            Run.Dispose();
            _loaded.Dispose();
            _inputs.Dispose();
            _outputs.Dispose();
        }
    }
}
