using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Quantization;
using EdgeAI.Sdk.Tests.Graph;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>Small float models and samples for them.</summary>
internal static class QuantizedTestModel
{
    /// <summary>Random numbers from −1 to 1.</summary>
    public static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>Conv, Relu, Conv with biases on f32[1,3,6,6].</summary>
    public static TestGraph TwoConvolutions(int seed = 1)
    {
        var test = new TestGraph(17);
        var x = test.Input("f32[1,3,6,6]", "x");
        var first = test.Node("Conv", "pads=[1,1,1,1]", x, test.Constant<float>(new Shape(4, 3, 3, 3), Random(108, seed)), test.Vector<float>(Random(4, seed + 1)));
        var second = test.Node("Conv", "", test.Node("Relu", "", first), test.Constant<float>(new Shape(2, 4, 1, 1), Random(8, seed + 2)), test.Vector<float>(Random(2, seed + 3)));
        test.Output(second);
        return test;
    }

    /// <summary>Samples of random numbers for every input.</summary>
    public static IEnumerable<IReadOnlyList<ConstantTensor>> Samples(Model model, int count, int seed = 7) =>
        Enumerable.Range(0, count).Select(index => (IReadOnlyList<ConstantTensor>)[.. model.Graph.Inputs.Select(input =>
            ConstantTensor.Of<float>(input.Shape, Random((int)input.Shape.ElementCount, seed + index)))]);

    public static QuantizationResult Quantize(Model model, QuantizationOptions? options = null, int samples = 4)
    {
        using var quantizer = new ModelQuantizer();
        return quantizer.Core.Quantize(model, Samples(model, samples), options);
    }

    /// <summary>Outputs of a model on a sample, by ONNX Runtime.</summary>
    public static float[] Run(Model model, IReadOnlyList<ConstantTensor> sample)
    {
        using var oracle = new OnnxOracle();
        var feeds = model.Graph.Inputs.Zip(sample).ToDictionary(pair => pair.First.Name, pair => EdgeTensor.FromBytes(pair.Second.Type, pair.Second.Shape, pair.Second.Data.Span));
        var output = (Hal.Cpu.OnnxValue.Tensor)oracle.Run(OnnxWriter.ToBytes(model), feeds)[0];
        return EdgeTensor.FromBytes(output.Type, output.Shape, output.Data.AsSpan()).AsSpan<float>().ToArray();
    }

    public static double Sqnr(float[] expected, float[] found) =>
        10 * Math.Log10(expected.Sum(value => (double)value * value) / expected.Zip(found, (a, b) => Math.Pow(a - (double)b, 2)).Sum());
}
