using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Computes what is known before the run: nodes over constants, and shape values that inference knows. Moves of elements, casts and
/// integer arithmetic are computed here; everything else by the evaluator, where one is given. Q and DQ stay, and so do results
/// that are larger than the limit and larger than their operands.
/// </summary>
internal sealed class FoldConstants(GraphEvaluator? evaluator, long maximumBytes = FoldConstants.DefaultMaximumBytes) : GraphRewrite
{
    public const long DefaultMaximumBytes = 4 << 20;

    private InferenceEngine? _engine;

    public override string Name => "fold-constants";

    protected override void Prepare(Model model)
    {
        _engine = new InferenceEngine(model);
        _engine.Run();
    }

    protected override GraphPatch? Match(Model model, Node node)
    {
        if (node.OpType is "Constant" or "QuantizeLinear" or "DequantizeLinear" or "DynamicQuantizeLinear"
            || node.Outputs.OfType<Value>().Any(node.Graph.Outputs.Contains) || !node.Outputs.OfType<Value>().Any())
        {
            return null;
        }

        var results = FromInference(node) ?? FromConstants(model, node);
        return results is null ? null : ToPatch(node, results);
    }

    private GraphPatch ToPatch(Node node, ConstantTensor?[] results)
    {
        var patch = new GraphPatch(Name, node.Graph);
        for (var i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] is { } output)
            {
                patch.Replace(output, patch.AddConstant("", results[i]!));
            }
        }

        patch.Remove(node);
        return patch;
    }

    /// <summary>Every result is a small integer tensor whose elements are known, whatever the operands are.</summary>
    private ConstantTensor?[]? FromInference(Node node)
    {
        var results = new ConstantTensor?[node.Outputs.Count];
        for (var i = 0; i < results.Length; i++)
        {
            if (node.Outputs[i] is { } output)
            {
                results[i] = _engine!.IntegersOf(output)?.ToConstant((_engine.TypeOf(output) as TensorType)?.Element ?? DataType.Undefined);
                if (results[i] is null)
                {
                    return null;
                }
            }
        }

        return results;
    }

    private ConstantTensor?[]? FromConstants(Model model, Node node)
    {
        if (node.Inputs.Count == 0 || !node.Inputs.All(input => input is null || _engine!.ConstantOf(input) is not null)
            || OperatorRegistry.Find(model, node) is not { IsDeterministic: true } schema || ShapeInference.Subgraphs(node).Any()
            || _engine!.Infer(node) is not { } context || !Fits(node, context))
        {
            return null;
        }

        var result = schema.Map?.Invoke(context)?.Apply(context.ConstantOf(0)!) ?? schema.Evaluate?.Invoke(context);
        return result is not null && node.Outputs.Count == 1 ? [result]
            : evaluator is null || node.Inputs.Any(input => input is not null && !_engine.ConstantOf(input)!.Type.IsFixedSize()) ? null
            : Evaluate(model, node, context);
    }

    private bool Fits(Node node, InferenceContext context)
    {
        var operands = node.Inputs.Sum(input => input is null ? 0L : _engine!.ConstantOf(input)!.Data.Length);
        var limit = Math.Max(maximumBytes, operands);
        for (var i = 0; i < node.Outputs.Count; i++)
        {
            if (context.ResultType(i) is not TensorType { Shape.IsStatic: true } type || !type.Element.IsFixedSize())
            {
                return false;
            }

            limit -= Bytes(type, limit);
        }

        return limit >= 0;
    }

    /// <summary>The size of a tensor, or more than the limit where it passes it on the way.</summary>
    private static long Bytes(TensorType type, long limit)
    {
        var bits = (Int128)type.Element.BitCount();
        foreach (var extent in type.Shape)
        {
            bits = extent.Value == 0 ? 0 : Int128.Min(bits * extent.Value, (Int128)long.MaxValue * 8);
        }

        return bits / 8 > limit ? limit + 1 : (long)(bits / 8);
    }

    /// <summary>A model of this one node, whose operands are inputs.</summary>
    private ConstantTensor?[]? Evaluate(Model model, Node node, InferenceContext context)
    {
        var graph = new ModelGraph(node.Name);
        var small = new Model(graph) { IrVersion = Math.Max(model.IrVersion, 4) };
        foreach (var (domain, version) in model.OpsetImports)
        {
            small.OpsetImports[domain] = version;
        }

        var inputs = new Dictionary<Value, Value>();
        foreach (var operand in node.Inputs.OfType<Value>().Distinct())
        {
            var constant = _engine!.ConstantOf(operand)!;
            var input = graph.AddValue($"in{inputs.Count}", new TensorType(constant.Type, constant.Shape));
            graph.AddInput(input);
            inputs[operand] = input;
        }

        var outputs = node.Outputs.Select((output, i) => output is null ? null : graph.AddValue($"out{i}", context.ResultType(i))).ToArray();
        graph.AddNode(node.OpType, node.Inputs.Select(input => input is null ? null : inputs[input]), outputs, node.Attributes, node.Name, node.Domain);
        foreach (var output in outputs.OfType<Value>())
        {
            graph.AddOutput(output);
        }

        return Spread(node, evaluator!(small, [.. inputs.Keys.Select(operand => _engine!.ConstantOf(operand)!)]));
    }

    /// <summary>Results at the places of the node's outputs; null where one is missing.</summary>
    private static ConstantTensor?[]? Spread(Node node, IReadOnlyList<ConstantTensor?> results)
    {
        var spread = new ConstantTensor?[node.Outputs.Count];
        var next = 0;
        for (var i = 0; i < spread.Length; i++)
        {
            if (node.Outputs[i] is not null && (spread[i] = results[next++]) is null)
            {
                return null;
            }
        }

        return spread;
    }
}
