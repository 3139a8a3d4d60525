using EdgeAI.Compiler.Targets.Onnx;
using EdgeAI.Hal;
using EdgeAI.Onnx;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>
/// A model that stays whole on the CPU is handed over as its file has it. ONNX Runtime then fuses what it would fuse in the file:
/// with shapes bound and constants folded before, other patterns match and float results differ in their last bits; and it
/// refuses static shapes that contradict a branch which is not taken.
/// </summary>
internal static class WholeModel
{
    private const int Cpu = 0;

    public static void Restore(Compilation state)
    {
        if (state.Options.Source is not { } source || state.Segments is not [var segment] || state.Placement!.Segments[0].Device != Cpu)
        {
            return;
        }

        var (graph, model) = (state.Model.Graph, source());
        if (!model.Graph.Outputs.All(output => output.Producer is not null) || model.Graph.Outputs.Distinct().Count() < model.Graph.Outputs.Count)
        {
            // ONNX Runtime does not write an output that no node makes to where it is bound.
            return;
        }

        var inputs = graph.Inputs.Select(SegmentModel.Spec);
        var outputs = graph.Outputs.Zip(model.Graph.Outputs, (value, declared) => SegmentModel.Spec(value) with { Name = declared.Name });
        var (code, constants) = OnnxWriter.WriteWithExternalConstants(model);
        state.Segments = [segment with { Inputs = [.. graph.Inputs], Outputs = [.. graph.Outputs] }];
        state.Compiled = [new CompileSuccess(new Executable(OnnxTarget.Format, new ExecutableSignature([.. inputs], [.. outputs]), code, constants, []))];
    }
}
