using EdgeAI.Compiler;

namespace EdgeAI.Sdk.Tests.Compiler;

/// <summary>The plan, executed on the simulated devices, takes no longer than what a fixed order of devices makes of the model. All models: tests/EdgeAI.Benchmarks, verb placement.</summary>
public sealed class BaselinePlanTests
{
    [Test]
    public void Load_OwnModel_LosesToNoPriority(
        [Values("kws/kws_dscnn_int8", "kws/kws_dscnn_convfe_int8", "meter/meter_digit_int8", "meter/meter_detector", "sensor/home_anomaly_int8")] string name,
        [Values("hub", "phone")] string board)
    {
        var (model, profile) = (RunnableModel.Shared($"own/{name}.onnx"), BoardProfile.ByName(board));
        var ours = model.Simulate(profile, null).Seconds;
        foreach (var plan in PriorityPlan.All)
        {
            Assert.That(ours, Is.LessThanOrEqualTo(model.Simulate(profile, plan.Prioritize).Seconds * (1 + 1e-9)), plan.Name);
        }
    }
}
