using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>
/// What the device makes of a command stream: checked commands as kernels, in the order in which they take effect. Kept between runs
/// and used again as long as the stream in memory is byte for byte the same.
/// </summary>
internal sealed unsafe class InstalledProgram : IDisposable
{
    private readonly byte[] _stream;
    private readonly long[] _regionSizes;
    private readonly int _inputCount;
    private readonly Workspace _workspace = new();
    private readonly Kernel?[] _kernels;

    private InstalledProgram(ReadOnlySpan<byte> stream, ReadOnlySpan<long> regionSizes, int inputCount) =>
        (_stream, _regionSizes, _inputCount, _kernels) = (stream.ToArray(), regionSizes.ToArray(), inputCount, []);

    private InstalledProgram(InstalledProgram shape, ImmutableArray<ICommand> commands, NpuSchedule schedule, KernelLevel level, WorkerPool pool)
    {
        (_stream, _regionSizes, _inputCount, Schedule) = (shape._stream, shape._regionSizes, shape._inputCount, schedule);
        var context = new KernelContext(_workspace, level, pool);
        _kernels = [.. commands.Select(command => Kernel.Of(command, context))];
        _workspace.Commit();
        (Order, Commands) = (schedule.CompletionOrder(), commands);
    }

    /// <summary>What went wrong with it; None when it may run.</summary>
    public NpuError Error { get; private init; }

    /// <summary>Place of the command that is wrong.</summary>
    public int ErrorCommand { get; private init; }

    /// <summary>When each command runs; null when it must not.</summary>
    public NpuSchedule? Schedule { get; }

    /// <summary>Indices of commands in the order in which they take effect.</summary>
    public int[] Order { get; } = [];

    /// <summary>The stream's commands.</summary>
    public ImmutableArray<ICommand> Commands { get; } = [];

    /// <summary>Bytes that its kernels need beside the device's memories.</summary>
    public long WorkspaceBytes => _workspace.ByteCount;

    /// <summary>Checks a stream against the sizes of the regions, as the hardware would at each access.</summary>
    public static InstalledProgram Install(ReadOnlySpan<byte> stream, ReadOnlySpan<long> regionSizes, int inputCount, NpuConfiguration configuration, KernelLevel level, WorkerPool pool)
    {
        var shape = new InstalledProgram(stream, regionSizes, inputCount);
        var (index, error) = (0, NpuError.CommandParse);
        try
        {
            var commands = CommandReader.ReadAll(shape._stream);
            error = NpuError.Bus;
            for (; index < commands.Length; index++)
            {
                _ = StreamVerifier.Operands(index, commands[index], new([.. shape._regionSizes], inputCount));
            }

            var schedule = Timing.Predict(commands, configuration);
            return schedule.TotalCycles <= configuration.LongestRunCycles ? new(shape, commands, schedule, level, pool)
                : new(stream, regionSizes, inputCount) { Error = NpuError.CommandParse, ErrorCommand = commands.Length - 1 };
        }
        catch (ExecutableFormatException)
        {
            return new(stream, regionSizes, inputCount) { Error = error, ErrorCommand = index };
        }
    }

    /// <summary>True when the bytes and regions are those that this was made from.</summary>
    public bool Is(ReadOnlySpan<byte> stream, ReadOnlySpan<long> regionSizes, int inputCount) =>
        inputCount == _inputCount && stream.SequenceEqual(_stream) && regionSizes.SequenceEqual(_regionSizes);

    /// <summary>Lets one command take effect.</summary>
    public void Execute(int index, RegionPointers regions) => _kernels[index]?.Run(regions);

    public void Dispose() => _workspace.Dispose();
}
