using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// A Pad by zeros before a convolution (by the zero point before a quantized one), whose result only that reads, becomes part of the
/// convolution's own padding. Weights are finite: 0·∞ is no 0.
/// </summary>
internal sealed class FoldPad : GraphRewrite
{
    public override string Name => "fold-pad";

    protected internal override ImmutableArray<string> Operators => ["Conv", "QLinearConv"];

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (node.Domain.Length > 0 || node.Input(0) is not { } input || node.Attributes.Text("auto_pad", "NOTSET") is not "NOTSET" || !HasFiniteWeights(model, node))
        {
            return null;
        }

        return input.Producer is { } maker && maker.Is("DequantizeLinear") && node.Is("Conv") ? MatchQuantized(model, node, maker)
            : PadOf(model, node, input, node.Is("QLinearConv") ? node.Input(2) : null) is { } pad ? Exchange(model, node, pad)
            : null;
    }

    /// <summary>Pad and DequantizeLinear before the convolution, or a whole DQ-Pad-Q group before that.</summary>
    private GraphPatch? MatchQuantized(Model model, Node node, Node dequantizer)
    {
        if (!Known.HasOneReader(dequantizer.Outputs[0]!) || dequantizer.Input(0) is not { } integers || !IsPerTensor(model, dequantizer))
        {
            return null;
        }

        if (integers.Producer is { } quantizer && quantizer.Is("QuantizeLinear") && Known.HasOneReader(integers))
        {
            return PadOf(model, node, quantizer.Inputs[0]!, null) is { } padded && padded.Inputs[0]!.Producer is { } first && first.Is("DequantizeLinear")
                && RemoveRequantize.HaveEqualParameters(model, quantizer, dequantizer) && RemoveRequantize.HaveEqualParameters(model, quantizer, first)
                && first.Inputs[0]!.Element == integers.Element
                ? Exchange(model, node, padded)
                : null;
        }

        if (dequantizer.Input(2) is not { } zero || PadOf(model, node, integers, zero) is not { } pad)
        {
            return null;
        }

        var patch = new GraphPatch(Name, node.Graph);
        var real = patch.AddValue("", new TensorType(dequantizer.Outputs[0]!.Element, pad.Inputs[0]!.Shape));
        patch.AddNode("DequantizeLinear", [pad.Inputs[0], .. dequantizer.Inputs.Skip(1)], [real], dequantizer.Attributes, dequantizer.Name);
        Exchange(patch, model, node, pad, real);
        patch.Remove(dequantizer);
        patch.Remove(pad);
        return patch;
    }

    private GraphPatch Exchange(Model model, Node node, Node pad)
    {
        var patch = new GraphPatch(Name, node.Graph);
        Exchange(patch, model, node, pad, pad.Inputs[0]!);
        return patch;
    }

    private static void Exchange(GraphPatch patch, Model model, Node node, Node pad, Value source)
    {
        var more = Known.Numbers(model, pad, 1, "pads")!;
        var rank = more.Length / 2;
        var own = node.Attributes.Ints("pads");
        long[] begins = [.. more.Take(rank).Skip(2)];
        long[] ends = [.. more.Skip(rank + 2)];
        var sums = begins.Concat(ends).Select((count, i) => count + (own.IsDefault ? 0 : own[i]));
        Known.Exchange(patch, node, node.OpType, [source, .. node.Inputs.Skip(1)], node.Attributes.With("pads", new AttributeValue.Ints([.. sums])));
    }

    /// <summary>The Pad that made a value by that number (null: 0) along spatial axes, where nobody else reads it.</summary>
    private static Node? PadOf(Model model, Node node, Value value, Value? zero)
    {
        if (value.Producer is not { } pad || !pad.Is("Pad") || !ReferenceEquals(pad.Graph, node.Graph) || !Known.HasOneReader(value) || value.Shape.Rank < 3
            || pad.Input(3) is not null || pad.Attributes.Text("mode", "constant") != "constant" || !PadsBy(model, pad, zero))
        {
            return null;
        }

        var pads = Known.Numbers(model, pad, 1, "pads");
        var rank = value.Shape.Rank;
        var own = node.Attributes.Ints("pads");
        return pads?.Length == 2 * rank && (own.IsDefault || own.Length == 2 * (rank - 2)) && pads.All(count => count is >= 0 and < int.MaxValue) && new[] { 0, 1, rank, rank + 1 }.All(place => pads[place] == 0) ? pad : null;
    }

    private static bool PadsBy(Model model, Node pad, Value? zero)
    {
        if (zero is null)
        {
            return pad.Inputs[0]!.Element is DataType.Float32 or DataType.Float16 or DataType.Float64 && pad.Attributes.Float("value", 0) == 0
                && (pad.Input(2) is not { } number || (Known.Constant(model, number) is { } constant && !constant.Data.Span.ContainsAnyExcept((byte)0)));
        }

        var expected = Known.Constant(model, zero);
        return expected is { Type: DataType.Int8 or DataType.UInt8, Data.Length: 1 }
            && (pad.Input(2) is { } given ? Known.Constant(model, given) is { } found && found.Data.Span.SequenceEqual(expected.Data.Span) : expected.Data.Span[0] == 0);
    }

    /// <summary>One scale, which is finite: (z − z)·∞ is no 0.</summary>
    private static bool IsPerTensor(Model model, Node dequantizer) =>
        Known.Constant(model, dequantizer.Input(1)) is { } scale && scale.Shape.ElementCount == 1 && AreWithin(scale, double.MaxValue);

    private static bool HasFiniteWeights(Model model, Node node) =>
        node.Is("QLinearConv")
        || (IsPadded(node) && (node.Input(1)?.Producer is { } maker ? MakesFinite(model, maker) : Known.Constant(model, node.Input(1)) is { } weights && AreWithin(weights, double.MaxValue)));

    /// <summary>True for a DequantizeLinear of integers, none of which can be infinite after the product with its constant scale.</summary>
    private static bool MakesFinite(Model model, Node maker) =>
        maker.Is("DequantizeLinear") && maker.Input(0) is { Element: var type }
        && type is DataType.Int4 or DataType.UInt4 or DataType.Int8 or DataType.UInt8 or DataType.Int16 or DataType.UInt16 or DataType.Int32 && Known.Constant(model, maker.Input(1)) is { } scale
        && (maker.Outputs[0]!.Element == scale.Type || maker.Outputs[0]!.Element == DataType.Undefined)
        && AreWithin(scale, (scale.Type == DataType.Float16 ? (double)Half.MaxValue : float.MaxValue) / Math.Pow(2, type.BitCount() + 1));

    /// <summary>True where every number is finite and its magnitude within the limit.</summary>
    private static bool AreWithin(ConstantTensor numbers, double limit) => numbers.Type switch
    {
        DataType.Float32 => numbers.AsSpan<float>().ToArray().All(item => float.IsFinite(item) && Math.Abs(item) <= limit),
        DataType.Float64 => numbers.AsSpan<double>().ToArray().All(item => double.IsFinite(item) && Math.Abs(item) <= limit),
        DataType.Float16 => numbers.AsSpan<Half>().ToArray().All(item => Half.IsFinite(item) && Math.Abs((double)item) <= limit),
        _ => false,
    };

    /// <summary>Weights are looked at only where there is a Pad to fold.</summary>
    private static bool IsPadded(Node node) => node.Input(0)?.Producer is { OpType: "Pad" or "DequantizeLinear" };
}
