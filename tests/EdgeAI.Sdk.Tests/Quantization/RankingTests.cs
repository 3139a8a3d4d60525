using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization;
using EdgeAI.Sdk.Tests.Graph;
using static EdgeAI.Sdk.Tests.Quantization.QuantizedTestModel;

namespace EdgeAI.Sdk.Tests.Quantization;

/// <summary>Layers that cannot be quantized alone, and results whose size depends on data.</summary>
public sealed class RankingTests
{
    private static readonly QuantizationOptions Symmetric = QuantizationOptions.Default with { SymmetricActivations = true };

    [Test]
    public void Rank_ReluThatIsNotAbsorbed_CostsNothingAlone()
    {
        using var quantizer = new ModelQuantizer();
        var (calibrated, samples) = Calibrate(quantizer, TwoConvolutions().Model);
        var layers = quantizer.Core.Rank(calibrated, samples);
        Assert.That(layers.Select(layer => layer.Operator), Is.EquivalentTo(new[] { "Conv", "Relu", "Conv" }));
        Assert.That(layers.Single(layer => layer.Operator == "Relu").Sqnr, Is.EqualTo(double.PositiveInfinity));
    }

    [Test]
    public void Mix_ReluThatIsNotAbsorbed_FindsALayerToQuantize()
    {
        using var quantizer = new ModelQuantizer();
        var (calibrated, samples) = Calibrate(quantizer, TwoConvolutions().Model);
        var layers = quantizer.Core.Rank(calibrated, samples);
        var mixed = quantizer.Core.Mix(calibrated, layers, samples, layers[0].Sqnr + 0.1);
        Assert.That(mixed.IsReached, $"{mixed.Score} dB");
        Assert.That(mixed.FloatLayers.Length, Is.InRange(1, 2), "one convolution is quantized");
        Assert.That(mixed.Evaluations, Is.GreaterThan(1), "counted where nobody hears of progress too");
    }

    [Test]
    public void Mix_OnlyTheFloatModelIsGoodEnough_HasTheFloatModelsScore()
    {
        var test = new TestGraph(17);
        test.Output(test.Node("Relu", "", test.Node("Conv", "", test.Input("f32[1,2,3,3]"), test.Constant<float>(new Shape(2, 2, 1, 1), 1, 2, 3, 4))));
        using var quantizer = new ModelQuantizer();
        var (calibrated, samples) = Calibrate(quantizer, test.Model);
        var mixed = quantizer.Core.Mix(calibrated, quantizer.Core.Rank(calibrated, samples), samples, 1000);
        Assert.That((mixed.IsReached, mixed.Score, mixed.FloatLayers.Length), Is.EqualTo((true, double.PositiveInfinity, mixed.LayerCount)));
    }

    [Test]
    public void Measure_OutputsWhoseSizeDependsOnData_CountsThem()
    {
        var test = new TestGraph(17);
        var conv = test.Node("Conv", "", test.Input("f32[1,1,1,4]", "x"), test.Constant<float>(new Shape(1, 1, 1, 1), 1f));
        test.Output(test.Node("Cast", "to=1", test.Node("NonZero", "", conv)));
        using var quantizer = new ModelQuantizer();
        IReadOnlyList<IReadOnlyList<ConstantTensor>> samples = [[ConstantTensor.Of<float>(new Shape(1, 1, 1, 4), 1000f, 0.5f, 0.3f, 900f)], [ConstantTensor.Of<float>(new Shape(1, 1, 1, 4), 1000f, 500f, 300f, 900f)]];
        var calibrated = quantizer.Core.Calibrate(test.Model, samples, seesAll: true);
        var report = quantizer.Core.Measure(calibrated, calibrated.Quantize(), samples);
        Assert.That((report.MeasuredSamples, report.IncomparableSamples, report.OutputSqnr.Single()), Is.EqualTo((2, 1, double.PositiveInfinity)));
        Assert.That(quantizer.Core.Rank(calibrated, samples), Has.Length.EqualTo(1));
    }

    [Test]
    public void NoiseMeter_UnequalLengths_Refuses() =>
        Assert.That(() => new NoiseMeter().Add([1f, 2f], [1f]), Throws.ArgumentException.With.Message.Contain("2 values cannot be compared with 1"));

    [Test]
    public void Measure_QuantizedModelIsRefused_ClosesTheFloatOne()
    {
        using var quantizer = new ModelQuantizer();
        var (calibrated, samples) = Calibrate(quantizer, TwoConvolutions().Model);
        using var float32 = new ClosedSession();
        var loads = 0;
        var core = new StaticQuantizer(quantizer.Load, null, _ => loads++ == 0 ? float32 : throw new QuantizationException("refused"));
        Assert.That(() => core.Measure(calibrated, calibrated.Quantize(), samples), Throws.TypeOf<QuantizationException>().With.Message.EqualTo("refused"));
        Assert.That(float32.IsClosed);
    }

    [TestCase(1, 1)]
    [TestCase(100, 2)]
    public void Calibrate_SymbolicBatch_LoadsAsManyPartsAsTheSamplesNeed(int batch, int parts)
    {
        var test = new TestGraph(17);
        var first = test.Node("Conv", "", test.Input("f32[N,3,6,6]", "x"), test.Constant<float>(new Shape(4, 3, 1, 1), Random(12, 1)));
        test.Output(test.Node("Conv", "", test.Node("Sigmoid", "", first), test.Constant<float>(new Shape(2, 4, 1, 1), Random(8, 2))));
        using var quantizer = new ModelQuantizer();
        var loads = 0;
        var core = new StaticQuantizer(model => Counted(model, ref loads));
        core.Calibrate(test.Model, [[ConstantTensor.Of<float>(new Shape(batch, 3, 6, 6), Random(batch * 108, 3))]], QuantizationOptions.Default with { MaximumActivationBytes = 120_000 });
        Assert.That(loads, Is.EqualTo(parts));

        ModelSession Counted(Model model, ref int count)
        {
            count++;
            return quantizer.Load(model);
        }
    }

    [Test]
    public void Session_ShapeIsRefused_IsRefusedAgainAndTakesAnother()
    {
        var test = new TestGraph(17);
        test.Output(test.Node("Gemm", "", test.Input("f32[1,2]", "x"), test.Constant<float>(new Shape(2, 2), 1, 2, 3, 4)));
        using var quantizer = new ModelQuantizer();
        using var session = quantizer.Load(test.Model);
        ConstantTensor[] wrong = [ConstantTensor.Of<float>(new Shape(1, 3), 1, 2, 3)];
        Assert.That(() => session.Run(wrong), Throws.InstanceOf<EdgeException>());
        Assert.That(() => session.Run(wrong), Throws.InstanceOf<EdgeException>());
        session.Run([ConstantTensor.Of<float>(new Shape(1, 2), 1, 1)]);
        Assert.That(session.Output(0).Length, Is.EqualTo(8));
    }

    private sealed class ClosedSession : ModelSession
    {
        public bool IsClosed { get; private set; }

        public override void Run(IReadOnlyList<ConstantTensor> feeds, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public override TensorSpec OutputSpec(int index) => throw new NotSupportedException();

        public override ReadOnlySpan<byte> Output(int index) => throw new NotSupportedException();

        protected override void Dispose(bool disposing) => IsClosed = true;
    }

    private static (CalibratedModel Calibrated, List<IReadOnlyList<ConstantTensor>> Samples) Calibrate(ModelQuantizer quantizer, Model model)
    {
        var samples = Samples(model, 3).ToList();
        return (quantizer.Core.Calibrate(model, samples, Symmetric, seesAll: true), samples);
    }
}
