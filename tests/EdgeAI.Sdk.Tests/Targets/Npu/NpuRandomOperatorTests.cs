using EdgeAI.Hal.Npu;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>Every kind of quantized operator with random extents, parameters and scales, on machines with much and with little SRAM.</summary>
public sealed class NpuRandomOperatorTests
{
    private const int PerKind = 2;

    private static readonly NpuConfiguration[] Machines = [NpuConfiguration.Phone4k, NpuRig.Tiny];

    [Test]
    public void Compile_RandomOperators_AreWithinTheirTolerance([Range(1, 3)] int seed, [Values(0, 1)] int machine)
    {
        var (random, model, made) = (new Random(seed), new QdqModel(), new List<RandomOperator>());
        foreach (var kind in RandomOperator.All.SelectMany(kind => Enumerable.Repeat(kind, PerKind)))
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
}
