using System.Collections.Immutable;

namespace EdgeAI.Drivers.Simulation;

/// <summary>What goes wrong in an NPU, and what a driver should make of it.</summary>
public enum NpuFaultKind
{
    /// <summary>It stops working and says nothing; a reset helps.</summary>
    Hang,
    /// <summary>It stops working, and a reset has no effect: the device is lost.</summary>
    DeadHang,
    /// <summary>The run ends as it should without the interrupt line going up: the run is good.</summary>
    LostInterrupt,
    /// <summary>The interrupt line goes up though nothing has ended: the run is good.</summary>
    SpuriousInterrupt,
    /// <summary>It stops working and the interrupt line goes up again and again; a reset helps.</summary>
    InterruptStorm,
    /// <summary>It finds a command malformed.</summary>
    ParseError,
    /// <summary>An access outside mapped memory.</summary>
    BusError,
    /// <summary>A copy engine fails.</summary>
    DmaError,
    /// <summary>Memory gives data that cannot be corrected.</summary>
    EccError,
    /// <summary>Its power fails for a moment, and it says so.</summary>
    PowerLoss,
    /// <summary>It was reset in mid-stream and waits for work as if nothing had been asked.</summary>
    ResetInStream,
    /// <summary>It is gone: all registers read as ones, now and ever after.</summary>
    Removal,
}

/// <summary>One fault to inject. It does not strike where the run ends before its cycle.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Run">In which run since the device was made, from 0.</param>
/// <param name="AtCycle">After how many cycles of that run.</param>
public readonly record struct NpuFault(NpuFaultKind Kind, long Run, long AtCycle)
{
    private static readonly NpuFaultKind[] AllKinds = Enum.GetValues<NpuFaultKind>();

    /// <summary>A script that follows from a seed: the same on every machine.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="count">How many faults.</param>
    /// <param name="runs">They strike in runs before this one.</param>
    /// <param name="cycles">They strike before this cycle of their run.</param>
    /// <param name="kinds">Which kinds; none: all.</param>
    public static ImmutableArray<NpuFault> Script(int seed, int count, long runs, long cycles, params ReadOnlySpan<NpuFaultKind> kinds)
    {
        var random = new Random(seed);
        var script = ImmutableArray.CreateBuilder<NpuFault>(count);
        for (var i = 0; i < count; i++)
        {
            script.Add(new((kinds.IsEmpty ? AllKinds : kinds)[random.Next(kinds.IsEmpty ? AllKinds.Length : kinds.Length)], random.NextInt64(runs), random.NextInt64(cycles)));
        }

        return script.MoveToImmutable();
    }
}
