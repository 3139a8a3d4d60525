using EdgeAI.Compiler;
using EdgeAI.Compiler.Targets.Npu.Lowering;
using DspOperators = EdgeAI.Compiler.Targets.Dsp.OperatorTable;

namespace EdgeAI.Sdk.Tests.Targets;

/// <summary>The list of operators by device has every row of the devices' tables.</summary>
public sealed class OperatorCoverageTests
{
    private static readonly IReadOnlyList<OperatorCoverage> Rows = OperatorCoverage.All();

    [Test]
    public void All_EveryLoweringOfTheNpu_IsListed() =>
        Assert.That(LoweringTable.Rows.SelectMany(row => row.Operators).Except(Names("npu")), Is.Empty);

    [Test]
    public void All_EveryRowOfTheDsp_IsListed() => Assert.That(DspOperators.Names.Except(Names("dsp")), Is.Empty);

    [Test]
    public void All_IntegerForms_AreListedForTheNpu() =>
        Assert.That(Names("npu"), Is.SupersetOf(new[] { "QLinearConv", "QLinearMatMul", "com.microsoft.QLinearAdd", "com.microsoft.QGemm", "com.microsoft.QLinearConcat" }));

    private static IEnumerable<string> Names(string device) =>
        Rows.Where(row => row.Devices.Contains(device)).Select(row => row.Domain == "ai.onnx" ? row.Name : $"{row.Domain}.{row.Name}");
}
