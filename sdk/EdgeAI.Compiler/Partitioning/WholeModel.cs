using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Onnx;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>
/// A model that stays whole on the CPU is handed over as its file has it, or upgraded and guarded where it needs that. ONNX Runtime then
/// fuses what it would fuse in the file: with shapes bound and constants folded before, other patterns match and float results differ in their last bits; and it
/// refuses static shapes that contradict a branch which is not taken.
/// </summary>
internal sealed record WholeModel(byte[] Code, ImmutableArray<ConstantBlob> Constants, ImmutableArray<string> OutputNames)
{
    private const int Cpu = 0;

    /// <summary>The bytes of a model that no pass has changed yet; null where ONNX Runtime would not write an output to where it is bound, because no node makes it.</summary>
    public static WholeModel? Write(Model model)
    {
        var outputs = model.Graph.Outputs;
        if (!outputs.All(output => output.Producer is not null) || outputs.Distinct().Count() < outputs.Count)
        {
            return null;
        }

        var (code, constants) = OnnxWriter.WriteWithExternalConstants(model);
        return new(code, constants, [.. outputs.Select(output => output.Name)]);
    }

    private static WholeModel? OfFile(Compilation state)
    {
        if (!state.IsUpgraded && !state.NeedsGuards && state.Options.Whole is { } written)
        {
            return written;
        }

        if (state.Options.Source?.Invoke() is not { } model)
        {
            return null;
        }

        if (state.IsUpgraded)
        {
            ModelUpgrade.Run(model);
        }

        if (state.NeedsGuards)
        {
            FunctionInlining.Run(model, state.Options.Functions);
            GraphVerifier.Verify(model);
            ShapeInference.Infer(model);
            Legalization.Guard(model);
        }

        return Write(model);
    }

    /// <summary>True where the file's bytes are at hand and will be handed over, so that the only segment need not be compiled.</summary>
    public static bool IsKnown(Compilation state) => !state.IsUpgraded && !state.NeedsGuards && state.Options.Whole is not null && IsWhole(state);

    public static void Restore(Compilation state)
    {
        if (!IsWhole(state) || OfFile(state) is not { } whole)
        {
            return;
        }

        var (segment, graph) = (state.Segments[0], state.Model.Graph);
        var inputs = graph.Inputs.Select(SegmentModel.Spec);
        var outputs = graph.Outputs.Zip(whole.OutputNames, (value, declared) => SegmentModel.Spec(value) with { Name = declared });
        state.Segments = [segment with { Inputs = [.. graph.Inputs], Outputs = [.. graph.Outputs] }];
        state.Compiled = [new CompileSuccess(new Executable(OnnxTarget.Format, new ExecutableSignature([.. inputs], [.. outputs]), whole.Code, whole.Constants, []))];
    }

    private static bool IsWhole(Compilation state) => state.Segments.Length == 1 && state.Placement!.Segments[0].Device == Cpu;
}
