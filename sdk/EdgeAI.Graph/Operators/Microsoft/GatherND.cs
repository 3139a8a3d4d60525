using EdgeAI.Graph.Schemas;

namespace EdgeAI.Graph.Operators.Microsoft;

/// <summary>Slices picked by index tuples.</summary>
internal static class GatherND
{
    public static OperatorSchema Schema { get; } = new("GatherND", 1)
    {
        Domain = "com.microsoft",
        Inputs = "data:T indices:Tind",
        Outputs = "output:T",
        Types = "T=any Tind=index",
        Infer = Operators.GatherND.Run,
    };
}
