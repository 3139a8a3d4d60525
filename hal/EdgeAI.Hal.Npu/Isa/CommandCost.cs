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
        MatrixProduct product => Timing.Convolution(configuration, product.First.Width, product.First.Channels, product.Output.Channels, product.Output.Height),
        MaxPool pool => Vector(configuration, pool.Output, pool.Window.Taps, pool.Output.Elements, pool.Output.Elements * pool.Window.Taps),
        AveragePool pool => Vector(configuration, pool.Output, pool.Window.Taps + 1L, pool.Output.Elements, pool.Output.Elements * pool.Window.Taps),
        GlobalAveragePool pool => Vector(configuration, pool.Input, 1, pool.Output.Elements, pool.Input.Elements),
        Add add => Vector(configuration, add.Output, 1, add.Output.Elements, 2 * add.Output.Elements, add.First, add.Second),
        Multiply multiply => Vector(configuration, multiply.Output, 1, multiply.Output.Elements, 2 * multiply.Output.Elements, multiply.First, multiply.Second),
        Arithmetic pair => Vector(configuration, pair.Output, 4, pair.Output.Elements, 2 * pair.Output.Elements, pair.First, pair.Second),
        Softmax softmax => Vector(configuration, softmax.Output, 3, softmax.Output.Elements, 3 * softmax.Input.Elements, softmax.Input),
        Gather gather => Vector(configuration, gather.Output, 1, gather.Output.Elements, gather.Output.Elements, gather.Input),
        Interpolate resize => Vector(configuration, resize.Output, 9, resize.Output.Elements, 4 * resize.Output.Elements, resize.Input),
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
        // A transfer streams in the order of its DRAM side (the source where there is no or only DRAM); the other side follows.
        var leader = copy.Source.Region == Region.Sram && copy.Destination.Region != Region.Sram;
        var (source, destination) = Runs.Of(copy.RunBytes, [copy.Loop0, copy.Loop1, copy.Loop2, copy.Loop3], byDestination: leader);
        var both = Transfer(configuration, copy.Source.Region == Region.Sram, source) + Transfer(configuration, copy.Destination.Region == Region.Sram, destination);
        var sramCycles = Math.Max(SramCycles(configuration, copy.Source, source), SramCycles(configuration, copy.Destination, destination));
        return both with { Cycles = Latency(configuration, copy) + Math.Max(1, Math.Max(both.DramCycles, sramCycles)) };
    }

    private static NpuCost Of(in Fill fill, NpuConfiguration configuration)
    {
        var (_, runs) = Runs.Of(fill.RunBytes, [fill.Loop0, fill.Loop1, fill.Loop2, fill.Loop3], byDestination: true);
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
    /// <summary>Runs at both ends when the loops are walked shortest stride of the leading end first; a loop that continues where the run before it ends lengthens the run.</summary>
    public static (Runs Source, Runs Destination) Of(int runBytes, ReadOnlySpan<CopyLoop> loops, bool byDestination)
    {
        Span<(long Stride, int Loop)> order = stackalloc (long, int)[loops.Length];
        for (var i = 0; i < loops.Length; i++)
        {
            order[i] = (byDestination ? loops[i].DestinationStride : loops[i].SourceStride, loops.Length - i);
        }

        order.Sort();
        var (source, destination) = (new Merger(runBytes), new Merger(runBytes));
        foreach (var (_, place) in order)
        {
            var loop = loops[loops.Length - place];
            source.Add(loop.SourceStride, loop.Count);
            destination.Add(loop.DestinationStride, loop.Count);
        }

        return (source.Runs, destination.Runs);
    }

    private struct Merger(long bytes)
    {
        private bool _isBroken;

        public Runs Runs { get; private set; } = new(1, bytes);

        public void Add(long stride, long count)
        {
            _isBroken |= count > 1 && stride != Runs.Bytes;
            Runs = checked(_isBroken ? Runs with { Count = Runs.Count * count } : Runs with { Bytes = Runs.Bytes * count });
        }
    }
}
