using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Inference;

/// <summary>What ONNX Runtime really gives for the values of a model's main graph.</summary>
internal static class ObservedTypes
{
    /// <summary>Runs the model with every value that a node makes as an output.</summary>
    /// <returns>Values by name; those that cannot be read (empty optionals) are missing.</returns>
    /// <exception cref="EdgeException">ONNX Runtime refuses the model.</exception>
    public static IReadOnlyDictionary<string, OnnxValue> Of(string path, IReadOnlyDictionary<string, EdgeTensor> feeds)
    {
        var model = OnnxReader.Read(path);
        var outputs = model.Graph.Outputs.ToHashSet();
        foreach (var value in model.Graph.Nodes.SelectMany(node => node.Outputs).OfType<Value>().Where(value => value.Type is not OptionalType && outputs.Add(value)))
        {
            model.Graph.AddOutput(value);
        }

        using var oracle = new OnnxOracle(new CpuOptions { Threads = 1 });
        return oracle.RunByName(model, feeds);
    }
}
