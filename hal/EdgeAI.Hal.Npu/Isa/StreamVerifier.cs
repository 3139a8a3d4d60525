using System.Collections.Immutable;

namespace EdgeAI.Hal.Npu.Isa;

/// <summary>
/// Decides whether a stream may run: every field in its range, the furthest byte of every operand inside its region, only DMA on DRAM,
/// nothing written that is read-only, semaphores that let every engine reach its end. The driver verifies before it loads, the
/// simulated device before it starts.
/// </summary>
internal sealed class StreamVerifier
{
    /// <summary>Largest extent, count and stride step; keeps products of three inside 63 bits.</summary>
    public const int LargestExtent = 1 << 20;

    /// <summary>Largest kernel extent, stride, dilation and padding.</summary>
    public const int LargestWindow = 1024;

    private readonly RegionTable _regions;
    private readonly List<OperandRange> _operands = [];

    /// <summary>Which bytes of the operand of the same index are touched.</summary>
    private readonly List<OperandBytes> _touched = [];
    private string _place = "";

    private StreamVerifier(RegionTable regions) => _regions = regions;

    /// <summary>Decodes and checks a stream, and predicts its run.</summary>
    /// <exception cref="ExecutableFormatException">It must not run; the message names command, field, what was found and expected.</exception>
    public static (ImmutableArray<ICommand> Commands, NpuSchedule Schedule) Verify(ReadOnlyMemory<byte> stream, RegionTable regions, NpuConfiguration configuration)
    {
        var commands = CommandReader.ReadAll(stream);
        var verifier = new StreamVerifier(regions);
        for (var i = 0; i < commands.Length; i++)
        {
            verifier.Check(i, commands[i]);
        }

        var schedule = Timing.Predict(commands, configuration);
        return schedule.TotalCycles <= configuration.LongestRunCycles ? (commands, schedule)
            : throw new ExecutableFormatException($"NPU stream: {schedule.TotalCycles} cycles predicted, the device runs at most {configuration.LongestRunCycles}.");
    }

    /// <summary>The operands of a command, checked.</summary>
    public static ImmutableArray<OperandRange> Operands(int index, ICommand command, RegionTable regions)
    {
        var verifier = new StreamVerifier(regions);
        verifier.Check(index, command);
        return [.. verifier._operands];
    }

    private void Check(int index, ICommand command)
    {
        _place = $"NPU command {index} ({CommandTable.Find(command.Opcode)!.Mnemonic})";
        _operands.Clear();
        _touched.Clear();
        CheckFlags(command);
        switch (command)
        {
            case End end: Expect(end.Engine == NpuEngine.DmaIn, $"engine {end.Engine}, expected {NpuEngine.DmaIn}"); break;
            case Wait wait: CheckSemaphore(wait.Semaphore); Range("value", wait.Value, 0, int.MaxValue); break;
            case Signal signal: CheckSemaphore(signal.Semaphore); Range("reserved", signal.Reserved, 0, 0); break;
            case Copy copy: CheckCopy(copy); break;
            case Fill fill: CheckFill(fill); break;
            case Convolution convolution: CheckConvolution(convolution); break;
            case MatrixMultiply product: CheckConvolution(product.AsConvolution()); break;
            case MatrixProduct product: CheckProduct(product); break;
            case MaxPool pool: CheckPool(pool.Input, pool.Output, pool.Window); break;
            case AveragePool pool: CheckAveragePool(pool); break;
            case GlobalAveragePool pool: CheckGlobalPool(pool); break;
            case Add add: CheckPair(add); break;
            case Multiply multiply: CheckMultiply(multiply); break;
            case Arithmetic pair: CheckArithmetic(pair); break;
            case Softmax softmax: CheckUnary(softmax.Input, 1, softmax.Output, 1); Quantized("zero", softmax.ZeroPoint, softmax.Flags, CommandFlags.OutputSigned); Sram("table", softmax.Table, 256 * sizeof(float), false, WeightPacking.Alignment); break;
            case Gather gather: CheckGather(gather); break;
            case Interpolate resize: CheckInterpolate(resize); break;
            case TableLookup lookup: CheckUnary(lookup.Input, 1, lookup.Output, 1); Sram("table", lookup.Table, 256, false, WeightPacking.Alignment); break;
            case Quantize quantize: CheckUnary(quantize.Input, 4, quantize.Output, 1); Quantized("zero", quantize.ZeroPoint, quantize.Flags, CommandFlags.OutputSigned); break;
            case Dequantize dequantize: CheckUnary(dequantize.Input, 1, dequantize.Output, 4); Quantized("zero", dequantize.ZeroPoint, dequantize.Flags, CommandFlags.InputSigned); break;
        }

        if (command is not (Copy or Fill))
        {
            CheckOverlaps(inPlace: command is PairCommand and not MatrixProduct or TableLookup or Softmax or Quantize or Dequantize);
        }
    }

    /// <summary>
    /// What is written must not be read by the same command, whose engines take operands in an order of their own; but element by
    /// element a result may take the place of what it is made from.
    /// </summary>
    private void CheckOverlaps(bool inPlace)
    {
        for (var i = 0; i < _operands.Count; i++)
        {
            for (var j = 0; j < _operands.Count && _operands[i].IsWritten; j++)
            {
                Expect(
                    i == j || (inPlace && _touched[i].HasSamePlaces(_touched[j])) || !OperandBytes.MayOverlap(_operands[i], _touched[i], _operands[j], _touched[j]),
                    $"{_operands[i].Name} overlaps {_operands[j].Name}, which the command reads");
            }
        }
    }

    private void CheckFlags(ICommand command)
    {
        var known = command switch
        {
            Convolution => CommandFlags.InputSigned | CommandFlags.OutputSigned | CommandFlags.Depthwise | CommandFlags.WeightZeroPoints,
            MatrixMultiply => CommandFlags.InputSigned | CommandFlags.OutputSigned | CommandFlags.WeightZeroPoints,
            MaxPool or Dequantize or Gather => CommandFlags.InputSigned,
            AveragePool => CommandFlags.InputSigned | CommandFlags.OutputSigned | CommandFlags.CountIncludePad,
            GlobalAveragePool or Interpolate or Softmax => CommandFlags.InputSigned | CommandFlags.OutputSigned,
            PairCommand => CommandFlags.InputSigned | CommandFlags.SecondSigned | CommandFlags.OutputSigned,
            Quantize => CommandFlags.OutputSigned,
            _ => CommandFlags.None,
        };
        Expect((command.Flags & ~known) == 0, $"flags {command.Flags & ~known} are not for this command");
    }

    private void CheckSemaphore(int semaphore) => Range("semaphore", semaphore, 0, CommandTable.SemaphoreCount - 1);

    private void CheckCopy(in Copy copy)
    {
        CheckDma(copy.Engine);
        ReadOnlySpan<CopyLoop> loops = [copy.Loop0, copy.Loop1, copy.Loop2, copy.Loop3];
        Region("source", copy.Source, LoopExtent("source", copy.RunBytes, loops, atSource: true), false);
        CheckDestination(copy.Destination, copy.RunBytes, loops);
    }

    private void CheckFill(in Fill fill)
    {
        CheckDma(fill.Engine);
        Range("value", fill.Value, 0, 255);
        CheckDestination(fill.Destination, fill.RunBytes, [fill.Loop0, fill.Loop1, fill.Loop2, fill.Loop3]);
    }

    private void CheckDma(NpuEngine engine) =>
        Expect(engine is NpuEngine.DmaIn or NpuEngine.DmaOut, $"engine {engine}, expected a DMA engine");

    /// <summary>Destination loops, shortest stride first, must each step over all that is inside them: then no byte is written twice.</summary>
    private void CheckDestination(Address destination, int runBytes, ReadOnlySpan<CopyLoop> loops)
    {
        var extent = LoopExtent("destination", runBytes, loops, atSource: false);
        Span<(long Stride, long Count)> sorted = [(0, 0), (0, 0), (0, 0), (0, 0)];
        for (var i = 0; i < loops.Length; i++)
        {
            sorted[i] = (loops[i].DestinationStride, loops[i].Count);
        }

        sorted.Sort();
        var inner = (long)runBytes;
        foreach (var (stride, count) in sorted)
        {
            Expect(count == 1 || stride >= inner, $"destination stride {stride} steps into {inner} bytes that the loops inside it write");
            inner = count == 1 ? inner : inner + ((count - 1) * stride);
        }

        Region("destination", destination, extent, true);
    }

    private long LoopExtent(string name, int runBytes, ReadOnlySpan<CopyLoop> loops, bool atSource)
    {
        Range("run", runBytes, 1, int.MaxValue);
        var extent = (long)runBytes;
        foreach (var loop in loops)
        {
            var stride = atSource ? loop.SourceStride : loop.DestinationStride;
            Range($"{name} loop count", loop.Count, 1, int.MaxValue);
            Range($"{name} stride", stride, 0, int.MaxValue);
            var step = (long)(loop.Count - 1) * stride;
            Expect(step < 1L << Address.OffsetBits, $"{name} loop reaches over {step} bytes");
            extent += step;
        }

        return extent;
    }

    private void CheckConvolution(in Convolution command)
    {
        var depthwise = command.Flags.HasFlag(CommandFlags.Depthwise);
        var zeroPoints = command.Flags.HasFlag(CommandFlags.WeightZeroPoints);
        Map("input", command.Input, 1, written: false, broadcast: false);
        Map("output", command.Output, 1, written: true, broadcast: false);
        CheckWindow(command.Window);
        Range("groups", command.Groups, 1, command.Input.Channels);
        var (inputs, outputs, taps) = (command.Input.Channels / command.Groups, command.Output.Channels / command.Groups, command.Window.Taps);
        Expect(inputs * command.Groups == command.Input.Channels && outputs * command.Groups == command.Output.Channels && outputs > 0, $"{command.Input.Channels} input and {command.Output.Channels} output channels do not divide into {command.Groups} groups");
        Expect(!depthwise || (inputs == 1 && outputs == 1), $"depthwise with {command.Input.Channels} input and {command.Output.Channels} output channels in {command.Groups} groups, expected as many of each");
        Quantized("pad.value", command.PadValue, command.Flags, CommandFlags.InputSigned);
        Quantized("zero", command.OutputZeroPoint, command.Flags, CommandFlags.OutputSigned);
        Limits(command.Minimum, command.Maximum, command.Flags);
        Sram("weights", command.Weights, depthwise ? WeightPacking.DepthwiseBytes(command.Groups, taps) : WeightPacking.DenseBytes(command.Groups, outputs, taps, inputs), false, WeightPacking.Alignment);
        Sram("table", command.Table, WeightPacking.TableBytes(command.Output.Channels, zeroPoints), false, WeightPacking.Alignment);
    }

    private void CheckPool(in FeatureMap input, in FeatureMap output, in Window window)
    {
        Map("input", input, 1, written: false, broadcast: false);
        Map("output", output, 1, written: true, broadcast: false);
        Expect(input.Channels == output.Channels, $"{input.Channels} input and {output.Channels} output channels, expected as many");
        CheckWindow(window);
    }

    private void CheckAveragePool(in AveragePool pool)
    {
        CheckPool(pool.Input, pool.Output, pool.Window);
        Range("pad.bottom", pool.PadBottom, 0, LargestWindow);
        Range("pad.right", pool.PadRight, 0, LargestWindow);
        Quantized("input.zero", pool.InputZeroPoint, pool.Flags, CommandFlags.InputSigned);
        Quantized("zero", pool.OutputZeroPoint, pool.Flags, CommandFlags.OutputSigned);
    }

    private void CheckGlobalPool(in GlobalAveragePool pool)
    {
        Map("input", pool.Input, 1, written: false, broadcast: false);
        Map("output", pool.Output, 1, written: true, broadcast: false);
        Expect(pool.Output.Pixels == 1 && pool.Output.Channels == pool.Input.Channels, $"output {pool.Output.Height}×{pool.Output.Width}×{pool.Output.Channels}, expected 1×1×{pool.Input.Channels}");
        Quantized("input.zero", pool.InputZeroPoint, pool.Flags, CommandFlags.InputSigned);
        Quantized("zero", pool.OutputZeroPoint, pool.Flags, CommandFlags.OutputSigned);
        Range("reserved", pool.Reserved, 0, 0);
    }

    private void CheckMultiply(Multiply command)
    {
        CheckPair(command);
        CheckZeroPoints(command, command.ZeroPointA, command.ZeroPointB, command.OutputZeroPoint);
    }

    private void CheckArithmetic(Arithmetic command)
    {
        CheckPair(command);
        CheckZeroPoints(command, command.ZeroPointA, command.ZeroPointB, command.OutputZeroPoint);
        Range("operation", command.Operation, 0, (int)ArithmeticOperation.ParametricRelu);
    }

    private void CheckProduct(MatrixProduct command)
    {
        Map("first", Batched(command.First), 1, written: false, broadcast: false);
        Map("second", Batched(command.Second), 1, written: false, broadcast: false);
        Map("output", command.Output, 1, written: true, broadcast: false);
        var (first, second, output) = (command.First, command.Second, command.Output);
        Expect(first.Height == output.Height && second.Height == output.Height && first.Width == output.Width && first.Channels == second.Width && second.Channels == output.Channels, $"matrices {first.Height}×{first.Width}×{first.Channels}, {second.Height}×{second.Width}×{second.Channels} and {output.Height}×{output.Width}×{output.Channels} do not form a product");
        CheckZeroPoints(command, command.ZeroPointA, command.ZeroPointB, command.OutputZeroPoint);
        Limits(command.Minimum, command.Maximum, command.Flags);
    }

    /// <summary>A matrix for all batches stands still: a row stride of 0.</summary>
    private static FeatureMap Batched(in FeatureMap map) => map.RowStride == 0 && map.Height is > 0 and <= LargestExtent ? map with { Height = 1 } : map;

    private void CheckGather(Gather command)
    {
        Map("input", command.Input, 1, written: false, broadcast: false);
        Map("output", command.Output, 1, written: true, broadcast: false);
        Expect(command.Input.Channels == command.Output.Channels, $"{command.Input.Channels} input and {command.Output.Channels} output channels, expected as many");
        Sram("table", command.Table, sizeof(int) * ((long)command.Output.Height + command.Output.Width), false, WeightPacking.Alignment);
        Quantized("pad.value", command.PadValue, command.Flags, CommandFlags.InputSigned);
        Range("reserved", command.Reserved, 0, 0);
    }

    private void CheckInterpolate(Interpolate command)
    {
        Map("input", command.Input, 1, written: false, broadcast: false);
        Map("output", command.Output, 1, written: true, broadcast: false);
        Expect(command.Input.Channels == command.Output.Channels, $"{command.Input.Channels} input and {command.Output.Channels} output channels, expected as many");
        Sram("table", command.Table, Interpolate.EntryBytes * ((long)command.Output.Height + command.Output.Width), false, WeightPacking.Alignment);
        Quantized("input.zero", command.InputZeroPoint, command.Flags, CommandFlags.InputSigned);
        Quantized("zero", command.OutputZeroPoint, command.Flags, CommandFlags.OutputSigned);
    }

    private void CheckZeroPoints(PairCommand command, int first, int second, int output)
    {
        Quantized("zero.a", first, command.Flags, CommandFlags.InputSigned);
        Quantized("zero.b", second, command.Flags, CommandFlags.SecondSigned);
        Quantized("zero", output, command.Flags, CommandFlags.OutputSigned);
    }

    private void CheckPair(PairCommand command)
    {
        Map("first", command.First, 1, written: false, broadcast: true);
        Map("second", command.Second, 1, written: false, broadcast: true);
        Map("output", command.Output, 1, written: true, broadcast: false);
        SameExtents("first", command.First, command.Output);
        SameExtents("second", command.Second, command.Output);
        Limits(command.Minimum, command.Maximum, command.Flags);
    }

    private void CheckUnary(in FeatureMap input, int inputBytes, in FeatureMap output, int outputBytes)
    {
        Map("input", input, inputBytes, written: false, broadcast: false);
        Map("output", output, outputBytes, written: true, broadcast: false);
        SameExtents("input", input, output);
    }

    private void CheckWindow(in Window window)
    {
        Range("kernel.height", window.KernelHeight, 1, LargestWindow);
        Range("kernel.width", window.KernelWidth, 1, LargestWindow);
        Range("stride.y", window.StrideY, 1, LargestWindow);
        Range("stride.x", window.StrideX, 1, LargestWindow);
        Range("dilation.y", window.DilationY, 1, LargestWindow);
        Range("dilation.x", window.DilationX, 1, LargestWindow);
        Range("pad.top", window.PadTop, 0, LargestWindow);
        Range("pad.left", window.PadLeft, 0, LargestWindow);
    }

    private void Map(string name, in FeatureMap map, int elementBytes, bool written, bool broadcast)
    {
        Range(name + ".height", map.Height, 1, LargestExtent);
        Range(name + ".width", map.Width, 1, LargestExtent);
        Range(name + ".channels", map.Channels, 1, LargestExtent);
        Range(name + ".row", map.RowStride, 0, int.MaxValue);
        Range(name + ".pixel", map.PixelStride, 0, int.MaxValue);
        Expect(map.ChannelStride == elementBytes || (broadcast && map.ChannelStride == 0), $"{name}.channel is {map.ChannelStride}, expected {elementBytes}{(broadcast ? " or 0" : "")}");
        var pixel = ((map.Channels - 1L) * map.ChannelStride) + elementBytes;
        var row = ((map.Width - 1L) * map.PixelStride) + pixel;
        Expect(broadcast || ((map.Width == 1 || map.PixelStride >= pixel) && (map.Height == 1 || map.RowStride >= row)), $"{name} overlaps itself: pixel stride {map.PixelStride} over {pixel} bytes, row stride {map.RowStride} over {row}");
        Sram(name, map.Address, ((map.Height - 1L) * map.RowStride) + row, written, elementBytes);
        _touched[^1] = new(map, pixel, row);
    }

    private void SameExtents(string name, in FeatureMap map, in FeatureMap output) =>
        Expect(map.Height == output.Height && map.Width == output.Width && map.Channels == output.Channels, $"{name} is {map.Height}×{map.Width}×{map.Channels}, expected the output's {output.Height}×{output.Width}×{output.Channels}");

    private void Limits(int minimum, int maximum, CommandFlags flags)
    {
        Quantized("minimum", minimum, flags, CommandFlags.OutputSigned);
        Quantized("maximum", maximum, flags, CommandFlags.OutputSigned);
        Expect(minimum <= maximum, $"minimum {minimum} is above maximum {maximum}");
    }

    private void Quantized(string name, int value, CommandFlags flags, CommandFlags signed) =>
        Range(name, value, flags.HasFlag(signed) ? sbyte.MinValue : 0, flags.HasFlag(signed) ? sbyte.MaxValue : byte.MaxValue);

    private void Sram(string name, Address address, long bytes, bool written, int alignment)
    {
        Expect(address.Region == Isa.Region.Sram, $"{name} lies in region {address.Region}, expected SRAM (0)");
        Expect(address.Offset % alignment == 0, $"{name} at offset {address.Offset}, expected a multiple of {alignment}");
        Region(name, address, bytes, written);
    }

    private void Region(string name, Address address, long bytes, bool written)
    {
        Expect(address.Region < _regions.Sizes.Length, $"{name} lies in region {address.Region}, there are {_regions.Sizes.Length}");
        var size = _regions.Sizes[address.Region];
        Expect(address.Offset <= size - bytes, $"{name} reaches byte {address.Offset + bytes} of region {address.Region}, which has {size}");
        Expect(!written || _regions.IsWritable(address.Region), $"{name} lies in region {address.Region}, which is read-only");
        _operands.Add(new(name, address, bytes, written));
        _touched.Add(default);
    }

    private void Range(string name, int value, int minimum, int maximum) =>
        Expect(value >= minimum && value <= maximum, $"{name} is {value}, expected {minimum}…{maximum}");

    private void Expect(bool condition, [System.Runtime.CompilerServices.InterpolatedStringHandlerArgument("condition")] Finding found)
    {
        if (!condition)
        {
            throw new ExecutableFormatException($"{_place}: {found.Text}.");
        }
    }

    /// <summary>A message that is only put together when it is needed.</summary>
    [System.Runtime.CompilerServices.InterpolatedStringHandler]
    private ref struct Finding
    {
        private System.Runtime.CompilerServices.DefaultInterpolatedStringHandler _text;
        private readonly bool _isNeeded;

        public Finding(int literalLength, int formattedCount, bool condition, out bool isNeeded)
        {
            isNeeded = _isNeeded = !condition;
            _text = isNeeded ? new(literalLength, formattedCount, System.Globalization.CultureInfo.InvariantCulture) : default;
        }

        public string Text => _isNeeded ? _text.ToStringAndClear() : "";

        public void AppendLiteral(string value) => _text.AppendLiteral(value);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);
    }
}
