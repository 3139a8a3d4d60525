using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators.Families;

/// <summary>
/// The smallest number of 32 or 64 bits divided by −1 passes the type, and processors trap it: ONNX Runtime, which checks for 0
/// only, takes its process down with it, at loading where both operands are constants.
/// </summary>
internal static class IntegerDivision
{
    /// <summary>True for constants that hold such a pair, wherever in them.</summary>
    public static bool Traps(Node node) =>
        IsOne(node) && node.Input(0)?.Constant is { } dividend && node.Input(1)?.Constant is { } divisor
        && dividend.Type == divisor.Type && Holds(dividend, isSmallest: true) && Holds(divisor, isSmallest: false);

    /// <summary>True for integers of 32 and 64 bits unless the divisor is a constant without −1.</summary>
    public static bool MayTrap(Node node) => MayTrapIfInteger(node) && node.Input(0)?.Element is DataType.Int32 or DataType.Int64;

    /// <summary>The same where nothing is known of the elements: inside a branch that inference has not looked at.</summary>
    public static bool MayTrapUnknown(Node node) => MayTrapIfInteger(node) && node.Input(0)?.Element is DataType.Undefined;

    private static bool MayTrapIfInteger(Node node) => IsOne(node) && (node.Input(1)?.Constant is not { } divisor || Holds(divisor, isSmallest: false));

    private static bool IsOne(Node node) => node.Is("Div") || (node.Is("Mod") && node.Attributes.Int("fmod", 0) == 0);

    private static bool Holds(ConstantTensor tensor, bool isSmallest) => tensor.Type switch
    {
        DataType.Int32 => tensor.AsSpan<int>().Contains(isSmallest ? int.MinValue : -1),
        DataType.Int64 => tensor.AsSpan<long>().Contains(isSmallest ? long.MinValue : -1),
        _ => false,
    };
}
