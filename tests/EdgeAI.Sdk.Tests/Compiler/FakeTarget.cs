using EdgeAI.Compiler;
using EdgeAI.Compiler.Targets.Onnx;

namespace EdgeAI.Sdk.Tests.Compiler;

/// <summary>A target that says what the test wants; what it compiles is ONNX, so that a <see cref="SecondCpu"/> runs it.</summary>
internal sealed class FakeTarget(string id) : Target
{
    public override string Id => id;

    public override IReadOnlyList<Constraint> Constraints => [new("test", "what the test takes", unit => Takes(unit) ? null : $"the test does not take {unit.Anchor}")];

    /// <summary>Which units it takes; by default all whose results have static shapes.</summary>
    public Func<GraphUnit, bool> Takes { get; init; } = unit => unit.Outputs.All(value => value.Shape.IsStatic);

    /// <summary>Seconds of a unit.</summary>
    public Func<GraphUnit, double> Seconds { get; init; } = _ => 1e-9;

    /// <summary>What a compiled segment says that it takes; null where it does not know better than its units.</summary>
    public Func<GraphSegment, double?> SegmentSeconds { get; init; } = _ => null;

    /// <summary>The unit of a segment that cannot be compiled after all, or null.</summary>
    public Func<GraphSegment, GraphUnit?> Fails { get; init; } = _ => null;

    /// <summary>The device's own memory; null for none.</summary>
    public long? Memory { get; init; }

    /// <summary>Bytes that it keeps for a unit.</summary>
    public Func<GraphUnit, long> Resident { get; init; } = _ => 0;

    public override long? MemoryBytes => Memory;

    /// <summary>Seconds per byte at a border.</summary>
    public double Border { get; init; }

    public override double BorderSecondsPerByte => Border;

    /// <summary>Segments that were compiled, or tried.</summary>
    public List<GraphSegment> Compiled { get; } = [];

    public override UnitCost Estimate(GraphUnit unit) => new(Seconds(unit), 0, 0) { ResidentBytes = Resident(unit) };

    public override CompileResult Compile(GraphSegment segment)
    {
        Compiled.Add(segment);
        return Fails(segment) is { } unit ? new CompileFailure(unit, new Refusal("register-pressure", "found 9 registers, expected 8"))
            : new OnnxTarget(BoardProfile.Default).Compile(segment) is CompileSuccess success && SegmentSeconds(segment) is { } seconds
                ? success with { Cost = new UnitCost(seconds, 0, 0) { ResidentBytes = segment.Units.Sum(Resident) } }
                : new OnnxTarget(BoardProfile.Default).Compile(segment);
    }
}
