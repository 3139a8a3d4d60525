using System.Collections.Immutable;

namespace EdgeAI.Hal.Cpu;

/// <summary>How far ONNX Runtime optimizes a model's graph when it loads it. Below <see cref="All"/> quantized models give other numbers.</summary>
public enum GraphOptimization
{
    /// <summary>Nodes run as they are written.</summary>
    None = 0,
    /// <summary>Folding of constants, removal of dead nodes.</summary>
    Basic = 1,
    /// <summary>Fusions.</summary>
    Extended = 2,
    /// <summary>Layouts of convolutions.</summary>
    Layout = 3,
    /// <summary>Everything; what "equal to ONNX Runtime" refers to.</summary>
    All = 99,
}

/// <summary>Settings of the CPU device, for everything that is loaded on it.</summary>
public sealed record CpuOptions
{
    /// <summary>Threads of one operator, the calling thread included.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Graph optimization level.</summary>
    public GraphOptimization Optimization { get; init; } = GraphOptimization.All;

    /// <summary>True lets idle threads spin for more work: less latency for more power. Off by default.</summary>
    public bool Spinning { get; init; }

    /// <summary>
    /// True makes 8-bit products exact on x64 processors without VNNI (slower there), false leaves them saturating, null
    /// (default) decides by the processor at hand.
    /// </summary>
    public bool? ExactInt8Products { get; init; }

    /// <summary>
    /// True makes <see cref="DeviceRun.Submit"/> start the run on the thread pool, so that it overlaps with what the caller
    /// does before it waits; it holds a thread of the pool as long as it runs, so that timers wait where all are held. Off by default: the run is done inside <see cref="DeviceRun.Wait"/> on the caller's thread.
    /// </summary>
    public bool Background { get; init; }

    /// <summary>More configuration entries of ONNX Runtime, for example "session.disable_prepacking" = "1". They win over the settings above.</summary>
    public ImmutableDictionary<string, string> SessionEntries { get; init; } = ImmutableDictionary<string, string>.Empty;
}
