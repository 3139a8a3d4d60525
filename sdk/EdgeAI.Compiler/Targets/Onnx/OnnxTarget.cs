using EdgeAI.Compiler.Costs;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Compiler.Targets.Onnx;

/// <summary>The CPU's target: takes every unit and writes a segment as an ONNX model whose weights stay where they are.</summary>
internal sealed class OnnxTarget(BoardProfile profile, MeasuredCosts? measured = null) : Target
{
    public const string Format = "onnx";

    public override string Id => "cpu";

    public override IReadOnlyList<Constraint> Constraints => [];

    /// <remarks>As measured, where it was; else by the profile.</remarks>
    public override UnitCost Estimate(GraphUnit unit)
    {
        var predicted = CpuCost.Estimate(profile.Cpu, WorkEstimate.Of(unit));
        return measured?.Find(unit) is { } found ? predicted with { Seconds = found.MedianSeconds, EnergyJoules = found.MedianSeconds * profile.Cpu.ActiveWatts } : predicted;
    }

    public override CompileResult Compile(GraphSegment segment)
    {
        var (code, constants) = OnnxWriter.WriteWithExternalConstants(SegmentModel.Build(segment));
        return new CompileSuccess(new Executable(Format, SegmentModel.Signature(segment), code, constants, []));
    }
}
