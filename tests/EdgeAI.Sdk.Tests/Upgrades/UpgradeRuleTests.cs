using EdgeAI.Graph;
using EdgeAI.Graph.Operators;
using EdgeAI.Graph.Upgrades;

namespace EdgeAI.Sdk.Tests.Upgrades;

/// <summary>Each rule: the old form and the current one give the same in ONNX Runtime, and verifier and inference take the result.</summary>
public sealed class UpgradeRuleTests
{
    private static IEnumerable<TestCaseData> Cases() => UpgradeCases.All.Select(item => new TestCaseData(item).SetArgDisplayNames(item.ToString()));

    [TestCaseSource(nameof(Cases))]
    public void Rule_OldForm_GivesWhatTheCurrentFormGives(object item)
    {
        var one = (UpgradeCase)item;
        var current = one.BuildCurrent();
        var asIs = AsIs(one);
        TestContext.Out.WriteLine(asIs is null ? "ONNX Runtime refuses the old form" : "ONNX Runtime takes the old form: compared with it too");
        Assert.That(current is not null || asIs is not null, "there is something to compare with");
        var expected = current is not null ? OldModel.Run(current) : asIs!.Value;

        var model = one.Build();
        var applied = one.Opset < 7 ? ModelUpgrade.Run(model) : ModelUpgrade.To(model, one.Rule.Contains("channels") ? 21 : one.Rule.StartsWith("grid") || one.Rule.StartsWith("dft") ? 20 : 18);
        Assert.That(applied.Select(upgrade => upgrade.Rule), Does.Contain(one.Rule));
        Assert.That(model.Graph.Nodes.Select(node => node.Name), Is.Unique);
        var found = OldModel.Run(model);
        OldModel.AssertEqual(found, expected, "against the current form", one.Tolerance);
        if (asIs is { } old && one.Rule != "consumed-inputs-left")
        {
            OldModel.AssertEqual(found, old, "against the old form", one.Tolerance);
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void To_EachVersionThatIsNewer_GivesTheSame(object item)
    {
        var one = (UpgradeCase)item;
        var expected = AsIs(one) ?? OldModel.Run(one.BuildCurrent()!);
        foreach (var version in (long[])[11, 13, 17, 18, 20, 21])
        {
            // Before version 12 no text says what a mask is that nothing was dropped by.
            if (one.Rule == "dropout-mask" && version < 12)
            {
                continue;
            }

            var model = one.Build();
            ModelUpgrade.To(model, version);
            Assert.That(model.Opset(""), Is.EqualTo(Math.Max(version, one.Opset)));
            OldModel.AssertEqual(OldModel.Run(model), expected, $"at version {version}", one.Tolerance);
        }

        // ONNX Runtime 1.30 has no kernel of version 22 for some operators (GlobalLpPool, RoiAlign); where it has, the results count.
        var newest = one.Build();
        ModelUpgrade.To(newest, 22);
        GraphVerifier.Verify(newest);
        ShapeInference.Infer(newest);
        if (OldModel.RunAsIs(newest) is { } found)
        {
            OldModel.AssertEqual(found, expected, "at version 22", one.Tolerance);
        }
    }

    /// <summary>ONNX Runtime leaves the mask of an old Dropout unwritten: what it holds says nothing.</summary>
    private static System.Collections.Immutable.ImmutableArray<Hal.Cpu.OnnxValue>? AsIs(UpgradeCase item) =>
        item.Rule == "dropout-mask" ? null : OldModel.RunAsIs(item.Build());

    [TestCaseSource(nameof(Cases))]
    public void Run_Twice_ChangesNothingMore(object item)
    {
        var model = ((UpgradeCase)item).Build();
        ModelUpgrade.Run(model);
        Assert.That(ModelUpgrade.Run(model), Is.Empty);
    }

    [Test]
    public void Rules_EachOne_HasACase()
    {
        var refused = UpgradeTable.Rules.Where(rule => rule.Summary.Contains("refused", StringComparison.Ordinal)).Select(rule => rule.Name);
        Assert.That(UpgradeTable.Rules.Select(rule => rule.Name), Is.Unique);
        Assert.That(UpgradeTable.Rules.Select(rule => rule.Name).Except(refused), Is.EquivalentTo(UpgradeCases.All.Select(item => item.Rule).Distinct()));
    }

    [Test]
    public void Rules_EachOne_IsInTheDocument()
    {
        var document = File.ReadAllText(Path.Combine(Programs.ReadmeTests.Repository, "docs", "upgrades.md"));
        Assert.That(UpgradeTable.Rules.Select(rule => rule.Name).Where(name => !document.Contains(name, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void Table_EveryStepOfEveryOperator_IsKnown()
    {
        var missing = OperatorRegistry.All.Where(schema => schema.Domain.Length == 0)
            .SelectMany(schema => schema.Since.Skip(1).Where(version => version <= ModelUpgrade.NewestOpset && !UpgradeTable.Covers(schema.Name, version)).Select(version => $"{schema.Name} {version}"));
        Assert.That(missing, Is.Empty);
    }
}
