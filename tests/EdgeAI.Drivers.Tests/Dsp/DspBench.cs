using System.Collections.Immutable;
using System.Runtime.InteropServices;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Tests.Dsp;

/// <summary>Runs programs that are written as text on the simulated unit.</summary>
internal static class DspBench
{
    /// <summary>An executable whose tensors have the types and shapes given, in the order of the image's regions.</summary>
    public static Executable Executable(string text, DataType type = DataType.Float32, params byte[][] constants)
    {
        var image = ProgramAssembler.Assemble(text);
        return new Executable(
            DspImage.Format,
            new(Specs("x", type, image.Regions.Inputs), Specs("y", type, image.Regions.Outputs)),
            image.ToBytes(),
            [.. constants.Select((data, index) => new ConstantBlob($"c{index}", data))],
            []);
    }

    /// <summary>Runs once and returns the only output.</summary>
    public static T[] Run<T>(string text, params T[][] inputs)
        where T : unmanaged => Run(text, out _, inputs);

    /// <summary>Runs once and returns the only output and the statistics.</summary>
    public static T[] Run<T>(string text, out RunStatistics statistics, params T[][] inputs)
        where T : unmanaged
    {
        using var device = new DspDevice(new SimulatedDsp(DspConfiguration.HubDsp));
        using var loaded = device.Load(Executable(text, DataTypes.Of<T>()));
        var views = inputs.Select(input => View(device, MemoryMarshal.AsBytes<T>(input))).ToArray();
        using var run = loaded.Prepare(views, [default]);
        statistics = run.Execute();
        var result = new T[loaded.Signature.Outputs[0].Shape.ElementCount];
        run.Output(0).Buffer!.Read(0, MemoryMarshal.AsBytes(result.AsSpan()));
        return result;
    }

    public static BufferView View(Device device, ReadOnlySpan<byte> data)
    {
        var buffer = device.Allocate(data.Length);
        buffer.Write(0, data);
        return new BufferView(buffer);
    }

    public static float[] Random(int count, int seed, float scale = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => ((float)random.NextDouble() - 0.5f) * 2 * scale)];
    }

    private static ImmutableArray<TensorSpec> Specs(string name, DataType type, ImmutableArray<long> sizes) =>
        [.. sizes.Select((size, index) => new TensorSpec($"{name}{index}", type, new Shape(size * 8 / type.BitCount())))];
}
