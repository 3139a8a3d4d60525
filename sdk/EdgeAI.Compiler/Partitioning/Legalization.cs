using EdgeAI.Graph;

namespace EdgeAI.Compiler.Partitioning;

/// <summary>Brings a graph into the form that grouping and targets expect.</summary>
internal static class Legalization
{
    public static void Run(Model model)
    {
        Guard(model);
        GraphRewrites.UniqueDequantize.Apply(model);
        MaterializeOutputs(model.Graph);
    }

    /// <summary>Puts checks before what ONNX Runtime would not survive.</summary>
    public static void Guard(Model model)
    {
        GraphRewrites.GuardDivision.Apply(model);
        GraphRewrites.GuardOperands.Apply(model);
        GraphRewrites.GuardSequences().Apply(model);
    }

    /// <summary>
    /// Outputs that no node makes (an input or a constant handed through), or that stand there twice, get an Identity, so that some
    /// unit makes each and each has a place of its own.
    /// </summary>
    private static void MaterializeOutputs(ModelGraph graph)
    {
        for (var i = 0; i < graph.Outputs.Count; i++)
        {
            var output = graph.Outputs[i];
            if (output.Producer is null || graph.Outputs.Take(i).Contains(output))
            {
                var copy = graph.AddValue(graph.UniqueValueName(output.Name + "_out"), output.Type);
                graph.AddNode("Identity", [output], [copy]);
                graph.SetOutput(i, copy);
            }
        }
    }
}
