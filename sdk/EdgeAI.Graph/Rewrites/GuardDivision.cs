using System.Collections.Immutable;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Rewrites;

/// <summary>
/// Keeps processors from dividing the smallest integer by −1, which ONNX Runtime does not survive: with e = (b = −1), a / b becomes
/// a / (b + 2e) · (1 − 2e), which wraps as the type does, and a mod b becomes a mod (b + 2e). Where the divisor is a constant
/// without −1, or the elements are no integers of 32 or 64 bits, nothing changes.
/// </summary>
internal sealed class GuardDivision : GraphRewrite
{
    public override string Name => "guard-division";

    protected internal override ImmutableArray<string> Operators => ["Div", "Mod"];

    /// <summary>True for divisions that may trap and are not guarded yet.</summary>
    public static bool IsOpen(Node node) => IntegerDivision.MayTrap(node) && !IsGuarded(node.Inputs[1]!);

    protected internal override GraphPatch? Match(Model model, Node node)
    {
        if (!IsOpen(node) || node.Outputs[0] is null)
        {
            return null;
        }

        var patch = new GraphPatch(Name, node.Graph);
        var (dividend, divisor) = (node.Inputs[0]!, node.Inputs[1]!);
        var twice = AddTwiceIsMinusOne(patch, divisor);
        var safe = AddOf(patch, "Add", divisor, twice);
        if (node.OpType == "Mod")
        {
            Known.Exchange(patch, node, "Mod", [dividend, safe], node.Attributes);
            return patch;
        }

        var quotient = patch.AddValue("", node.Outputs[0]!.Type);
        patch.AddNode("Div", [dividend, safe], [quotient], node.Attributes, node.Name);
        Known.Exchange(patch, node, "Mul", [quotient, AddOf(patch, "Sub", Number(patch, divisor.Element, 1), twice)]);
        return patch;
    }

    /// <summary>2 where the divisor is −1, else 0.</summary>
    private static Value AddTwiceIsMinusOne(GraphPatch patch, Value divisor)
    {
        var isMinusOne = patch.AddValue("", new TensorType(DataType.Boolean, divisor.Shape));
        patch.AddNode("Equal", [divisor, Number(patch, divisor.Element, -1)], [isMinusOne]);
        var asNumber = patch.AddValue("", divisor.Type);
        patch.AddNode("Cast", [isMinusOne], [asNumber], new AttributeList(new NodeAttribute("to", new AttributeValue.Int((long)divisor.Element))));
        return AddOf(patch, "Mul", asNumber, Number(patch, divisor.Element, 2));
    }

    /// <summary>One of the two has the divisor's shape, the other has it too or is a number.</summary>
    private static Value AddOf(GraphPatch patch, string opType, Value left, Value right) =>
        patch.AddResult(opType, left.Constant is null ? left.Type : right.Type, left, right);

    private static Value Number(GraphPatch patch, DataType type, int number) => patch.AddConstant("",
        type == DataType.Int32 ? ConstantTensor.Of(Shape.Scalar, number) : ConstantTensor.Of<long>(Shape.Scalar, number));

    /// <summary>True for b + 2·(b = −1), which is never −1.</summary>
    private static bool IsGuarded(Value divisor) =>
        divisor.Producer is { } sum && sum.Is("Add") && sum.Input(0) is { } original
        && sum.Input(1)?.Producer is { } twice && twice.Is("Mul") && IsNumber(twice.Input(1), 2)
        && twice.Input(0)?.Producer is { } cast && cast.Is("Cast")
        && cast.Input(0)?.Producer is { } equal && equal.Is("Equal") && ReferenceEquals(equal.Input(0), original) && IsNumber(equal.Input(1), -1);

    private static bool IsNumber(Value? value, int number) => value?.Constant is { Shape.ElementCount: 1 } constant && Known.IsAll(constant, number);
}
