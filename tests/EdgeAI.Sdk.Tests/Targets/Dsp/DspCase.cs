using System.Runtime.InteropServices;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Partitioning;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Dsp;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Targets.Dsp;

/// <summary>A small graph that runs on ONNX Runtime and, compiled as one segment, on the simulated vector processor.</summary>
internal sealed class DspCase(int opset = 17)
{
    private readonly List<(string Name, DataType Type, long[] Extents, byte[] Data, bool IsConstant)> _operands = [];
    private readonly List<(string Op, string Inputs, string Outputs, string Domain, (string Name, object Value)[] Attributes)> _nodes = [];
    private readonly List<string> _outputs = [];

    public DspConfiguration Configuration { get; init; } = DspConfiguration.HubDsp;

    public DspCase Input<T>(string name, long[] extents, params T[] data)
        where T : unmanaged => Operand(name, extents, data, false);

    public DspCase Constant<T>(string name, long[] extents, params T[] data)
        where T : unmanaged => Operand(name, extents, data, true);

    /// <summary>An input of random numbers in [low, high).</summary>
    public DspCase Random(string name, long[] extents, float low = -4, float high = 4, int seed = 1) =>
        Input(name, extents, Numbers(extents, low, high, seed));

    public DspCase RandomConstant(string name, long[] extents, float low = -1, float high = 1, int seed = 2) =>
        Constant(name, extents, Numbers(extents, low, high, seed));

    public DspCase Node(string op, string inputs, string outputs, params (string Name, object Value)[] attributes) => Domain("", op, inputs, outputs, attributes);

    public DspCase Domain(string domain, string op, string inputs, string outputs, params (string Name, object Value)[] attributes)
    {
        _nodes.Add((op, inputs, outputs, domain, attributes));
        return this;
    }

    public DspCase Output(params string[] names)
    {
        _outputs.AddRange(names);
        return this;
    }

    /// <summary>The graph with inferred shapes.</summary>
    public Model Model()
    {
        var graph = new ModelGraph("case");
        var model = new Model(graph) { IrVersion = 8 };
        (model.OpsetImports[""], model.OpsetImports["com.microsoft"]) = (opset, 1);
        foreach (var (name, type, extents, data, isConstant) in _operands)
        {
            if (isConstant)
            {
                graph.AddConstant(name, new ConstantTensor(type, new Shape(extents), data));
            }
            else
            {
                graph.AddInput(graph.AddValue(name, new TensorType(type, new Shape(extents))));
            }
        }

        foreach (var (op, inputs, outputs, domain, attributes) in _nodes)
        {
            graph.AddNode(
                op, inputs.Split(' ').Select(name => name == "_" ? null : graph.Values[name]), outputs.Split(' ').Select(name => graph.AddValue(name)).ToList(),
                new AttributeList(attributes.Select(attribute => new NodeAttribute(attribute.Name, Attribute(attribute.Value)))), domain: domain);
        }

        _outputs.ForEach(name => graph.AddOutput(graph.Values[name]));
        ShapeInference.Infer(model);
        return model;
    }

    /// <summary>Outputs of ONNX Runtime, as bytes with their true shapes.</summary>
    public IReadOnlyList<(TensorSpec Spec, byte[] Data)> RunReference() => MeasureReference(run =>
    {
        run.Execute();
        return _outputs.Select((_, i) => (run.OutputSpec(i), Bytes(run.Output(i)))).ToList();
    });

    /// <summary>Hands a prepared run on ONNX Runtime over.</summary>
    public T MeasureReference<T>(Func<DeviceRun, T> measure)
    {
        using var device = new CpuDevice(new CpuOptions { Threads = 1 });
        using var loaded = device.Load(new Executable(CpuDevice.Format, new([], []), OnnxWriter.ToBytes(Model()), [], []));
        using var run = loaded.Prepare(Feeds(device), new BufferView[_outputs.Count]);
        return measure(run);
    }

    /// <summary>The segment of all nodes.</summary>
    public GraphSegment Segment()
    {
        var model = Model();
        return new GraphSegment(0, model, UnitGrouper.Group(model.Graph), [.. model.Graph.Inputs], [.. model.Graph.Outputs]);
    }

    /// <summary>The first refusal of any unit, or null.</summary>
    public Refusal? Check() => Segment().Units.Select(new DspTarget(Configuration).Check).FirstOrDefault(refusal => refusal is not null);

    public Executable Compile()
    {
        var result = new DspTarget(Configuration).Compile(Segment());
        Assert.That(result, Is.TypeOf<CompileSuccess>(), (result as CompileFailure)?.Refusal.ToString());
        return ((CompileSuccess)result).Executable;
    }

    /// <summary>Outputs of the simulated unit.</summary>
    public IReadOnlyList<byte[]> RunDsp() => MeasureDsp(run =>
    {
        run.Execute();
        return _outputs.Select((_, i) => Bytes(run.Output(i))).ToList();
    });

    /// <summary>Hands a prepared run on the simulated unit over.</summary>
    public T MeasureDsp<T>(Func<DeviceRun, T> measure)
    {
        using var device = new DspDevice(new SimulatedDsp(Configuration));
        using var loaded = device.Load(Compile());
        using var run = loaded.Prepare(Feeds(device), new BufferView[_outputs.Count]);
        return measure(run);
    }

    /// <summary>Asserts equal bytes (tolerance 0), or |found − expected| ≤ relative · |expected| + absolute for each float.</summary>
    public void AssertAgrees(double relative = 0, double absolute = 0)
    {
        var (expected, found) = (RunReference(), RunDsp());
        for (var output = 0; output < expected.Count; output++)
        {
            if (relative == 0 && absolute == 0)
            {
                Assert.That(found[output], Is.EqualTo(expected[output].Data), expected[output].Spec.Name);
                continue;
            }

            var (a, b) = (MemoryMarshal.Cast<byte, float>(found[output]).ToArray(), MemoryMarshal.Cast<byte, float>(expected[output].Data).ToArray());
            Assert.That(a, Has.Length.EqualTo(b.Length));
            for (var i = 0; i < a.Length; i++)
            {
                var isRight = a[i].Equals(b[i]) || Math.Abs((double)a[i] - b[i]) <= (relative * Math.Abs(b[i])) + absolute;
                Assert.That(isRight, $"{expected[output].Spec.Name}[{i}]: found {a[i]:R}, expected {b[i]:R}");
            }
        }
    }

    public static float[] Numbers(long[] extents, float low, float high, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, (int)extents.Aggregate(1L, (product, extent) => product * extent)).Select(_ => low + ((high - low) * random.NextSingle()))];
    }

    private DspCase Operand<T>(string name, long[] extents, T[] data, bool isConstant)
        where T : unmanaged
    {
        _operands.Add((name, DataTypes.Of<T>(), extents, MemoryMarshal.AsBytes(data.AsSpan()).ToArray(), isConstant));
        return this;
    }

    private BufferView[] Feeds(Device device) =>
        [.. _operands.Where(operand => !operand.IsConstant).Select(operand =>
        {
            var buffer = device.Allocate(operand.Data.Length);
            buffer.Write(0, operand.Data);
            return new BufferView(buffer);
        })];

    private static byte[] Bytes(BufferView view)
    {
        var data = new byte[view.ByteCount];
        view.Buffer!.Read(view.Offset, data);
        return data;
    }

    private static AttributeValue Attribute(object value) => value switch
    {
        float number => new AttributeValue.Float(number),
        int or long => new AttributeValue.Int(Convert.ToInt64(value)),
        string text => new AttributeValue.Text(System.Text.Encoding.UTF8.GetBytes(text)),
        long[] numbers => new AttributeValue.Ints([.. numbers]),
        _ => throw new ArgumentException($"{value.GetType()}", nameof(value)),
    };
}
