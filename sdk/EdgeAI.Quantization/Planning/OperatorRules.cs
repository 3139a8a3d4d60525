using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Quantization.Planning;

/// <summary>
/// Which tensors of a node are quantized, operator by operator, in the way of ONNX Runtime's static quantizer, so that both
/// give the same model. Operators without a rule have all their Float32 operands and results quantized.
/// </summary>
internal static class OperatorRules
{
    private static readonly Dictionary<string, Action<PlanBuilder, Node>> Rules = new()
    {
        ["Conv"] = (plan, node) => Weighted(plan, node, 0),
        ["ConvTranspose"] = (plan, node) => Weighted(plan, node, 1),
        ["Gemm"] = (plan, node) => Weighted(plan, node, node.Attributes.Int("transB", 0) != 0 ? 0 : 1),
        ["MatMul"] = MatMul,
        ["Relu"] = Activation,
        ["Clip"] = Activation,
        ["Reshape"] = Move,
        ["Flatten"] = Move,
        ["Transpose"] = Move,
        ["Squeeze"] = Move,
        ["Unsqueeze"] = Move,
        ["Resize"] = Move,
        ["MaxPool"] = Move,
        ["AveragePool"] = Move,
        ["Slice"] = Move,
        ["TopK"] = Move,
        ["Split"] = Split,
        ["Pad"] = Pad,
        ["Gather"] = Gather,
        ["GatherElements"] = Gather,
        ["Where"] = Where,
        ["InstanceNormalization"] = Normalization,
        ["LayerNormalization"] = Normalization,
        ["BatchNormalization"] = Normalization,
    };

    private static readonly HashSet<Action<PlanBuilder, Node>> MovingRules = [Move, Split, Gather];

    public static Action<PlanBuilder, Node> Of(string opType) => Rules.GetValueOrDefault(opType, Any);

    /// <summary>True for operators whose results share the parameters of what they read, so that they cost no accuracy of their own.</summary>
    public static bool Moves(string opType) => MovingRules.Contains(Of(opType));

    private static void Any(PlanBuilder plan, Node node)
    {
        foreach (var input in node.Inputs)
        {
            plan.Activation(input);
        }

        plan.Results(node);
    }

    private static void Weighted(PlanBuilder plan, Node node, int axis)
    {
        var (input, weight) = (node.Inputs[0]!, node.Inputs[1]!);
        plan.Activation(input);
        plan.Results(node);

        // A grouped ConvTranspose has its output channels on two axes of the weight: no slices along one axis would do.
        plan.Weight(weight, node.OpType == "ConvTranspose" && node.Attributes.Int("group", 1) > 1 ? int.MaxValue : axis);
        plan.Bias(node, 2, input, weight);
    }

    /// <summary>Slices of the right operand are output columns; the left one's axes are rows and what is summed over.</summary>
    private static void MatMul(PlanBuilder plan, Node node)
    {
        Operand(node.Inputs[0], int.MaxValue);
        Operand(node.Inputs[1], node.Inputs[1]?.Shape.Rank >= 2 ? -1 : int.MaxValue);
        plan.Results(node);

        void Operand(Value? value, int axis)
        {
            if (value?.Constant is not null)
            {
                plan.Weight(value, axis);
            }
            else
            {
                plan.Activation(value);
            }
        }
    }

    private static void Activation(PlanBuilder plan, Node node)
    {
        if (!plan.IsPlanned(node.Inputs[0]))
        {
            return;
        }

        if (!plan.TryAbsorb(node))
        {
            plan.Activation(node.Inputs[0]);
        }

        plan.Results(node);
    }

    /// <summary>Operators whose results are elements of the first operand, or lie between them.</summary>
    private static void Move(PlanBuilder plan, Node node)
    {
        if (plan.Options.ForceMoves)
        {
            plan.Activation(node.Inputs[0]);
        }

        plan.SameAs(node, node.Output(0), node.Inputs[0]!);
    }

    private static void Split(PlanBuilder plan, Node node)
    {
        plan.Activation(node.Inputs[0]);
        foreach (var output in node.Outputs)
        {
            plan.SameAs(node, output, node.Inputs[0]!);
        }
    }

    private static void Pad(PlanBuilder plan, Node node)
    {
        foreach (var input in node.Inputs)
        {
            plan.Activation(input);
        }

        if (PadsWithItsElements(node))
        {
            plan.SameAs(node, node.Output(0), node.Inputs[0]!);
        }
        else
        {
            plan.Results(node);
        }
    }

    private static bool PadsWithItsElements(Node node) =>
        node.Attributes.Text("mode", "constant") != "constant"
        || (node.Input(2) is not { } fill ? node.Attributes.Float("value", 0) == 0
            : fill.Constant is { Type: DataType.Float32 } constant && constant.Shape.ElementCount == 1 && constant.AsSpan<float>()[0] == 0);

    private static void Gather(PlanBuilder plan, Node node)
    {
        if (plan.Options.ForceMoves || node.Inputs[0]?.Constant is not null)
        {
            plan.Activation(node.Inputs[0]);
        }

        plan.SameAs(node, node.Output(0), node.Inputs[0]!);
    }

    private static void Where(PlanBuilder plan, Node node)
    {
        if (plan.Options.ForceMoves)
        {
            plan.Activation(node.Input(1));
            plan.Activation(node.Input(2));
        }

        if (plan.IsPlanned(node.Input(1)) && plan.IsPlanned(node.Input(2)))
        {
            plan.Results(node);
        }
    }

    private static void Normalization(PlanBuilder plan, Node node)
    {
        var (input, scale) = (node.Inputs[0]!, node.Input(1));
        plan.Activation(input);
        if (scale?.Constant is not null)
        {
            plan.Weight(scale, 1);
            plan.Bias(node, 2, input, scale);
        }
        else
        {
            plan.Activation(scale);
        }

        plan.Results(node);
    }
}
