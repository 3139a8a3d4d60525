using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Quantization.Arithmetic;
using EdgeAI.Quantization.Planning;

namespace EdgeAI.Quantization.Reporting;

/// <summary>Puts a plan into words.</summary>
internal static class ReportBuilder
{
    public static ImmutableArray<NodeReport> Nodes(ModelGraph graph, QuantizationPlan plan) =>
        [.. graph.Nodes.Select(node => new NodeReport(node.Name, NameOf(node), plan.FloatNodes.GetValueOrDefault(node)))];

    public static ImmutableArray<TensorReport> Tensors(QuantizationPlan plan, ParameterTable parameters) =>
        [.. plan.Tensors.Values.Select(tensor => Tensor(plan, tensor, parameters[tensor.Value]))];

    /// <summary>Why nodes stay float, the most frequent reason first; of a quantized model that it is one.</summary>
    public static string Summarize(QuantizationPlan plan)
    {
        var pairs = plan.FloatNodes.Keys.Count(node => node.OpType is "QuantizeLinear" or "DequantizeLinear");
        if (pairs > 0)
        {
            return $"it is quantized already, with {pairs} nodes QuantizeLinear and DequantizeLinear; start from the float model";
        }

        var reasons = plan.FloatNodes.Values.CountBy(reason => reason).OrderByDescending(reason => reason.Value).Take(3).ToList();
        return reasons.Count == 0 ? "it has no nodes" : string.Join("; ", reasons.Select(reason => $"{reason.Key} ({reason.Value} nodes)"));
    }

    private static TensorReport Tensor(QuantizationPlan plan, TensorPlan tensor, TensorEncoding encoding)
    {
        var source = plan.Source(tensor.Value);
        return new(
            tensor.Value.Name, encoding.Type, encoding.Parameters, encoding.Range, tensor.Value.Constant is not null,
            ReferenceEquals(source, tensor.Value) ? null : source.Name, encoding.Range is { Minimum: 0, Maximum: 0 } ? "always zero" : null)
        {
            Sqnr = tensor.Value.Constant is { } constant ? WeightNoise(constant, encoding) : null,
        };
    }

    /// <summary>Of a constant against its integers.</summary>
    private static double WeightNoise(ConstantTensor constant, TensorEncoding encoding)
    {
        var (meter, slices, range) = (new NoiseMeter(), AxisSlices.Of(constant.Shape, encoding.Parameters.Axis), encoding.Integers);
        var elements = constant.AsSpan<float>();
        for (var i = 0; i < elements.Length; i++)
        {
            var slice = slices.SliceOf(i);
            var parameters = new AffineParameters(encoding.Parameters.Scales[slice], encoding.Parameters.ZeroPoints[slice]);
            meter.Add(elements[i], (IntegerTensor.Quantize(elements[i], parameters, range) - parameters.ZeroPoint) * parameters.Scale);
        }

        return meter.Sqnr;
    }

    private static string NameOf(Node node) => node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";
}
