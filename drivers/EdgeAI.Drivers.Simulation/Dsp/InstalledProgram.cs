using System.Collections.Immutable;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Drivers.Simulation.Dsp;

/// <summary>A decoded program with what its instructions need prepared: costs, and tables for Fourier transforms.</summary>
internal sealed unsafe class InstalledProgram : IDisposable
{
    private readonly ImmutableArray<Instruction> _instructions;
    private readonly ImmutableArray<DspCost> _costs;
    private readonly Dictionary<long, FourierKernel> _transforms = [];
    private readonly LoopEngine _engine;
    private readonly SoftmaxKernel _softmax;

    public InstalledProgram(DspImage image, DspConfiguration configuration, LoopEngine engine)
    {
        (_instructions, _costs, _engine) = (image.Instructions, DspTiming.PerInstruction(image, configuration), engine);
        _softmax = new SoftmaxKernel(engine);
        foreach (var fourier in _instructions.OfType<FourierFrames>())
        {
            if (!_transforms.ContainsKey(fourier.Length))
            {
                _transforms.Add(fourier.Length, new FourierKernel(new FourierPlan((int)fourier.Length)));
            }
        }
    }

    /// <summary>Executes all instructions; the cycle counter is the sum of their costs.</summary>
    public DspCompletion Run(nint* regions, long cycleLimit, CancellationToken cancellationToken)
    {
        var cycles = 0L;
        for (var i = 0; i < _instructions.Length; i++)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return new(DspStatus.Cancelled, cycles, i);
            }

            cycles += _costs[i].Cycles;
            if (cycles > cycleLimit)
            {
                return new(DspStatus.TimedOut, cycles, i);
            }

            Execute(_instructions[i], regions);
        }

        return new(DspStatus.Done, cycles, _instructions.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var transform in _transforms.Values)
        {
            transform.Dispose();
        }
    }

    private void Execute(Instruction instruction, nint* regions)
    {
        switch (instruction)
        {
            case VectorLoop loop:
                _engine.Run(loop, regions);
                break;
            case MatrixProduct product:
                MatrixKernel.Run(product, regions);
                break;
            case FourierFrames fourier:
                _transforms[fourier.Length].Run(fourier, regions);
                break;
            case SoftmaxAxis softmax:
                _softmax.Run(softmax, regions);
                break;
            case StridedCopy copy:
                CopyKernel.Run(copy, regions);
                break;
            case StridedFill fill:
                CopyKernel.Run(fill, regions);
                break;
        }
    }
}
