namespace EdgeAI.Hal.Npu.Isa;

/// <summary>What a command costs, from its fields.</summary>
internal static class CommandCost
{
    public static NpuCost Of(ICommand command, NpuConfiguration configuration) => command switch
    {
        Copy copy => Of(copy, configuration),
        Fill fill => Of(fill, configuration),
        Convolution convolution => Of(convolution, configuration),
        MatrixMultiply product => Timing.Convolution(configuration, product.Count, product.Depth, product.Outputs),
        MaxPool pool => Vector(configuration, pool.Output, pool.Window.Taps, pool.Output.Elements, pool.Output.Elements * pool.Window.Taps),
        AveragePool pool => Vector(configuration, pool.Output, pool.Window.Taps + 1L, pool.Output.Elements, pool.Output.Elements * pool.Window.Taps),
        GlobalAveragePool pool => Vector(configuration, pool.Input, 1, pool.Output.Elements, pool.Input.Elements),
        Add add => Vector(configuration, add.Output, 1, add.Output.Elements, 2 * add.Output.Elements, add.First, add.Second),
        Multiply multiply => Vector(configuration, multiply.Output, 1, multiply.Output.Elements, 2 * multiply.Output.Elements, multiply.First, multiply.Second),
        TableLookup lookup => Vector(configuration, lookup.Output, 1, lookup.Output.Elements, lookup.Input.Elements, lookup.Input),
        Quantize quantize => Vector(configuration, quantize.Output, 1, quantize.Output.Elements, 4 * quantize.Input.Elements),
        Dequantize dequantize => Vector(configuration, dequantize.Input, 1, 4 * dequantize.Output.Elements, dequantize.Input.Elements),
        _ => default,
    };

    private static NpuCost Of(Convolution command, NpuConfiguration configuration) =>
        command.Flags.HasFlag(CommandFlags.Depthwise)
            ? Timing.Depthwise(configuration, command.Output.Pixels, command.Window.Taps, command.Output.Channels)
            : Timing.Convolution(
                configuration, command.Output.Pixels, checked((long)command.Window.Taps * (command.Input.Channels / command.Groups)),
                command.Output.Channels / command.Groups, command.Groups);

    /// <summary>Dense maps fill the lanes across pixels; in others each pixel starts a new group of lanes.</summary>
    private static NpuCost Vector(NpuConfiguration configuration, in FeatureMap map, long steps, long written, long read, params ReadOnlySpan<FeatureMap> others)
    {
        var dense = IsPacked(map);
        foreach (var other in others)
        {
            dense &= IsPacked(other);
        }

        var lanes = configuration.VectorLanes;
        var groups = checked(dense ? (map.Elements + lanes - 1) / lanes : map.Pixels * ((map.Channels + lanes - 1L) / lanes));
        return Timing.Vector(configuration, groups, map.Elements, steps, checked(written + read));
    }

    /// <summary>Dense, or the same byte for all.</summary>
    private static bool IsPacked(in FeatureMap map) =>
        map.IsDense() || map.IsDense(sizeof(float)) || (map.RowStride == 0 && map.PixelStride == 0 && map.ChannelStride == 0);

    private static NpuCost Of(in Copy copy, NpuConfiguration configuration)
    {
        ReadOnlySpan<CopyLoop> loops = [copy.Loop0, copy.Loop1, copy.Loop2, copy.Loop3];
        var source = Runs.Of(copy.RunBytes, loops, atSource: true);
        var destination = Runs.Of(copy.RunBytes, loops, atSource: false);
        return Transfer(configuration, copy.Source.Region == Region.Sram, source) + Transfer(configuration, copy.Destination.Region == Region.Sram, destination) switch
        {
            var sum => sum with
            {
                Cycles = Latency(configuration, copy) + Math.Max(1, Math.Max(sum.DramCycles, Math.Max(SramCycles(configuration, copy.Source, source), SramCycles(configuration, copy.Destination, destination)))),
            },
        };
    }

    private static NpuCost Of(in Fill fill, NpuConfiguration configuration)
    {
        var runs = Runs.Of(fill.RunBytes, [fill.Loop0, fill.Loop1, fill.Loop2, fill.Loop3], atSource: false);
        return Transfer(configuration, fill.Destination.Region == Region.Sram, runs);
    }

    private static long Latency(NpuConfiguration configuration, in Copy copy) =>
        copy.Source.Region == Region.Sram && copy.Destination.Region == Region.Sram ? 0 : configuration.DramLatencyCycles;

    private static long SramCycles(NpuConfiguration configuration, Address address, Runs runs) =>
        address.Region == Region.Sram ? checked(runs.Count * ((runs.Bytes + configuration.SramPortBytes - 1) / configuration.SramPortBytes)) : 0;

    private static NpuCost Transfer(NpuConfiguration configuration, bool inSram, Runs runs) =>
        inSram ? Timing.Transfer(configuration, 0, 0, runs.Count, runs.Bytes) : Timing.Transfer(configuration, runs.Count, runs.Bytes, 0, 0);
}

/// <summary>How one end of a copy falls into contiguous runs.</summary>
internal readonly record struct Runs(long Count, long Bytes)
{
    /// <summary>Merges loops, shortest stride first, as long as each continues where the run before it ends.</summary>
    public static Runs Of(int runBytes, ReadOnlySpan<CopyLoop> loops, bool atSource)
    {
        Span<(long Stride, long Count)> sorted = stackalloc (long, long)[loops.Length];
        for (var i = 0; i < loops.Length; i++)
        {
            sorted[i] = (atSource ? loops[i].SourceStride : loops[i].DestinationStride, loops[i].Count);
        }

        sorted.Sort();
        var (bytes, count) = ((long)runBytes, 1L);
        var contiguous = true;
        foreach (var (stride, turns) in sorted)
        {
            contiguous &= turns == 1 || stride == bytes;
            (bytes, count) = checked(contiguous ? (bytes * turns, count) : (bytes, count * turns));
        }

        return new(count, bytes);
    }
}
