using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Sdk.Tests.Graph;
using static EdgeAI.Sdk.Tests.Quantization.QuantizedTestModel;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>Weights that are computed from constants have the bits that their nodes give one by one, as in ONNX Runtime's own quantizer.</summary>
public sealed class FoldedWeightTests
{
    private const int Rows = 8;
    private const int Columns = 64;

    /// <summary>So long that a product has other bits when a sum is fused into it: it is made in pieces.</summary>
    private const int Long = 2048;

    [Test]
    public void Quantize_WeightsOfAProductAndASum_AreThoseOfTheSingleNodes([Values(GraphOptimization.None, GraphOptimization.All)] GraphOptimization optimization)
    {
        var (left, right, bias) = (Random(Rows * Long, 1), Random(Long * Columns, 2), Random(Columns, 3));
        var product = Product(left, right);
        var computed = Weights(
            test => test.Node("Add", "", test.Node("MatMul", "", test.Constant<float>(new Shape(Rows, Long), left), test.Constant<float>(new Shape(Long, Columns), right)), test.Vector<float>(bias)),
            optimization);
        var given = Weights(test => test.Constant<float>(new Shape(Rows, Columns), [.. product.Select((value, index) => value + bias[index % Columns])]), optimization);
        Assert.That(computed, Is.EqualTo(given));
    }

    private static float[] Product(float[] left, float[] right)
    {
        var test = new TestGraph(17);
        test.Output(test.Node("MatMul", "", test.Input($"f32[{Rows},{Long}]", "a"), test.Input($"f32[{Long},{Columns}]", "b")));
        return Run(test.Model, [ConstantTensor.Of<float>(new Shape(Rows, Long), left), ConstantTensor.Of<float>(new Shape(Long, Columns), right)]);
    }

    /// <summary>The scales of the weights of a product of an input and some weights, one per column: a bit of the largest element shows in them.</summary>
    private static float[] Weights(Func<TestGraph, Value> weights, GraphOptimization optimization)
    {
        var test = new TestGraph(17);
        var x = test.Input($"f32[1,{Rows}]", "x");
        test.Output(test.Node("MatMul", "", x, weights(test)));
        using var quantizer = new ModelQuantizer(new CpuOptions { Optimization = optimization });
        var result = quantizer.Core.Quantize(test.Model, Samples(test.Model, 4)).Model;
        return result.Graph.Nodes.Single(node => node.OpType == "DequantizeLinear" && node.Inputs[0]!.Constant is not null).Inputs[1]!.Constant!.AsSpan<float>().ToArray();
    }
}
