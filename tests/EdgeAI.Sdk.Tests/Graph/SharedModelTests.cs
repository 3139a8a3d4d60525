using EdgeAI.Graph;
using EdgeAI.Graph.Operators;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>The shared models, against what ONNX Runtime really makes of them.</summary>
public sealed class SharedModelTests
{
    /// <summary>Numbers for named extents where 1 does not do.</summary>
    private static readonly Dictionary<string, long> Symbols = new()
    {
        ["seq_len"] = 3, ["past_seq_len"] = 2, ["total_seq_len"] = 5, ["sequence"] = 6, ["past_sequence_length"] = 2,
    };

    /// <summary>Shapes where extents have no names.</summary>
    private static readonly Dictionary<(string Model, string Input), Shape> Shapes = new()
    {
        [("ppocrv2_cls.onnx", "x")] = new(1L, 3L, 48L, 192L),
    };

    private CpuDevice _cpu = null!;

    [OneTimeSetUp]
    public void CreateDevice() => _cpu = new(new CpuOptions { Threads = 2 });

    [OneTimeTearDown]
    public void DisposeDevice() => _cpu.Dispose();

    private static IEnumerable<string> Models => SharedData.Models();

    /// <summary>
    /// Without the one that ONNX Runtime does not load, the one that wants texts, and the one with a branch per sampling rate:
    /// with fixed shapes the branch of the other rate fits no more, and ONNX Runtime refuses it.
    /// </summary>
    private static IEnumerable<string> Runnable => Models.Where(name => !new[] { "_ir1_", "mlnet", "silero" }.Any(part => name.Contains(part, StringComparison.Ordinal)));

    /// <summary>Without two that run for seconds and hold nothing to simplify.</summary>
    private static IEnumerable<string> Light => Runnable.Where(name => !name.Contains("simplified_ssd", StringComparison.Ordinal) && !name.Contains("style_candy", StringComparison.Ordinal));

    [TestCaseSource(nameof(Models))]
    public void Infer_AsTheFileIs_AgreesWithWhatItDeclares(string name)
    {
        var model = Read(name);
        var known = ShapeInference.Graphs(model.Graph).SelectMany(graph => graph.Nodes).Count(node => OperatorRegistry.Find(node.Domain, node.OpType) is not null);
        Assert.That(known, Is.EqualTo(ShapeInference.Graphs(model.Graph).Sum(graph => graph.Nodes.Count)), "every operator is known");
        GraphVerifier.Verify(model);
        ShapeInference.Infer(model);
        GraphVerifier.VerifyTypes(model);
    }

    [TestCaseSource(nameof(Runnable))]
    public void Infer_WithoutWhatTheFileDeclares_IsWhatOnnxRuntimeMakes(string name)
    {
        var model = Read(name);
        foreach (var value in model.Graph.Nodes.SelectMany(node => node.Outputs).OfType<Value>())
        {
            value.Type = null;
        }

        Bind(model, name);
        ShapeInference.Infer(model);
        Expose(model);
        var results = CpuEvaluator.Create(_cpu)(model, Feeds(model));
        var loose = 0;
        for (var i = 0; i < results.Count; i++)
        {
            var (value, real) = (model.Graph.Outputs[i], results[i]);
            if (real is null)
            {
                Assert.That(value.Type, Is.InstanceOf<SequenceType>(), "only sequences come back as nothing");
                continue;
            }

            Assert.That((value.Element, value.Shape.IsCompatibleWith(real.Shape)), Is.EqualTo((real.Type, true)), $"{value}, found {real}, made by {value.Producer}");
            loose += value.Shape.IsStatic ? 0 : 1;
        }

        Assert.That(loose, Is.Zero, "every extent follows from the inputs'");
    }

    [TestCaseSource(nameof(Light))]
    public void Simplify_EachModel_LeavesEveryBitOfTheResults(string name)
    {
        var (model, simple) = (Read(name), Read(name));
        Bind(model, name);
        Bind(simple, name);
        var evaluator = CpuEvaluator.Create(_cpu);
        var steps = GraphRewrites.Simplify(simple, evaluator);
        GraphRewrites.UniqueDequantize.Apply(simple);
        GraphVerifier.Verify(simple);
        GraphVerifier.VerifyTypes(simple);
        Assert.That(simple.Graph.Inputs.Concat(simple.Graph.Outputs).Select(value => value.Name), Is.EqualTo(model.Graph.Inputs.Concat(model.Graph.Outputs).Select(value => value.Name)));
        var (expected, found) = (evaluator(model, Feeds(model)), evaluator(simple, Feeds(simple)));
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.That(found[i]?.Data.ToArray(), Is.EqualTo(expected[i]?.Data.ToArray()), $"{model.Graph.Outputs[i]} after {string.Join(", ", steps)}");
        }
    }

    [Test]
    public void Simplify_MobileNetOfTorchvision_MakesEveryScaleAndZeroPointAConstant()
    {
        var model = Read("cls/mobilenetv2_qdq_int8_op11.onnx");
        GraphRewrites.Simplify(model);
        var quantizers = model.Graph.Nodes.Where(node => node.OpType is "QuantizeLinear" or "DequantizeLinear").ToList();
        Assert.That(quantizers, Has.Count.EqualTo(248));
        Assert.That(quantizers, Has.All.Matches<Node>(node => node!.Input(1)?.Constant is not null && node.Input(2)?.Constant is not null));
        Assert.That(model.Graph.Nodes.Count(node => node.OpType is "Identity" or "Cast"), Is.Zero);
    }

    private static Model Read(string name) => OnnxReader.Read(SharedData.Path("models", name));

    private static void Bind(Model model, string name)
    {
        foreach (var input in model.Graph.Inputs.Where(input => input.Constant is not null).ToList())
        {
            model.Graph.RemoveInput(input);
        }

        var file = Path.GetFileName(name);
        var shapes = model.Graph.Inputs.Where(input => input.Tensor is not null).ToDictionary(input => input.Name, input =>
            Shapes.TryGetValue((file, input.Name), out var shape) ? shape
            : new Shape([.. input.Shape.Select(extent => extent.IsKnown ? extent : extent.Symbol is { } symbol ? Symbols.GetValueOrDefault(symbol, 1) : 1)]));
        ShapeInference.BindInputShapes(model, shapes);
    }

    /// <summary>Makes every tensor of the main graph an output.</summary>
    private static void Expose(Model model)
    {
        var values = model.Graph.Nodes.SelectMany(node => node.Outputs).OfType<Value>().Where(value => value.Element.IsFixedSize() && !model.Graph.Outputs.Contains(value));
        foreach (var value in values.ToList())
        {
            model.Graph.AddOutput(value);
        }
    }

    private static List<ConstantTensor> Feeds(Model model)
    {
        var random = new Random(17);
        return [.. model.Graph.Inputs.Select(input => Feed(input, random))];
    }

    private static ConstantTensor Feed(Value input, Random random)
    {
        var count = (int)input.Shape.ElementCount;
        return input.Element switch
        {
            DataType.Int64 => ConstantTensor.Of<long>(input.Shape, [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(2))]),
            DataType.Int32 => ConstantTensor.Of<int>(input.Shape, [.. Enumerable.Range(0, count).Select(_ => random.Next(2))]),
            DataType.UInt8 => ConstantTensor.Of<byte>(input.Shape, [.. Enumerable.Range(0, count).Select(_ => (byte)random.Next(256))]),
            DataType.Int8 => ConstantTensor.Of<sbyte>(input.Shape, [.. Enumerable.Range(0, count).Select(_ => (sbyte)random.Next(-128, 128))]),
            DataType.Float16 => ConstantTensor.Of<Half>(input.Shape, [.. Enumerable.Range(0, count).Select(_ => (Half)random.NextSingle())]),
            _ => ConstantTensor.Of<float>(input.Shape, [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())]),
        };
    }
}
