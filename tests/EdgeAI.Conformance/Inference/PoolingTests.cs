using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Testing;

namespace EdgeAI.Conformance.Inference;

/// <summary>How many windows a pool has, for each operator and version, against what ONNX Runtime gives.</summary>
public sealed class PoolingTests
{
    [Test, Combinatorial]
    public void Pool_OfEveryGeometry_HasTheWindowsOfOnnxRuntime([Values("MaxPool", "AveragePool", "LpPool")] string op, [Values(7, 10, 11, 12, 17, 18, 19, 22)] int opset, [Values(0, 1)] int ceil)
    {
        Assume.That(ceil == 0 || opset >= (op == "LpPool" ? 18 : 10), "there is no ceil_mode before");
        var model = new Model(new ModelGraph("pools")) { IrVersion = 8 };
        model.OpsetImports[""] = opset;
        var inputs = new Dictionary<long, Value>();
        foreach (var (extent, kernel, stride, begin, end, dilation) in Geometries(op == "MaxPool" ? opset >= 10 : op == "AveragePool" ? opset >= 19 : opset >= 18))
        {
            var name = $"{op}_x{extent}_k{kernel}_s{stride}_p{begin}_{end}_d{dilation}";
            if (!inputs.TryGetValue(extent, out var input))
            {
                inputs[extent] = input = model.Graph.AddValue($"x{extent}", new TensorType(DataType.Float32, new Shape(1, 1, extent)));
                model.Graph.AddInput(input);
            }

            var attributes = TestUnits.Attributes(("kernel_shape", [kernel]), ("strides", [stride]), ("pads", [begin, end]), ("dilations", dilation == 1 ? null : [dilation]));
            attributes = ceil == 1 ? attributes.With("ceil_mode", new AttributeValue.Int(1)) : attributes;
            var output = model.Graph.AddValue(name);
            model.Graph.AddNode(op, [input], [output], attributes, name);
            model.Graph.AddOutput(output);
        }

        using var oracle = new OnnxOracle(new CpuOptions { Threads = 1 });
        var observed = oracle.RunByName(model, inputs.ToDictionary(pair => pair.Value.Name, pair => EdgeTensor.Of<float>(new float[pair.Key], 1, 1, pair.Key)));
        ShapeInference.Infer(model);
        var wrong = model.Graph.Outputs.Where(output => ((OnnxValue.Tensor)observed[output.Name]).Shape != output.Shape).ToList();
        Assert.That(wrong.Select(output => $"{output.Name}: inferred {output.Shape}, the run gave {((OnnxValue.Tensor)observed[output.Name]).Shape}"), Is.Empty, $"{wrong.Count} of {model.Graph.Outputs.Count}");
    }

    private static IEnumerable<(long Extent, long Kernel, long Stride, long Begin, long End, long Dilation)> Geometries(bool hasDilations) =>
        from extent in Enumerable.Range(3, 7)
        from kernel in (int[])[1, 2, 3]
        from stride in (int[])[1, 2, 3, 4]
        from begin in (int[])[0, 1, 2]
        from end in (int[])[0, 1, 2]
        from dilation in hasDilations ? (int[])[1, 2] : [1]
        where begin < kernel && end < kernel && extent + begin + end >= ((kernel - 1) * dilation) + 1
        select ((long)extent, (long)kernel, (long)stride, (long)begin, (long)end, (long)dilation);
}
