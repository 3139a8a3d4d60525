using EdgeAI.Graph;
using EdgeAI.Sdk.Tests.Graph;

namespace EdgeAI.Sdk.Tests.Upgrades;

/// <summary>A node in an old form, and the same in the form of version 17 where that is told from another source than the rule.</summary>
/// <param name="Rule">The rule that must lift it.</param>
/// <param name="Name">What is special about it.</param>
/// <param name="Opset">The version that it is written in.</param>
/// <param name="Old">Builds it.</param>
/// <param name="Current">Builds the same for version 17, with the same inputs; null: ONNX Runtime must take the old form itself.</param>
/// <param name="Tolerance">Largest relative difference; 0 for equal bits.</param>
internal sealed record UpgradeCase(string Rule, string Name, long Opset, Action<TestGraph> Old, Action<TestGraph>? Current = null, double Tolerance = 0)
{
    public Model Build() => Build(Opset, Old);

    public Model? BuildCurrent() => Current is null ? null : Build(17, Current);

    /// <inheritdoc/>
    public override string ToString() => $"{Rule}, {Name}";

    private static Model Build(long opset, Action<TestGraph> build)
    {
        var test = new TestGraph(opset);
        build(test);
        return test.Model;
    }
}
