using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>Writes one value to every byte of a map.</summary>
internal sealed class FillLayer(GraphUnit unit, Map target, byte value) : Layer(unit, [], target)
{
    public override NpuEngine Engine => NpuEngine.DmaOut;

    public override TilePlan? Plan(NpuConfiguration configuration, Residency residency, long budget)
    {
        var place = new Address(residency.Contains(Output) ? Region.Sram : Region.Scratch, 0);
        return new TilePlan([], CommandCost.Of(Command(place), configuration).Cycles, Write);
    }

    public override long SmallestWorkingSet(NpuConfiguration configuration) => 0;

    private void Write(LayerWriter writer, System.Collections.Immutable.ImmutableArray<Address> buffers)
    {
        var address = writer.Locate(Output);
        var bytes = ((Output.Batch - 1L) * Output.BatchStride) + ((Output.Height - 1L) * Output.RowStride) + ((Output.Width - 1L) * Output.PixelStride) + Output.Channels;
        writer.Stream.Add(Command(address), MemoryRange.Of(address, bytes));
    }

    private Fill Command(Address address)
    {
        var fill = Fill.Linear(NpuEngine.DmaOut, address, Output.IsDense ? checked((int)Output.Elements) : Output.Channels, value);
        return Output.IsDense ? fill : fill with
        {
            Loop1 = new CopyLoop(Output.Batch, 0, Output.BatchStride),
            Loop2 = new CopyLoop(Output.Height, 0, Output.RowStride),
            Loop3 = new CopyLoop(Output.Width, 0, Output.PixelStride),
        };
    }
}
