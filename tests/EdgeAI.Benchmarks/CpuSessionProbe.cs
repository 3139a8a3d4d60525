using EdgeAI.Graph;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Benchmarks;

/// <summary>A float model alone in the kind of session that calibration uses: node by node, on all threads.</summary>
internal sealed class CpuSessionProbe : IDisposable
{
    private readonly CpuDevice _cpu = new(new CpuOptions { Optimization = GraphOptimization.None });
    private readonly Quantization.ModelSession _session;

    public CpuSessionProbe(Model model) => _session = new CpuModelSession(_cpu, model);

    public void Run(IReadOnlyList<ConstantTensor> sample) => _session.Run(sample);

    public void Dispose()
    {
        _session.Dispose();
        _cpu.Dispose();
    }
}
