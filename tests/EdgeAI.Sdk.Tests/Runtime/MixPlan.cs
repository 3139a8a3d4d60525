using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>Builds plans for <see cref="MixDevice"/>s step by step, packs their tensors so that memory is reused, and says what must come out.</summary>
internal sealed class MixPlan(params string[] devices)
{
    private const int Alignment = 64;

    private readonly List<(TensorSpec Spec, int Device)> _tensors = [];
    private readonly List<PlanExecutable> _executables = [];
    private readonly List<PlanStep> _steps = [];
    private readonly List<int> _inputs = [];
    private readonly List<int> _outputs = [];

    /// <summary>Ids of the devices; the first is the host.</summary>
    public IReadOnlyList<string> Devices => devices;

    public int DeviceOf(int tensor) => _tensors[tensor].Device;

    public int Input(int byteCount)
    {
        _inputs.Add(Tensor(0, byteCount));
        return _inputs[^1];
    }

    public void Output(int tensor) => _outputs.Add(tensor);

    public int Copy(int tensor, int device, double seconds = 1e-3)
    {
        var copy = Tensor(device, (int)_tensors[tensor].Spec.ByteCount);
        _steps.Add(new CopyStep(tensor, copy, new PredictedCost(seconds, 0, 0)));
        return copy;
    }

    /// <summary>The tensor on that device: itself, or a copy through the host.</summary>
    public int On(int tensor, int device) =>
        DeviceOf(tensor) == device ? tensor : DeviceOf(tensor) == 0 || device == 0 ? Copy(tensor, device) : Copy(Copy(tensor, 0), device);

    /// <summary>A program of its own number; its inputs lie on one device, which runs it.</summary>
    public int Run(int device, ReadOnlySpan<int> inputs, int byteCount, double seconds = 1e-3)
    {
        var output = Tensor(device, byteCount);
        var signature = new ExecutableSignature([.. inputs.ToArray().Select(input => _tensors[input].Spec)], [_tensors[output].Spec]);
        _executables.Add(new PlanExecutable(new Executable(MixDevice.Format, signature, new[] { (byte)_executables.Count }, [], []), device, [$"node{_executables.Count}"]));
        _steps.Add(new RunStep(_executables.Count - 1, [.. inputs], [output], new PredictedCost(seconds, 0, 0)));
        return output;
    }

    public Plan Build()
    {
        var (offsets, arenas) = Pack();
        return new Plan(
            "mix", "test",
            [.. devices.Select((id, i) => new PlanDevice(id, arenas[i]))],
            [.. _tensors.Select((tensor, i) => new PlanTensor(tensor.Spec, tensor.Device, offsets[i]))],
            [.. _executables], [.. _steps], [.. _inputs], [.. _outputs],
            new PlanReport([], "none", 0, 0, []));
    }

    /// <summary>What a plan must give, computed step by step with memory for every tensor of its own.</summary>
    public static byte[][] Expected(Plan plan, byte[][] inputs)
    {
        var values = new byte[plan.Tensors.Length][];
        for (var i = 0; i < inputs.Length; i++)
        {
            values[plan.Inputs[i]] = inputs[i];
        }

        foreach (var step in plan.Steps)
        {
            if (step is CopyStep copy)
            {
                values[copy.To] = values[copy.From];
            }
            else if (step is RunStep run)
            {
                var output = values[run.Outputs[0]] = new byte[plan.Tensors[run.Outputs[0]].Spec.ByteCount];
                MixDevice.Mix(plan.Executables[run.Executable].Executable.Code.Span[0], [.. run.Inputs.Select(input => values[input])], [output]);
            }
        }

        return [.. plan.Outputs.Select(output => values[output])];
    }

    /// <summary>A random graph over three devices in which most tensors die soon.</summary>
    public static MixPlan Random(Random random, int steps)
    {
        var plan = new MixPlan("cpu", "npu", "dsp");
        var live = new List<int> { plan.Input(random.Next(1, 300)), plan.Input(random.Next(1, 300)) };
        for (var i = 0; i < steps; i++)
        {
            var device = random.Next(3);
            var inputs = Enumerable.Range(0, random.Next(1, 3)).Select(_ => live[random.Next(live.Count)]).Distinct().ToList();
            live.Add(plan.Run(device, [.. inputs.Select(input => plan.On(input, device))], random.Next(1, 300)));
            if (live.Count > 4)
            {
                live.RemoveAt(random.Next(live.Count - 1));
            }
        }

        foreach (var tensor in live.TakeLast(3))
        {
            plan.Output(plan.On(tensor, 0));
        }

        return plan;
    }

    private int Tensor(int device, int byteCount)
    {
        _tensors.Add((new TensorSpec($"t{_tensors.Count}", DataType.UInt8, new Shape(byteCount)), device));
        return _tensors.Count - 1;
    }

    /// <summary>Each tensor at the lowest place that is free in its life by the order of the steps.</summary>
    private (long[] Offsets, long[] Arenas) Pack()
    {
        var lives = Enumerable.Range(0, _tensors.Count).Select(Life).ToArray();
        var (offsets, arenas) = (new long[_tensors.Count], new long[devices.Length]);
        for (var i = 0; i < offsets.Length; i++)
        {
            var others = Enumerable.Range(0, i)
                .Where(other => _tensors[other].Device == _tensors[i].Device && lives[other].First <= lives[i].Last && lives[i].First <= lives[other].Last)
                .OrderBy(other => offsets[other]);
            foreach (var other in others)
            {
                if (offsets[i] < offsets[other] + _tensors[other].Spec.ByteCount && offsets[other] < offsets[i] + _tensors[i].Spec.ByteCount)
                {
                    offsets[i] = (offsets[other] + _tensors[other].Spec.ByteCount + Alignment - 1) / Alignment * Alignment;
                }
            }

            arenas[_tensors[i].Device] = Math.Max(arenas[_tensors[i].Device], offsets[i] + _tensors[i].Spec.ByteCount);
        }

        return (offsets, arenas);
    }

    private (int First, int Last) Life(int tensor)
    {
        var uses = Enumerable.Range(0, _steps.Count).Where(step => Touches(_steps[step], tensor)).ToList();
        var first = _inputs.Contains(tensor) ? 0 : uses.FirstOrDefault();
        return (first, _inputs.Contains(tensor) || _outputs.Contains(tensor) ? _steps.Count : uses.LastOrDefault());
    }

    private static bool Touches(PlanStep step, int tensor) => step switch
    {
        RunStep run => run.Inputs.Contains(tensor) || run.Outputs.Contains(tensor),
        CopyStep copy => copy.From == tensor || copy.To == tensor,
        _ => false,
    };
}
