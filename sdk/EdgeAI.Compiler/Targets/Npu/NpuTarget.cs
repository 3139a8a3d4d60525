using EdgeAI.Compiler.Targets.Npu.Scheduler;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu;

/// <summary>Compiles 8-bit units for the NPU: constraints, lowering to layers, tiling for the SRAM, one command stream.</summary>
internal sealed class NpuTarget : Target
{
    private readonly NpuConfiguration _configuration;

    /// <summary>A target for one configuration.</summary>
    /// <exception cref="ArgumentException">The configuration's numbers are out of range.</exception>
    public NpuTarget(NpuConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        _configuration = configuration.Validate();
        Constraints = NpuConstraints.For(_configuration);
    }

    /// <inheritdoc/>
    public override string Id => "npu";

    /// <inheritdoc/>
    public override IReadOnlyList<Constraint> Constraints { get; }

    /// <summary>Channels go innermost at the border: the DMA scatters them in SRAM, a byte a cycle.</summary>
    public override double BorderSecondsPerByte => 1.0 / _configuration.ClockHertz;

    /// <inheritdoc/>
    public override long? MemoryBytes => _configuration.DramBytes;

    /// <inheritdoc/>
    public override UnitCost Estimate(GraphUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        return Cost(new SegmentScheduler(ProgramBuilder.Single(unit), _configuration).Run(), scratchBytes: 0);
    }

    /// <inheritdoc/>
    public override CompileResult Compile(GraphSegment segment)
    {
        ArgumentNullException.ThrowIfNull(segment);
        foreach (var unit in segment.Units)
        {
            if (Check(unit) is { } refusal)
            {
                return new CompileFailure(unit, refusal);
            }
        }

        if (segment.Inputs.Length + segment.Outputs.Length is var bindings && bindings > NpuImage.LargestBindingCount)
        {
            return new CompileFailure(segment.Units[^1], new Refusal("bindings", $"the segment has {bindings} inputs and outputs; the device binds at most {NpuImage.LargestBindingCount}"));
        }

        try
        {
            return Emit(segment, new SegmentScheduler(ProgramBuilder.Build(segment), _configuration).Run());
        }
        catch (DoesNotFitException error)
        {
            return new CompileFailure(error.Layer.Unit, new Refusal("sram-fit", error.Message));
        }
    }

    private CompileSuccess Emit(GraphSegment segment, ScheduledProgram program) =>
        new(Link(segment, program, _configuration), Cost(program, program.ScratchBytes));

    /// <summary>A scheduled segment as the device takes it.</summary>
    internal static Executable Link(GraphSegment segment, ScheduledProgram program, NpuConfiguration configuration)
    {
        var writer = new CommandWriter();
        foreach (var command in program.Commands)
        {
            writer.Add(command);
        }

        var signature = new ExecutableSignature([.. segment.Inputs.Select(Spec)], [.. segment.Outputs.Select(Spec)]);
        var image = new NpuImage(
            configuration.Name, program.SramBytes, program.ScratchBytes,
            [.. signature.Inputs.Select(spec => spec.ByteCount)], [.. signature.Outputs.Select(spec => spec.ByteCount)],
            writer.Bytes, program.Constants.ToArray());
        return image.ToExecutable(signature, program.SourceMap);
    }

    /// <summary>A unit by itself counts no scratch: the units of a segment share it.</summary>
    private UnitCost Cost(ScheduledProgram program, long scratchBytes)
    {
        var schedule = Timing.Predict(program.Commands, _configuration);
        var commandBytes = program.Commands.Sum(command => sizeof(ulong) * (long)CommandTable.Find(command.Opcode)!.WordCount);
        return new UnitCost(schedule.TotalSeconds, schedule.EnergyJoules, schedule.Cost.DramBytes) { ResidentBytes = program.Constants.Length + commandBytes + scratchBytes };
    }

    private static TensorSpec Spec(Value value) => new(value.Name, value.Element, value.Shape);
}
