using System.Runtime.InteropServices;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>What rewrites ask about operands that are known before the run.</summary>
internal static class Known
{
    /// <summary>The elements, unless a caller may feed others (a default of an input).</summary>
    public static ConstantTensor? Constant(Model model, Value? value) =>
        value?.Constant is { } constant && (model.IrVersion < 4 || !model.Graph.Inputs.Contains(value)) ? constant : null;

    /// <summary>The elements of an integer constant; null for anything else.</summary>
    public static long[]? Numbers(Model model, Value? value) =>
        Constant(model, value) is { Type: DataType.Int64 or DataType.Int32 or DataType.Boolean or DataType.Int8 or DataType.UInt8 } constant ? constant.ToInt64() : null;

    /// <summary>The numbers of an operand or, in older versions, of an attribute; null where they are not known or left out.</summary>
    public static long[]? Numbers(Model model, Node node, int input, string attribute) =>
        node.Input(input) is { } value ? Numbers(model, value)
        : node.Attributes.Ints(attribute) is { IsDefault: false } given ? [.. given]
        : null;

    /// <summary>True when every bit pattern of the constant is that of the one number; its sign of zero counts.</summary>
    public static bool IsAll(ConstantTensor constant, double number) => constant.Type switch
    {
        DataType.Float32 => constant.Shape.ElementCount > 0 && !MemoryMarshal.Cast<byte, int>(constant.Data.Span).ContainsAnyExcept(BitConverter.SingleToInt32Bits((float)number)),
        DataType.Float64 => constant.Shape.ElementCount > 0 && !MemoryMarshal.Cast<byte, long>(constant.Data.Span).ContainsAnyExcept(BitConverter.DoubleToInt64Bits(number)),
        DataType.Int64 => constant.Shape.ElementCount > 0 && !constant.AsSpan<long>().ContainsAnyExcept((long)number),
        DataType.Int32 => constant.Shape.ElementCount > 0 && !constant.AsSpan<int>().ContainsAnyExcept((int)number),
        _ => false,
    };

    /// <summary>True when both hold the same elements under the same shape.</summary>
    public static bool AreEqual(ConstantTensor a, ConstantTensor b) =>
        a.Type == b.Type && a.Shape == b.Shape && a.Type != DataType.String && a.Data.Span.SequenceEqual(b.Data.Span);

    /// <summary>True when the value is read by one node of its graph, once, and by nobody else.</summary>
    public static bool HasOneReader(Value value) =>
        value.Consumers.Count == 1 && value.Producer is { } producer && ReferenceEquals(value.Consumers[0].Graph, producer.Graph) && !producer.Graph.Outputs.Contains(value);

    /// <summary>True when the shapes are equal and every extent is a number or a name, so that they are equal in every run.</summary>
    public static bool AreSame(Shape a, Shape b) => a.HasRank && a == b && a.All(extent => extent.IsKnown || extent.Symbol is not null);

    /// <summary>An axis counted from the front; null where it lies outside.</summary>
    public static int? Axis(long axis, int rank) => (axis < 0 ? axis + rank : axis) is >= 0 and var result && result < rank ? (int)result : null;

    /// <summary>Axes of a Transpose; null where the rank is not known, or what stands there is no order of axes.</summary>
    public static int[]? Permutation(Node node)
    {
        var given = node.Attributes.Ints("perm");
        return !given.IsDefault ? given.Order().SequenceEqual(Enumerable.Range(0, given.Length).Select(axis => (long)axis)) ? [.. given.Select(axis => (int)axis)] : null
            : node.Input(0) is { Shape.HasRank: true } input ? [.. Enumerable.Range(0, input.Shape.Rank).Reverse()]
            : null;
    }

    /// <summary>
    /// The patch that lets everybody read <paramref name="value"/> instead of a node's only result; null where a graph's output would lose
    /// its name, or would be read by others too: ONNX Runtime 1.30 may round such a value when a quantizer follows behind a Transpose.
    /// </summary>
    public static GraphPatch? Bypass(string name, Node node, Value value)
    {
        var output = node.Outputs[0]!;
        if (!GraphPatch.CanReplace(node.Graph, output, value) || (value.Consumers.Count > 1 && node.Graph.Outputs.Contains(output)))
        {
            return null;
        }

        var patch = new GraphPatch(name, node.Graph);
        patch.Replace(output, value);
        patch.Remove(node);
        return patch;
    }

    /// <summary>The patch that puts another node in the place of one of one result.</summary>
    public static GraphPatch Exchange(string name, Node node, string opType, IEnumerable<Value?> inputs, AttributeList? attributes = null)
    {
        var patch = new GraphPatch(name, node.Graph);
        Exchange(patch, node, opType, inputs, attributes);
        return patch;
    }

    /// <summary>Adds the same to a patch.</summary>
    public static void Exchange(GraphPatch patch, Node node, string opType, IEnumerable<Value?> inputs, AttributeList? attributes = null)
    {
        var result = patch.AddValue("", node.Outputs[0]!.Type);
        patch.AddNode(opType, inputs, [result], attributes, node.Name);
        patch.Replace(node.Outputs[0]!, result);
        patch.Remove(node);
    }
}
