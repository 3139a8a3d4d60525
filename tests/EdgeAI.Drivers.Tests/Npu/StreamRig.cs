using EdgeAI.Drivers.Simulation;
using EdgeAI.Drivers.Simulation.Npu;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Builds an executable of one SRAM picture: everything is copied in, the commands under test run, everything is copied out.</summary>
internal sealed class StreamRig
{
    private readonly List<byte> _sram = [];
    private readonly List<ICommand> _commands = [];

    /// <summary>SRAM as it is before the commands under test.</summary>
    public byte[] Picture => [.. _sram];

    /// <summary>Puts bytes at a multiple of 16 and returns where.</summary>
    public Address Place(ReadOnlySpan<byte> bytes)
    {
        while (_sram.Count % 16 != 0)
        {
            _sram.Add(0xA5);
        }

        var address = Address.Sram(_sram.Count);
        _sram.AddRange(bytes);
        return address;
    }

    /// <summary>Room for a result, filled with a pattern.</summary>
    public Address Reserve(int bytes) => Place(Enumerable.Repeat((byte)0xA5, bytes).ToArray());

    public void Add(ICommand command) => _commands.Add(command);

    /// <summary>Input 0 and output 0 are the whole picture.</summary>
    public Executable Build()
    {
        var bytes = _sram.Count;
        var writer = new CommandWriter();
        writer.Add(Copy.Linear(NpuEngine.DmaIn, Address.Input(0), Address.Sram(0), bytes));
        writer.Add(new Signal { Engine = NpuEngine.DmaIn, Semaphore = 0 });
        foreach (var engine in _commands.Select(command => command.Engine).Distinct())
        {
            writer.Add(new Wait { Engine = engine, Semaphore = 0, Value = 1 });
        }

        writer.Node = "test";
        foreach (var command in _commands)
        {
            writer.Add(command);
        }

        writer.Node = null;
        var engines = _commands.Select(command => command.Engine).Distinct().ToArray();
        foreach (var engine in engines)
        {
            writer.Add(new Signal { Engine = engine, Semaphore = 1 });
        }

        writer.Add(new Wait { Engine = NpuEngine.DmaOut, Semaphore = 1, Value = engines.Length });
        writer.Add(Copy.Linear(NpuEngine.DmaOut, Address.Sram(0), Address.Output(1, 0), bytes));
        writer.Add(new End());
        var image = new NpuImage("test", bytes, 0, [bytes], [bytes], writer.Bytes.ToArray(), default);
        var signature = new ExecutableSignature([Spec("in", bytes)], [Spec("out", bytes)]);
        return image.ToExecutable(signature, writer.SourceMap);
    }

    /// <summary>The picture after a run.</summary>
    public byte[] Run(NpuDevice device)
    {
        using var loaded = device.Load(Build());
        using var input = device.Allocate(_sram.Count);
        input.Write(0, _sram.ToArray());
        using var run = loaded.Prepare([new(input)], [default]);
        run.Execute();
        var result = new byte[_sram.Count];
        run.Output(0).Buffer!.Read(0, result);
        return result;
    }

    /// <summary>The picture after a run on a fresh device.</summary>
    public byte[] Run(bool scalar = false) => Run(scalar ? KernelLevel.Scalar : KernelLevel.MachineCode);

    /// <summary>The same with kernels of that level and threads.</summary>
    public byte[] Run(KernelLevel level, int threads = 1)
    {
        using var device = new NpuDevice(new SimulatedNpu(NpuConfiguration.Phone4k, level, threads));
        return Run(device);
    }

    public static ReadOnlySpan<byte> BytesOf<T>(T[] values)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(values);

    private static TensorSpec Spec(string name, int bytes) => new(name, DataType.UInt8, new Shape(bytes));
}
