using EdgeAI.Hal.Npu;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>Every kind of quantized operator with random extents, parameters and scales, on machines with much and with little SRAM.</summary>
public sealed class NpuRandomOperatorTests
{
    private const int PerKind = 2;

    private static readonly NpuConfiguration[] Machines = [NpuConfiguration.Phone4k, NpuRig.Tiny];

    private static IEnumerable<long> Opsets => RandomOperator.All.Select(kind => kind.Opset).Distinct();

    [Test]
    public void Compile_RandomOperators_AreWithinTheirTolerance([Range(1, 3)] int seed, [Values(0, 1)] int machine, [ValueSource(nameof(Opsets))] long opset)
    {
        var (random, model, made) = (new Random(seed), new QdqModel(opset), new List<RandomOperator>());
        foreach (var kind in RandomOperator.All.Where(kind => kind.Opset == opset).SelectMany(kind => Enumerable.Repeat(kind, PerKind)))
        {
            model.Output(kind.Build(model, random));
            made.AddRange(Enumerable.Repeat(kind, model.Outputs.Count - made.Count));
        }

        using var comparison = new NpuComparison(Machines[machine]);
        var results = comparison.Run(model, random);
        Assert.Multiple(() =>
        {
            foreach (var result in results)
            {
                Assert.That(result.Units, Is.LessThanOrEqualTo(made[result.Output].Units), $"seed {seed}, {Machines[machine].Name}, {made[result.Output].Name}: {model.Outputs[result.Output]}");
            }
        });
        Assert.That(results.Count(result => result.Refusal is null), Is.GreaterThan(results.Count * 9 / 10), string.Join("\n", results.Select(result => result.Refusal).OfType<string>().Distinct()));
    }

    [Test]
    public void Tolerances_NameEveryKindOnce_AndNoOther() =>
        Assert.That(NpuTolerances.Kinds, Is.EquivalentTo(RandomOperator.All.Select(kind => kind.Name)));

    [Test]
    public void Tolerances_AreExactOrOneUnit()
    {
        Assert.That(RandomOperator.All.Select(kind => kind.Units), Is.All.InRange(0, 1));
        Assert.That((NpuTolerances.UnitsOf("Conv"), NpuTolerances.UnitsOf("Conv, activation"), NpuTolerances.UnitsOf("Resize, linear"), NpuTolerances.UnitsOf("Erf")), Is.EqualTo((0, 1, 0, 1)));
        Assert.That(() => NpuTolerances.UnitsOf("Hardmax"), Throws.InvalidOperationException.With.Message.Contains("tolerances.md"));
    }
}
