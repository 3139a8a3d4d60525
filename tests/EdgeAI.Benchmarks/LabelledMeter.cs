using System.Globalization;
using EdgeAI.Quantization;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>Right answers of a float model, of its integer model on the CPU, and of that on the simulated NPU.</summary>
internal sealed class LabelledMeter : IDisposable
{
    private readonly EdgeRuntime _cpu = DeviceSet.Cpu.Create();
    private readonly EdgeRuntime _devices = DeviceSet.Accelerated.Create();
    private readonly EdgeModel _float;
    private readonly EdgeModel _integer;
    private readonly EdgeModel _placed;
    private readonly NoiseMeter _noise = new();
    private readonly int[] _right = new int[3];
    private int _equal;
    private int _count;

    public LabelledMeter(string floatPath, string integerPath)
    {
        _float = _cpu.Load(floatPath);
        _integer = _cpu.Load(integerPath);
        _placed = _devices.Load(integerPath, LoadOptions.Default with { Devices = ["npu"] });
    }

    public void Run(IEnumerable<LabelledInput> inputs)
    {
        foreach (var input in inputs)
        {
            Add(input, _float.Run([input.Feed]), _integer.Run([input.Feed]), _placed.Run([input.Feed]));
        }
    }

    public IEnumerable<string> Cells() =>
        [$"{_count}", .. _right.Select(count => $"{count}"), $"{_equal}", _noise.Sqnr.ToString("F2", CultureInfo.InvariantCulture)];

    public void Dispose()
    {
        _float.Dispose();
        _integer.Dispose();
        _placed.Dispose();
        _devices.Dispose();
        _cpu.Dispose();
    }

    private void Add(LabelledInput input, ModelResult real, ModelResult integer, ModelResult placed)
    {
        _count++;
        _right[0] += input.IsRight(real, real) ? 1 : 0;
        _right[1] += input.IsRight(integer, real) ? 1 : 0;
        _right[2] += input.IsRight(placed, real) ? 1 : 0;
        _equal += integer.Zip(placed).All(pair => pair.First.Bytes.SequenceEqual(pair.Second.Bytes)) ? 1 : 0;
        foreach (var (expected, found) in real.Zip(integer))
        {
            _noise.Add(expected.AsSpan<float>(), found.AsSpan<float>());
        }
    }
}
