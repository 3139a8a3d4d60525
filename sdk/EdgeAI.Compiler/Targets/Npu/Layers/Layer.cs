using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>One step of a program: reads maps, writes a map, in tiles that fit SRAM.</summary>
internal abstract class Layer(GraphUnit unit, ImmutableArray<Map> inputs, Map output)
{
    /// <summary>The unit that it was lowered from, to blame and to name.</summary>
    public GraphUnit Unit { get; } = unit;

    public ImmutableArray<Map> Inputs { get; } = inputs;

    public Map Output { get; } = output;

    /// <summary>The best tiling whose buffers take at most <paramref name="budget"/> bytes of SRAM, or null when none fits.</summary>
    public abstract TilePlan? Plan(NpuConfiguration configuration, Residency residency, long budget);

    /// <summary>The engine that does its work.</summary>
    public abstract NpuEngine Engine { get; }

    /// <summary>True where each element of the result may take the place of the operands' elements that it is made from.</summary>
    public virtual bool WritesInPlace => false;

    /// <summary>Commands that it comes to at least, where that does not follow from the tiling.</summary>
    public virtual long CommandCount => 1;

    /// <summary>Bytes of SRAM that the smallest tile needs with all maps in DRAM, for messages.</summary>
    public abstract long SmallestWorkingSet(NpuConfiguration configuration);
}

/// <summary>Which storages live in SRAM; all others in DRAM.</summary>
internal sealed class Residency
{
    private readonly HashSet<Storage> _resident = [];

    public bool Contains(Map map) => _resident.Contains(map.Storage);

    public bool Contains(Storage storage) => _resident.Contains(storage);

    public bool Add(Storage storage) => _resident.Add(storage);

    public bool Remove(Storage storage) => _resident.Remove(storage);
}

/// <summary>SRAM that a layer works in besides resident maps.</summary>
/// <param name="Bytes">Size.</param>
/// <param name="HoldsConstants">True for weights: may be filled before the layer's inputs exist.</param>
internal readonly record struct WorkBuffer(long Bytes, bool HoldsConstants = false)
{
    /// <summary>Alignment of every buffer in SRAM and scratch.</summary>
    public const int Alignment = 64;

    public long AlignedBytes => (Bytes + Alignment - 1) / Alignment * Alignment;
}

/// <summary>A tiling that was chosen: what it needs and how to write its commands.</summary>
/// <param name="Buffers">SRAM that it needs.</param>
/// <param name="Cycles">Estimate of its time.</param>
/// <param name="Emit">Writes the commands, given the address of each buffer.</param>
internal sealed record TilePlan(ImmutableArray<WorkBuffer> Buffers, long Cycles, Action<LayerWriter, ImmutableArray<Address>> Emit)
{
    /// <summary>The same plan with more buffers of constants in so many more bytes, or null when that is of no use.</summary>
    public Func<long, TilePlan?>? Deepen { get; init; }

    public long WorkingBytes => Buffers.Sum(buffer => buffer.AlignedBytes);
}

/// <summary>What a layer writes its commands to: knows where storages and constants lie.</summary>
internal sealed class LayerWriter(CommandStream stream, ConstantPool constants, Func<Storage, Address> locate)
{
    public CommandStream Stream { get; } = stream;

    public ConstantPool Constants { get; } = constants;

    public Address Locate(Map map) => locate(map.Storage) + map.Offset;

    /// <summary>An engine that reads DRAM is DmaIn, one that only writes it DmaOut.</summary>
    public static NpuEngine DmaFor(Address source) => source.Region == Region.Sram ? NpuEngine.DmaOut : NpuEngine.DmaIn;
}
