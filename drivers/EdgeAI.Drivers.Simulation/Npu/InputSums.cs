using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Simulation.Npu;

/// <summary>
/// What weights with zero points take from a dense convolution: Σ x·(w − z) = Σ x·w − z·Σ x, with the sum of a pixel's inputs taken once
/// for all output channels of a group.
/// </summary>
internal sealed unsafe class InputSums
{
    private readonly Workspace.Slot _slot;
    private readonly int _tapCount;
    private readonly int _depth;
    private readonly int _flipped;
    private readonly long _pixels;

    public InputSums(Convolution command, StagedInput input, int pixels, Workspace.Slot slot)
    {
        (_slot, _tapCount, _depth) = (slot, input.Window.Taps, input.TapBytes);
        _flipped = input.IsFlipped ? unchecked((int)(128L * command.Window.Taps * (command.Input.Channels / command.Groups))) : 0;
        _pixels = slot.Take((long)pixels * sizeof(int));
    }

    /// <summary>The sums of the pixels computed last.</summary>
    public int* Pixels => (int*)_slot[_pixels];

    /// <summary>Sums the inputs of some pixels, channels from <paramref name="offset"/>; what pads channels to the granule is 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Compute(byte** taps, long offset, int count)
    {
        var ones = Vector256.Create((sbyte)1);
        for (var pixel = 0; pixel < count; pixel++)
        {
            var (sum, rest) = (Vector256<int>.Zero, 0);
            for (var tap = 0; tap < _tapCount; tap++)
            {
                var values = *taps++ + offset;
                var i = 0;
                for (; i <= _depth - Vector256<byte>.Count; i += Vector256<byte>.Count)
                {
                    sum = DotProduct.Add(sum, Vector256.Load(values + i), ones);
                }

                for (; i < _depth; i++)
                {
                    rest += values[i];
                }
            }

            Pixels[pixel] = Vector256.Sum(sum) + rest - _flipped;
        }
    }
}
