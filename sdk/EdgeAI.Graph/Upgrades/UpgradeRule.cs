namespace EdgeAI.Graph.Upgrades;

/// <summary>Turns a node of an older version of its operator into nodes of a newer one that give the same.</summary>
/// <param name="Name">Name for reports, errors and docs/upgrades.md.</param>
/// <param name="Version">The version of ai.onnx whose form it gives; for a defect the version from which on the old form is one.</param>
/// <param name="Operators">The operators that it is for, separated by blanks.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Lift">Changes the node, or leaves it where its old form means the same in the new version.</param>
internal sealed record UpgradeRule(string Name, int Version, string Operators, string Summary, Action<UpgradeSite> Lift)
{
    /// <summary>The operators one by one.</summary>
    public string[] OperatorNames => Operators.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>For defects: true where the node has it. Looks at the node alone, so that a sound model is scanned quickly.</summary>
    public Func<Node, bool>? IsSeen { get; init; }
}
