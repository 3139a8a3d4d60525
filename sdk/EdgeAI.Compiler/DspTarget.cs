using EdgeAI.Compiler.Targets.Dsp;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler;

/// <summary>Compiles segments into vector programs: element-wise chains fused, small tensors kept in tightly coupled memory.</summary>
public sealed class DspTarget : Target
{
    private readonly DspConfiguration _configuration;

    /// <summary>A target for units of this configuration.</summary>
    public DspTarget(DspConfiguration configuration, string id = "dsp")
    {
        ArgumentNullException.ThrowIfNull(configuration);
        (_configuration, Id, Constraints) = (configuration, id, DspConstraints.For(configuration));
    }

    /// <inheritdoc/>
    public override string Id { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<Constraint> Constraints { get; }

    /// <summary>Operators of ai.onnx that it has programs for.</summary>
    public static IEnumerable<string> Operators => OperatorTable.Names;

    /// <inheritdoc/>
    /// <remarks>The unit compiled for itself; nothing for a unit that only gives bytes another shape.</remarks>
    public override UnitCost Estimate(GraphUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        if (unit.Nodes.All(node => OperatorTable.Find(node) is { IsFree: true }))
        {
            return default;
        }

        var (_, image) = SegmentLowering.Lower(null, unit.Nodes, unit.Inputs, unit.Outputs, _configuration);
        return Cost(DspTiming.Total(image, _configuration));
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

        var (executable, image) = SegmentLowering.Lower(segment.Model, segment.Nodes, segment.Inputs, segment.Outputs, _configuration);
        try
        {
            ProgramVerifier.Verify(image, _configuration);
            return new CompileSuccess(executable, Cost(DspTiming.Total(image, _configuration)));
        }
        catch (ExecutableFormatException error)
        {
            return new CompileFailure(segment.Units[^1], new Refusal("fits", error.Message));
        }
    }

    private UnitCost Cost(DspCost cost) => new(_configuration.Seconds(cost.Cycles), cost.EnergyJoules, cost.DmaBytes);
}
