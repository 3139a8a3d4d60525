using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Compiler;

/// <summary>Plans of random graphs, placed at random over two devices: valid, nothing overwritten while it lives, right results.</summary>
public sealed class PlanEmitterTests
{
    [Test]
    public void Emit_RandomGraph_KeepsLiveTensorsApart([Range(1, 25)] int seed)
    {
        var (bytes, plan) = RandomPlan(seed);
        plan.Validate();
        var lifetimes = Lifetimes(plan);
        for (var a = 0; a < plan.Tensors.Length; a++)
        {
            for (var b = a + 1; b < plan.Tensors.Length; b++)
            {
                var (x, y) = (plan.Tensors[a], plan.Tensors[b]);
                var isApart = x.Device != y.Device || lifetimes[a].Last < lifetimes[b].First || lifetimes[b].Last < lifetimes[a].First
                    || x.Offset + x.Spec.ByteCount <= y.Offset || y.Offset + y.Spec.ByteCount <= x.Offset;
                Assert.That(isApart, $"seed {seed}: {x} lives {lifetimes[a]}, {y} lives {lifetimes[b]}");
            }
        }

        foreach (var tensor in plan.Tensors)
        {
            Assert.That(tensor.Offset + tensor.Spec.ByteCount, Is.LessThanOrEqualTo(plan.Devices[tensor.Device].ArenaByteCount), $"seed {seed}: {tensor}");
        }

        Assert.That(plan.Steps.OfType<CopyStep>().Select(step => step.To), Is.Unique, $"seed {seed}: a value is copied to a device once");
        Assert.That(bytes, Is.Not.Empty);
    }

    [Test]
    public void Emit_RandomGraph_RunsAsTheWholeModel([Range(1, 25)] int seed)
    {
        var (bytes, plan) = RandomPlan(seed);
        var values = Enumerable.Range(0, 12).Select(i => MathF.Sin(i + seed)).ToArray();
        using var oracle = new OnnxOracle();
        var expected = oracle.Run(bytes, new Dictionary<string, EdgeTensor> { ["x"] = EdgeTensor.Of<float>(values, 3, 4) });
        using var devices = new DeviceCatalog([DeviceFinding.Found(new CpuDevice()), DeviceFinding.Found(new SecondCpu("acc"))]);
        using var executor = new Executor(plan, devices);
        var context = executor.Rent();
        for (var run = 0; run < 2; run++)
        {
            context.Input(0).Buffer!.Write(context.Input(0).Offset, System.Runtime.InteropServices.MemoryMarshal.AsBytes(values.AsSpan()));
            context.Run();
            for (var i = 0; i < expected.Length; i++)
            {
                var found = new byte[context.Output(i).ByteCount];
                context.Output(i).Buffer!.Read(context.Output(i).Offset, found);
                Assert.That(found, Is.EqualTo(((OnnxValue.Tensor)expected[i]).Data), $"seed {seed}, run {run}, output {i}, {PlacementStageTests.Devices(plan)}");
            }
        }

        executor.Return(context);
    }

    [Test]
    public void Emit_InputReadTwice_KeepsItsPlaceToTheEnd()
    {
        var plan = PlacementStageTests.Compile(PlacementStageTests.Chain("Neg", "Abs", "Exp"), new FakeTarget("acc") { Takes = unit => unit.Anchor.OpType == "Abs" });
        var input = plan.Tensors[plan.Inputs[0]];
        Assert.That(plan.Tensors.Where(tensor => tensor != input && tensor.Device == 0).All(tensor =>
            tensor.Offset >= input.Offset + input.Spec.ByteCount || tensor.Offset + tensor.Spec.ByteCount <= input.Offset));
    }

    private static (byte[] Bytes, Plan Plan) RandomPlan(int seed)
    {
        var random = new Random(seed);
        var model = new TinyOnnx().Input("x", DataType.Float32, 3, 4).Output("y", DataType.Float32, 3, 4).Output("z", DataType.Float32, 3, 4);
        var names = new List<string> { "x" };
        var count = random.Next(3, 16);
        for (var i = 0; i < count; i++)
        {
            var name = i == count - 1 ? "y" : i == count - 2 ? "z" : $"h{i}";
            var (a, b) = (names[random.Next(names.Count)], names[^1]);
            var op = random.Next(5);
            model.Node(op switch { 0 => "Neg", 1 => "Abs", 2 => "Add", 3 => "Sub", _ => "Max" }, op < 2 ? b : $"{a} {b}", name);
            names.Add(name);
        }

        var bytes = model.Build();
        var taken = Enumerable.Range(0, count).Select(_ => random.Next(2) == 0).ToArray();
        return (bytes, PlacementStageTests.Compile(bytes, new FakeTarget("acc") { Takes = unit => taken[unit.Index] }));
    }

    /// <summary>First and last step that touch each tensor, told from the steps alone; inputs and outputs live to the end.</summary>
    private static (int First, int Last)[] Lifetimes(Plan plan)
    {
        var lifetimes = Enumerable.Repeat((First: int.MaxValue, Last: -1), plan.Tensors.Length).ToArray();
        void Touch(int tensor, int step) => lifetimes[tensor] = (Math.Min(lifetimes[tensor].First, step), Math.Max(lifetimes[tensor].Last, step));
        for (var step = 0; step < plan.Steps.Length; step++)
        {
            foreach (var tensor in plan.Steps[step] switch
            {
                RunStep run => run.Inputs.Concat(run.Outputs),
                CopyStep copy => [copy.From, copy.To],
                _ => throw new InvalidOperationException(),
            })
            {
                Touch(tensor, step);
            }
        }

        foreach (var input in plan.Inputs)
        {
            Touch(input, 0);
            Touch(input, plan.Steps.Length);
        }

        foreach (var output in plan.Outputs)
        {
            Touch(output, plan.Steps.Length);
        }

        return lifetimes;
    }
}
