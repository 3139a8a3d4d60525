using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Onnx;

namespace EdgeAI.Compiler.Costs;

/// <summary>A unit by itself, to be measured.</summary>
/// <param name="Signature">Its signature.</param>
/// <param name="Kind">Its kind, for people.</param>
/// <param name="Unit">The unit.</param>
internal sealed record UnitProbe(string Signature, string Kind, GraphUnit Unit)
{
    /// <summary>The units of a grouped model that can be measured, each signature once. ONNX Runtime folds those that read constants only: they cost nothing.</summary>
    public static ImmutableArray<UnitProbe> Of(Compilation state) =>
    [
        .. state.Units.Select(unit => (Signature: UnitSignature.Of(unit), Unit: unit)).Where(pair => pair.Signature is not null && pair.Unit is { Inputs.Length: > 0, Outputs.Length: > 0 })
            .DistinctBy(pair => pair.Signature).Select(pair => new UnitProbe(pair.Signature!, PlanReporter.Kind(pair.Unit), pair.Unit)),
    ];

    /// <summary>The unit as an executable for the CPU.</summary>
    public Hal.Executable Compile(Compilation state)
    {
        var segment = new GraphSegment(0, state.Model, [Unit], Unit.Inputs, Unit.Outputs);
        return ((CompileSuccess)new OnnxTarget(state.Options.Profile).Compile(segment)).Executable;
    }
}
