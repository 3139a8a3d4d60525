using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Api;

/// <summary>Sessions: many runs with the same buffers, and nothing allocated.</summary>
public sealed class SessionTests : ApiFixture
{
    [Test]
    public void Session_WriteRunRead_GivesTheAnswer()
    {
        using var model = Load(AddRelu());
        using var session = model.CreateSession();
        session.Input<float>(0).Fill(2);
        session.Input<float>(1).Fill(-1);
        session.Run();
        Assert.That(session.Output<float>().ToArray(), Is.All.EqualTo(1f));
        session.Input<float>(1).Fill(3);
        session.Run();
        Assert.That(session.Output<float>().ToArray(), Is.All.EqualTo(5f), "inputs keep what was written");
        Assert.That(session.OutputSpec().ToString(), Does.EndWith(": Float32[2,3]"));
    }

    [Test]
    public void Session_OfAShape_HasThatShape()
    {
        using var model = Load(DoubleBatch());
        using var session = model.CreateSession([new Shape(4, 3)]);
        Assert.That(session.Input<float>().Length, Is.EqualTo(12));
    }

    [Test]
    public void Session_WrongType_SaysSo()
    {
        using var model = Load(AddRelu());
        using var session = model.CreateSession();
        Assert.That(() => session.Input<int>().Length, Throws.TypeOf<TensorMismatchException>().With.Message.EqualTo("'a: Float32[2,3]' was asked for as Int32."));
    }

    [Test]
    public void Session_AfterDispose_Throws()
    {
        using var model = Load(AddRelu());
        var session = model.CreateSession();
        session.Dispose();
        session.Dispose();
        Assert.That(() => session.Run(), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Session_OnTheCpu_AllocatesNothing()
    {
        using var model = Load(AddRelu());
        using var session = model.CreateSession();
        Assert.That(Allocations.Least(() => session.Run()), Is.Zero);
    }

    [Test]
    public void Session_Cancellable_AllocatesNothing()
    {
        using var model = Load(AddRelu());
        using var session = model.CreateSession();
        using var source = new CancellationTokenSource();
        Assert.That(Allocations.Least(() => session.Run(source.Token)), Is.Zero);
    }

    [TestCase("own/kws/kws_dscnn_int8.onnx")]
    [TestCase("own/meter/meter_detector_int8.onnx")]
    public void Session_OnTheSimulatedHub_AllocatesNothing(string name)
    {
        using var runtime = DeviceSet.Simulated.Create();
        using var model = runtime.Load(SharedData.Path("models", name));
        using var session = model.CreateSession();
        Assert.That(model.Plan.Steps, Has.Length.GreaterThan(3));
        Assert.That(Allocations.Least(() => session.Run()), Is.Zero);
    }
}
