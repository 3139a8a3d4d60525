using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Inference;

/// <summary>Compares a node's operands with its operator's signature: how many there are, and of which element types.</summary>
internal static class SignatureCheck
{
    /// <exception cref="ModelFormatException">Too few or too many operands, or a type that the operator does not take.</exception>
    public static void Check(InferenceContext context, OperatorSchema schema)
    {
        var inputs = schema.InputsAt(context.Version);
        CheckCount(context, inputs, context.Node.Inputs, "operands");
        CheckCount(context, schema.OutputsAt(context.Version), context.Node.Outputs, "results");
        var bound = new Dictionary<string, DataType>(StringComparer.Ordinal);
        for (var i = 0; i < context.InputCount; i++)
        {
            if (context.ElementOf(i) is not DataType.Undefined and var element)
            {
                CheckElement(context, schema, inputs[Math.Min(i, inputs.Length - 1)], context.Node.Inputs[i]!, element, bound);
            }
        }
    }

    private static void CheckCount(InferenceContext context, IReadOnlyList<OperandSchema> expected, IReadOnlyList<Value?> found, string what)
    {
        var minimum = expected.Count(operand => operand.Arity == OperandArity.Required);
        var isOpen = expected.Count > 0 && expected[^1].Arity == OperandArity.Variadic;
        if (found.Count < Math.Min(minimum, what == "results" ? 0 : minimum) || (found.Count > expected.Count && !isOpen))
        {
            var range = isOpen ? $"{minimum} or more" : minimum == expected.Count ? $"{minimum}" : $"{minimum} to {expected.Count}";
            throw context.Error($"found {found.Count} {what}; expected {range}.");
        }

        for (var i = 0; i < Math.Min(found.Count, expected.Count) && what == "operands"; i++)
        {
            if (found[i] is null && expected[i].Arity == OperandArity.Required)
            {
                throw context.Error($"operand {i} ('{expected[i].Name}') is left out; it is required.");
            }
        }
    }

    private static void CheckElement(
        InferenceContext context, OperatorSchema schema, OperandSchema operand, Value value, DataType element, Dictionary<string, DataType> bound)
    {
        var allowed = schema.TypesOf(operand);
        if (!allowed.Contains(element))
        {
            throw context.Error($"operand '{value.Name}' ({operand.Name}) is of {element}; expected {allowed}.");
        }

        if (!schema.IsVariable(operand.Type) || (operand.Arity == OperandArity.Variadic && operand.Type == "V"))
        {
            return;
        }

        if (bound.TryGetValue(operand.Type, out var other) && other != element)
        {
            throw context.Error($"operand '{value.Name}' ({operand.Name}) is of {element}; expected {other} as the other operands of type {operand.Type}.");
        }

        bound[operand.Type] = element;
    }
}
