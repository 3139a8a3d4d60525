using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Operators.Families;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators;

/// <summary>a = b.</summary>
internal static class Equal
{
    public static OperatorSchema Schema { get; } = new("Equal", 1, 7, 11, 13, 19)
    {
        Inputs = "A:T B:T",
        Outputs = "C:T1",
        Types = "T=any T1=bool",
        Infer = Elementwise.Broadcast,
        Propagate = context => Elementwise.Integers(context, Compare),
    };

    /// <summary>A symbol is an extent, so it never equals a negative number.</summary>
    private static SymbolicInteger Compare(SymbolicInteger a, SymbolicInteger b) =>
        a.IsSameAs(b) ? SymbolicInteger.Of(1)
        : IsNegative(a) && b.IsNeverNegative || IsNegative(b) && a.IsNeverNegative ? SymbolicInteger.Of(0)
        : SymbolicInteger.Both(a, b, static (x, y) => x == y ? 1 : 0);

    private static bool IsNegative(SymbolicInteger item) => item is { IsKnown: true, Value: < 0 };
}
