using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Inference;

/// <summary>Compares a node's operands with its operator's signature: how many there are, and of which element types.</summary>
internal static class SignatureCheck
{
    /// <exception cref="ModelFormatException">Too few or too many operands, or a type that the operator does not take.</exception>
    public static void Check(InferenceContext context, OperatorSchema schema)
    {
        var signature = schema.SignatureAt(context.Version);
        var (inputs, node) = (signature.Inputs, context.Node);
        CheckCount(context, node.Inputs.Count, signature.RequiredInputs, inputs.Length, signature.HasOpenInputs, "operands");
        CheckCount(context, node.Outputs.Count, signature.RequiredOutputs, signature.Outputs.Length, signature.HasOpenOutputs, "results");
        Span<DataType> bound = stackalloc DataType[signature.VariableCount];
        bound.Clear();
        for (var i = 0; i < node.Inputs.Count; i++)
        {
            var operand = inputs[Math.Min(i, inputs.Length - 1)];
            if (node.Inputs[i] is not { } value)
            {
                CheckPresence(context, operand, i);
            }
            else if (context.ElementOf(i) is not DataType.Undefined and var element)
            {
                CheckElement(context, operand, value, element, bound);
            }
            else if (operand.Types != TypeSet.Any && context.TypeOf(i) is { } type and not TensorType)
            {
                throw context.Error($"operand '{value.Name}' ({operand.Name}) is {type}; expected a tensor of {operand.Types}.");
            }
        }
    }

    private static void CheckCount(InferenceContext context, int found, int minimum, int expected, bool isOpen, string what)
    {
        // Results that nobody reads may be left out, also required ones.
        if ((found < minimum && what == "operands") || (found > expected && !isOpen))
        {
            var range = isOpen ? $"{minimum} or more" : minimum == expected ? $"{minimum}" : $"{minimum} to {expected}";
            throw context.Error($"found {found} {what}; expected {range}.");
        }
    }

    private static void CheckPresence(InferenceContext context, OperandSchema operand, int index)
    {
        if (operand.Arity == OperandArity.Required)
        {
            throw context.Error($"operand {index} ('{operand.Name}') is left out; it is required.");
        }
    }

    private static void CheckElement(InferenceContext context, OperandSchema operand, Value value, DataType element, Span<DataType> bound)
    {
        if (!operand.Types.Contains(element))
        {
            throw context.Error($"operand '{value.Name}' ({operand.Name}) is of {element}; expected {operand.Types}.");
        }

        if (!operand.IsVariable || (operand.Arity == OperandArity.Variadic && operand.Type == "V"))
        {
            return;
        }

        if (bound[operand.Variable] is not DataType.Undefined and var other && other != element)
        {
            throw context.Error($"operand '{value.Name}' ({operand.Name}) is of {element}; expected {other} as the other operands of type {operand.Type}.");
        }

        bound[operand.Variable] = element;
    }
}
