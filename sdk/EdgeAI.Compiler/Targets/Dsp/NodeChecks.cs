using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>Questions that several operators ask about a node.</summary>
internal static class NodeChecks
{
    public static string? WhyNotTypes(IEnumerable<Value?> values, params ReadOnlySpan<DataType> allowed)
    {
        foreach (var value in values)
        {
            if (value is not null && !allowed.Contains(value.Element))
            {
                return $"'{value.Name}' is {value.Element}; expected {string.Join(" or ", allowed.ToArray())}";
            }
        }

        return null;
    }

    /// <summary>The same for one input.</summary>
    public static string? WhyNotType(Node node, int input, params ReadOnlySpan<DataType> allowed) => WhyNotTypes([node.Input(input)], allowed);

    /// <summary>A reason when more than the first output is read by anybody.</summary>
    public static string? WhyNotOneOutput(Node node) =>
        node.Outputs.Skip(1).Any(output => output is not null && (output.Consumers.Count > 0 || node.Graph.Outputs.Contains(output)))
            ? "a second output is asked for" : null;

    /// <summary>A reason when an input is there but not known before the run.</summary>
    public static string? WhyNotConstant(Node node, params ReadOnlySpan<int> inputs)
    {
        foreach (var input in inputs)
        {
            if (node.Input(input) is { Constant: null } value)
            {
                return $"input {input} '{value.Name}' is not constant";
            }
        }

        return null;
    }

    /// <summary>A reason when an input does not broadcast to the result's shape.</summary>
    public static string? WhyNotBroadcast(Node node, int input)
    {
        var (value, result) = (node.Input(input)!, node.Output(0)!.Shape);
        var missing = result.Rank - value.Shape.Rank;
        return missing >= 0 && Enumerable.Range(0, value.Shape.Rank).All(axis => value.Shape[axis] == 1 || value.Shape[axis] == result[axis + missing]) ? null
            : $"input {input} '{value.Name}' is {value}; expected a shape that broadcasts to {result}";
    }

    /// <summary>A reason when an input is there but no constant of one element.</summary>
    public static string? WhyNotScalar(Node node, params ReadOnlySpan<int> inputs)
    {
        foreach (var input in inputs)
        {
            if (node.Input(input) is { } value && Scalar(value) is null)
            {
                return $"input {input} '{value.Name}' is {value}; expected a constant of one element";
            }
        }

        return null;
    }

    /// <summary>The number of a constant of one element, else null.</summary>
    public static float? Scalar(Value? value) =>
        value?.Constant is not { } tensor || tensor.Shape.ElementCount != 1 ? null
        : tensor.Type switch
        {
            DataType.Float32 => tensor.AsSpan<float>()[0],
            DataType.Boolean or DataType.Int8 or DataType.UInt8 or DataType.Int16 or DataType.UInt16 or DataType.Int32 => tensor.ToInt64()[0],
            _ => null,
        };

    /// <summary>The integers of a constant input, or of an attribute in older operator sets; default where neither is there.</summary>
    public static ImmutableArray<long> Integers(Node node, int input, string attribute) =>
        node.Input(input)?.Constant is { } tensor ? [.. tensor.ToInt64()] : node.Attributes.Ints(attribute);

    /// <summary>An axis, counted from the front.</summary>
    public static int Axis(long axis, int rank) => (int)(axis < 0 ? axis + rank : axis);

    public static ImmutableArray<long> Extents(Value? value) => ProgramDraft.Extents(value!);

    /// <summary>Product of the extents [first, end).</summary>
    public static long Product(ImmutableArray<long> extents, int first, int end)
    {
        var product = 1L;
        for (var i = first; i < end; i++)
        {
            product *= extents[i];
        }

        return product;
    }
}
