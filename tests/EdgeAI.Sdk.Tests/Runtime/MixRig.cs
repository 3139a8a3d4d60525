using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Runtime;

/// <summary>A plan for mix devices, loaded, with what its runs must give.</summary>
internal sealed class MixRig : IDisposable
{
    private readonly DeviceCatalog _catalog;

    public MixRig(Plan plan, TimeProvider? clock = null, Func<Device, Device>? wrap = null, Func<byte, double>? simulatedSeconds = null)
    {
        Plan = plan;
        Devices = [.. plan.Devices.Select(device => new MixDevice(device.Id) { SimulatedSeconds = simulatedSeconds ?? (_ => double.NaN) })];
        _catalog = new DeviceCatalog(Devices.Select(device => DeviceFinding.Found(wrap?.Invoke(device) ?? device)));
        Executor = new Executor(plan, _catalog, clock);
    }

    public Plan Plan { get; }

    public IReadOnlyList<MixDevice> Devices { get; }

    public Executor Executor { get; }

    public byte[][] Feed(int seed)
    {
        var random = new Random(seed);
        return [.. Plan.Inputs.Select(input =>
        {
            var bytes = new byte[Plan.Tensors[input].Spec.ByteCount];
            random.NextBytes(bytes);
            return bytes;
        })];
    }

    public static void Write(RunContext context, byte[][] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            context.Input(i).Buffer!.Write(context.Input(i).Offset, inputs[i]);
        }
    }

    public static byte[] Output(RunContext context, int index)
    {
        var view = context.Output(index);
        var bytes = new byte[view.ByteCount];
        view.Buffer!.Read(view.Offset, bytes);
        return bytes;
    }

    /// <summary>Runs once and compares every byte.</summary>
    public void RunAndCheck(RunContext context, int seed, string where)
    {
        var inputs = Feed(seed);
        Write(context, inputs);
        context.Run();
        Check(index => Output(context, index), inputs, where);
    }

    public void Check(Func<int, byte[]> output, byte[][] inputs, string where)
    {
        var expected = MixPlan.Expected(Plan, inputs);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.That(output(i), Is.EqualTo(expected[i]), $"{where}, output {i}");
        }
    }

    public void Dispose()
    {
        Executor.Dispose();
        _catalog.Dispose();
    }
}
