using System.Text;

namespace EdgeAI.Hal.Npu;

/// <summary>
/// Everything that distinguishes one NPU from another: geometry, clock, memories, energy. The same record is read by the
/// compiler (what fits, what it costs), the timing function and the simulator. Change it by <c>with</c>.
/// </summary>
public sealed record NpuConfiguration
{
    /// <summary>Name of the preset or of the customer's variant.</summary>
    public required string Name { get; init; }

    /// <summary>MAC array rows: reduction elements (input channels × taps) per cycle.</summary>
    public required int Rows { get; init; }

    /// <summary>MAC array columns: output channels per cycle.</summary>
    public required int Columns { get; init; }

    /// <summary>What stays in the MAC array.</summary>
    public MacDataflow Dataflow { get; init; }

    /// <summary>Output pixels that each column can accumulate before its weights must pass again.</summary>
    public int AccumulatorDepth { get; init; } = 1024;

    /// <summary>Clock of all engines, in hertz.</summary>
    public required long ClockHertz { get; init; }

    /// <summary>Private memory, in bytes.</summary>
    public required long SramBytes { get; init; }

    /// <summary>Memory that the device may map, in bytes.</summary>
    public long DramBytes { get; init; } = 1L << 30;

    /// <summary>Bytes per cycle between DRAM and the two DMA engines together.</summary>
    public required int DramBytesPerCycle { get; init; }

    /// <summary>Cycles from the start of a DMA command to its first byte.</summary>
    public int DramLatencyCycles { get; init; } = 64;

    /// <summary>Granule of DRAM access in bytes: shorter runs cost as much. A multiple of <see cref="DramBytesPerCycle"/>.</summary>
    public int DramBurstBytes { get; init; } = 32;

    /// <summary>Bytes per cycle of a DMA engine's SRAM port, for contiguous runs; each run costs at least one cycle.</summary>
    public int SramPortBytes { get; init; } = 16;

    /// <summary>Elements per cycle of the vector unit.</summary>
    public required int VectorLanes { get; init; }

    /// <summary>Cycles from the start of a vector command to its first result.</summary>
    public int VectorLatencyCycles { get; init; } = 16;

    /// <summary>Cycles to fetch and hand out one 64-bit command word.</summary>
    public int FetchCyclesPerWord { get; init; } = 1;

    /// <summary>Longest predicted run that the driver accepts, in cycles.</summary>
    public long LongestRunCycles { get; init; } = 10_000_000_000;

    /// <summary>Energy of one multiply-accumulate, in femtojoules.</summary>
    public long MacFemtojoules { get; init; } = 250;

    /// <summary>Energy of one byte to or from SRAM, in femtojoules.</summary>
    public long SramByteFemtojoules { get; init; } = 700;

    /// <summary>Energy of one byte to or from DRAM, in femtojoules.</summary>
    public long DramByteFemtojoules { get; init; } = 40_000;

    /// <summary>Energy of one element step of the vector unit, in femtojoules.</summary>
    public long VectorStepFemtojoules { get; init; } = 400;

    /// <summary>Energy of a cycle in which nothing else happens (leakage, clock), in femtojoules.</summary>
    public long CycleFemtojoules { get; init; } = 20_000;

    /// <summary>Multiply-accumulates per cycle at best.</summary>
    public int MacsPerCycle => Rows * Columns;

    /// <summary>What <see cref="NpuRegister.Capabilities"/> reads.</summary>
    public ulong Capabilities => (ushort)Rows | ((ulong)(ushort)Columns << 16) | ((ulong)(ushort)VectorLanes << 32);

    /// <summary>8×16 MACs, 500 MHz, 256 KiB: the class of Arm Ethos-U55-128.</summary>
    public static NpuConfiguration Micro128 { get; } = new()
    {
        Name = "micro-128", Rows = 8, Columns = 16, AccumulatorDepth = 256, ClockHertz = 500_000_000, SramBytes = 256 << 10,
        DramBytesPerCycle = 2, DramBytes = 256L << 20, VectorLanes = 4, SramPortBytes = 8, CycleFemtojoules = 4_000,
    };

    /// <summary>16×16 MACs, 500 MHz, 384 KiB: the class of Arm Ethos-U55-256.</summary>
    public static NpuConfiguration Micro256 { get; } = new()
    {
        Name = "micro-256", Rows = 16, Columns = 16, AccumulatorDepth = 512, ClockHertz = 500_000_000, SramBytes = 384 << 10,
        DramBytesPerCycle = 2, DramBytes = 256L << 20, VectorLanes = 8, SramPortBytes = 8, CycleFemtojoules = 6_000,
    };

    /// <summary>32×32 MACs, 1 GHz, 1 MiB: about 2 TOPS.</summary>
    public static NpuConfiguration Edge1k { get; } = new()
    {
        Name = "edge-1k", Rows = 32, Columns = 32, ClockHertz = 1_000_000_000, SramBytes = 1 << 20,
        DramBytesPerCycle = 8, VectorLanes = 32,
    };

    /// <summary>64×64 MACs, 1 GHz, 2 MiB: about 8 TOPS.</summary>
    public static NpuConfiguration Phone4k { get; } = new()
    {
        Name = "phone-4k", Rows = 64, Columns = 64, ClockHertz = 1_000_000_000, SramBytes = 2 << 20, DramBytes = 4L << 30,
        DramBytesPerCycle = 16, DramBurstBytes = 64, SramPortBytes = 32, VectorLanes = 64, CycleFemtojoules = 60_000,
    };

    /// <summary>
    /// The parameters of Arm Ethos-U55-128 in Vela's high-end system: 128 MACs and 500 MHz, SRAM at 4 GB/s, flash at 0.5 GB/s in
    /// bursts of 128 bytes after 64 cycles, element-wise at 1.5 cycles per element (here 1). What it is good for: docs/npu/vela.md.
    /// </summary>
    public static NpuConfiguration U55Like128 { get; } = new()
    {
        Name = "u55-128-like", Rows = 8, Columns = 16, AccumulatorDepth = 1024, ClockHertz = 500_000_000, SramBytes = 384 << 10, DramBytes = 256L << 20,
        DramBytesPerCycle = 1, DramBurstBytes = 128, SramPortBytes = 8, VectorLanes = 1, CycleFemtojoules = 4_000,
    };

    /// <summary>The same with 256 MACs and element-wise at 0.75 cycles per element (here 1).</summary>
    public static NpuConfiguration U55Like256 { get; } = U55Like128 with { Name = "u55-256-like", Rows = 16, CycleFemtojoules = 6_000 };

    /// <summary>
    /// A bare systolic array as SCALE-Sim counts it: no overlap of folds, and memories, vector unit and command fetch so fast that
    /// the array alone is seen. Its layers' cycles equal SCALE-Sim's.
    /// </summary>
    public static NpuConfiguration Systolic(int rows, int columns, MacDataflow dataflow) => new()
    {
        Name = $"systolic-{rows}x{columns}-{(dataflow == MacDataflow.SystolicOutputs ? "os" : "ws")}", Rows = rows, Columns = columns, Dataflow = dataflow,
        AccumulatorDepth = 1 << 20, ClockHertz = 1_000_000_000, SramBytes = 64 << 20, DramBytes = 4L << 30, DramBytesPerCycle = 1024, DramBurstBytes = 1024,
        DramLatencyCycles = 0, SramPortBytes = 1024, VectorLanes = 65_536, VectorLatencyCycles = 0, FetchCyclesPerWord = 0,
    };

    /// <summary>The presets, smallest first.</summary>
    public static IReadOnlyList<NpuConfiguration> Presets { get; } = [Micro128, Micro256, Edge1k, Phone4k];

    /// <summary>Machines of others, to hold this one's counts against theirs.</summary>
    public static IReadOnlyList<NpuConfiguration> References { get; } =
    [
        U55Like128, U55Like256, Systolic(16, 16, MacDataflow.SystolicOutputs), Systolic(16, 16, MacDataflow.SystolicWeights),
        Systolic(32, 32, MacDataflow.SystolicOutputs), Systolic(32, 32, MacDataflow.SystolicWeights),
    ];

    /// <summary>The preset or reference of that name.</summary>
    /// <exception cref="DeviceUnavailableException">There is none; the message lists those there are.</exception>
    public static NpuConfiguration ByName(string name) =>
        Presets.Concat(References).FirstOrDefault(preset => preset.Name == name)
        ?? throw new DeviceUnavailableException($"There is no NPU configuration '{name}'; there are {string.Join(", ", Presets.Concat(References).Select(preset => preset.Name))}.");

    /// <summary>Checks that the numbers can be computed with.</summary>
    /// <exception cref="ArgumentException">One is out of range; the message names it.</exception>
    public NpuConfiguration Validate()
    {
        Check(Rows, 1, 4096, nameof(Rows));
        Check(Columns, 1, 4096, nameof(Columns));
        Check((long)Dataflow, 0, 2, nameof(Dataflow));
        Check(AccumulatorDepth, 1, 1 << 20, nameof(AccumulatorDepth));
        Check(ClockHertz, 1, 100_000_000_000, nameof(ClockHertz));
        Check(SramBytes, 1024, 1L << 31, nameof(SramBytes));
        Check(DramBytes, 1024, 1L << 40, nameof(DramBytes));
        Check(DramBytesPerCycle, 1, 65_536, nameof(DramBytesPerCycle));
        Check(DramLatencyCycles, 0, 1 << 20, nameof(DramLatencyCycles));
        Check(DramBurstBytes, 1, 65_536, nameof(DramBurstBytes));
        Check(DramBurstBytes % DramBytesPerCycle, 0, 0, $"{nameof(DramBurstBytes)} modulo {nameof(DramBytesPerCycle)}");
        Check(SramPortBytes, 1, 65_536, nameof(SramPortBytes));
        Check(VectorLanes, 1, 65_536, nameof(VectorLanes));
        Check(VectorLatencyCycles, 0, 1 << 20, nameof(VectorLatencyCycles));
        Check(LongestRunCycles, 1, 1L << 50, nameof(LongestRunCycles));
        Check(FetchCyclesPerWord, 0, 1 << 10, nameof(FetchCyclesPerWord));
        foreach (var energy in (ReadOnlySpan<long>)[MacFemtojoules, SramByteFemtojoules, DramByteFemtojoules, VectorStepFemtojoules, CycleFemtojoules])
        {
            Check(energy, 0, 1_000_000_000, "an energy");
        }

        return this;
    }

    /// <summary>Every parameter, "Name = edge-1k, Rows = 32, …": equal for equal machines.</summary>
    public string ToParameterText()
    {
        var text = new StringBuilder();
        _ = PrintMembers(text);
        return text.ToString();
    }

    /// <summary>"edge-1k: 32×32 MACs, 1000 MHz, 1024 KiB SRAM, 8 B/cycle DRAM, 32 lanes".</summary>
    public override string ToString() =>
        $"{Name}: {Rows}×{Columns} MACs, {ClockHertz / 1_000_000} MHz, {SramBytes >> 10} KiB SRAM, {DramBytesPerCycle} B/cycle DRAM, {VectorLanes} lanes";

    private static void Check(long value, long minimum, long maximum, string name)
    {
        if (value < minimum || value > maximum)
        {
            throw new ArgumentException($"NPU configuration: {name} is {value}, expected {minimum}…{maximum}.");
        }
    }
}
