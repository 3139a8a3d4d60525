using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Computes what is known before the run: nodes over constants, and shape values that inference knows. Moves of elements, casts,
/// integer arithmetic and arithmetic that IEEE 754 fixes bit by bit are computed here; everything else by the evaluator, where one
/// is given, which is asked for all nodes at once. Q and DQ stay, and so do results that
/// pass a limit.
/// </summary>
internal sealed class FoldConstants(GraphEvaluator? evaluator, FoldingLimits limits) : GraphRewrite
{
    private InferenceEngine? _engine;
    private long _growth;

    public override string Name => "fold-constants";

    internal override bool NeedsInference => true;

    internal override void Prepare(InferenceEngine engine) => _engine = engine;

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (!IsFoldable(node) || (FromInference(node) ?? FromConstants(model, node)) is not { } results)
        {
            return null;
        }

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

    /// <summary>What is left to the evaluator: all nodes over constants and over each other's results, as one model.</summary>
    internal override IEnumerable<GraphPatch> Collect(Model model)
    {
        if (evaluator is null)
        {
            return [];
        }

        var region = new ConstantRegion(model, _engine!);
        foreach (var node in ShapeInference.Graphs(model.Graph).Where(_engine!.HasReached).SelectMany(graph => graph.Nodes))
        {
            if (IsFoldable(node) && !IntegerDivision.MayTrap(node) && region.Takes(node) && IsComputable(model, node) && _engine!.Infer(node) is { } context && Fits(region.ByteCountOfOperands(node), context))
            {
                _growth += Growth(region.ByteCountOfOperands(node), context);
                region.Add(node, context);
            }
        }

        return region.Evaluate(evaluator, Name);
    }

    private static bool IsFoldable(Node node) =>
        node.OpType is not ("Constant" or "QuantizeLinear" or "DequantizeLinear" or "DynamicQuantizeLinear")
        && node.Outputs.Any(output => output is not null) && !node.Outputs.Any(output => output is not null && node.Graph.Outputs.Contains(output));

    private static bool IsComputable(Model model, Node node) =>
        OperatorRegistry.Find(model, node) is { IsDeterministic: true } && !ShapeInference.Subgraphs(node).Any();

    /// <summary>Every result is a small integer tensor whose elements are known, whatever the operands are.</summary>
    private ConstantTensor?[]? FromInference(Node node)
    {
        if (!_engine!.HasReached(node.Graph))
        {
            return null;
        }

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

    /// <summary>By the operator's own rule.</summary>
    private ConstantTensor?[]? FromConstants(Model model, Node node)
    {
        if (node.Inputs.Count == 0 || node.Outputs.Count != 1 || !node.Inputs.All(input => input is null || _engine!.ConstantOf(input) is not null)
            || !IsComputable(model, node) || OperatorRegistry.Find(model, node) is not { } schema || (schema.Map ?? (object?)schema.Evaluate) is null
            || _engine!.Infer(node) is not { } context || !Fits(OperandBytes(node), context)
            || (context.Map(IndexMap.MaximumCount)?.Apply(context.ConstantOf(0)!) ?? schema.Evaluate?.Invoke(context)) is not { } result)
        {
            return null;
        }

        _growth += Growth(OperandBytes(node), context);
        return [result];
    }

    private long OperandBytes(Node node) => node.Inputs.Sum(input => input is null ? 0L : _engine!.ConstantOf(input)!.Data.Length);

    private static long Growth(long operandBytes, InferenceContext context) =>
        Math.Max(0, Enumerable.Range(0, context.OutputCount).Sum(i => Bytes((TensorType)context.ResultType(i)!, int.MaxValue)) - operandBytes);

    private bool Fits(long operandBytes, InferenceContext context)
    {
        var limit = Math.Max(limits.MaxResultBytes, operandBytes);
        for (var i = 0; i < context.OutputCount; i++)
        {
            if (context.ResultType(i) is not TensorType { Shape.IsStatic: true } type || !type.Element.IsFixedSize())
            {
                return false;
            }

            limit -= Bytes(type, limit);
        }

        return limit >= 0 && Growth(operandBytes, context) <= limits.MaxTotalBytes - _growth;
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
}
