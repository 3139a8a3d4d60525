using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Graph;
using EdgeAI.Hal.Dsp;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Targets.Dsp;

/// <summary>Every unit of every shared model gets an answer: a cost, or a reason.</summary>
public sealed class DspModelTests
{
    [Test]
    public void CheckAndEstimate_EveryUnitOfEverySharedModel_CostOrReason()
    {
        var target = new DspTarget(DspConfiguration.HubDsp);
        var (taken, refused) = (0, 0);
        foreach (var name in SharedData.Models())
        {
            foreach (var unit in Units(SharedData.Path("models", name)))
            {
                if (target.Check(unit) is { } refusal)
                {
                    refused++;
                    Assert.That(refusal.Reason, Is.Not.Empty);
                    continue;
                }

                taken++;
                Assert.That(target.Estimate(unit).Seconds, Is.GreaterThanOrEqualTo(0).And.LessThan(100), $"{name}: {unit}");
            }
        }

        TestContext.Out.WriteLine($"{taken} units run on the DSP, {refused} do not");
        Assert.That(taken > 0 || !SharedData.IsHere);
    }

    private static IEnumerable<GraphUnit> Units(string path)
    {
        try
        {
            var model = OnnxReader.Read(path);
            ShapeInference.Infer(model);
            return UnitGrouper.Group(model.Graph);
        }
        catch (ModelFormatException)
        {
            return []; // the readers' tests judge these files
        }
    }
}
