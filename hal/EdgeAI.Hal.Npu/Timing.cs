using System.Collections.Immutable;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Hal.Npu;

/// <summary>
/// The one function from commands and configuration to cycles and energy: the compiler's costs, the driver's watchdog and the
/// simulator's counters all come from here. Formulas: docs/npu.md.
/// </summary>
public static class Timing
{
    /// <summary>When each command of an image starts and ends.</summary>
    /// <exception cref="ExecutableFormatException">The stream is malformed, deadlocks, or takes more cycles than can be counted.</exception>
    public static NpuSchedule Predict(NpuImage image, NpuConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Predict(CommandReader.ReadAll(image.Commands), configuration);
    }

    /// <summary>A dense convolution or matrix product on the MAC array.</summary>
    /// <param name="configuration">The machine.</param>
    /// <param name="pixels">Output pixels (rows of a matrix product).</param>
    /// <param name="reduction">Taps × input channels per group.</param>
    /// <param name="outputs">Output channels per group.</param>
    /// <param name="groups">Groups.</param>
    public static NpuCost Convolution(NpuConfiguration configuration, long pixels, long reduction, long outputs, long groups = 1)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        checked
        {
            if (configuration.Dataflow != MacDataflow.OverlappedWeights)
            {
                return Systolic(configuration, pixels, reduction, outputs, groups);
            }

            var rowFolds = Folds(reduction, configuration.Rows);
            var columnFolds = Folds(outputs, configuration.Columns);
            var lastRows = reduction - ((rowFolds - 1) * configuration.Rows);
            var fullBlocks = pixels / configuration.AccumulatorDepth;
            var lastBlock = pixels % configuration.AccumulatorDepth;
            var perColumnFold = (fullBlocks * Pass(configuration.AccumulatorDepth)) + (lastBlock > 0 ? Pass(lastBlock) : 0);
            var cycles = FillDrain(configuration, reduction, outputs) + (groups * columnFolds * perColumnFold);
            var pixelBlocks = Folds(pixels, configuration.AccumulatorDepth);
            return new(cycles, Macs: groups * pixels * reduction * outputs, SramBytes:
                groups * ((pixels * reduction * columnFolds) + (pixelBlocks * reduction * outputs) + (pixels * outputs)));

            long Pass(long block) => ((rowFolds - 1) * Math.Max(block, configuration.Rows)) + Math.Max(block, lastRows);
        }
    }

    /// <summary>A depthwise convolution: taps on the rows, channels on the columns.</summary>
    public static NpuCost Depthwise(NpuConfiguration configuration, long pixels, long taps, long channels)
    {
        var cost = Convolution(configuration, pixels, taps, channels);
        return cost with { SramBytes = checked((pixels * taps * channels) + (taps * channels) + (pixels * channels)) };
    }

    /// <summary>A vector command.</summary>
    /// <param name="configuration">The machine.</param>
    /// <param name="groups">Groups of at most <see cref="NpuConfiguration.VectorLanes"/> elements.</param>
    /// <param name="elements">Elements.</param>
    /// <param name="steps">Steps per element.</param>
    /// <param name="sramBytes">Bytes read and written.</param>
    public static NpuCost Vector(NpuConfiguration configuration, long groups, long elements, long steps, long sramBytes)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return checked(new(configuration.VectorLatencyCycles + (groups * steps), VectorSteps: elements * steps, SramBytes: sramBytes));
    }

    /// <summary>One end of a copy in DRAM and the other in SRAM.</summary>
    /// <param name="configuration">The machine.</param>
    /// <param name="dramRuns">Contiguous runs on the DRAM's side.</param>
    /// <param name="dramRunBytes">Bytes of each.</param>
    /// <param name="sramRuns">Contiguous runs on the SRAM's side.</param>
    /// <param name="sramRunBytes">Bytes of each.</param>
    public static NpuCost Transfer(NpuConfiguration configuration, long dramRuns, long dramRunBytes, long sramRuns, long sramRunBytes)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        checked
        {
            var bursts = dramRuns * Folds(dramRunBytes, configuration.DramBurstBytes);
            var dramCycles = bursts * (configuration.DramBurstBytes / configuration.DramBytesPerCycle);
            var sramCycles = sramRuns * Folds(sramRunBytes, configuration.SramPortBytes);
            var latency = dramRuns > 0 ? configuration.DramLatencyCycles : 0;
            return new(latency + Math.Max(Math.Max(dramCycles, sramCycles), 1), dramCycles,
                SramBytes: sramRuns * sramRunBytes, DramBytes: bursts * configuration.DramBurstBytes);
        }
    }

    internal static NpuSchedule Predict(ImmutableArray<ICommand> commands, NpuConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        configuration.Validate();
        try
        {
            return new EventLoop(commands, configuration).Run();
        }
        catch (OverflowException)
        {
            throw new ExecutableFormatException("NPU timing: the stream takes more cycles than can be counted.");
        }
    }

    /// <summary>
    /// Folds without overlap, after SCALE-Sim: operands enter and results leave skewed by rows and columns; where weights stay they
    /// are loaded row by row first. The last fold's last cycle is the count's end, so it is one less.
    /// </summary>
    private static NpuCost Systolic(NpuConfiguration configuration, long pixels, long reduction, long outputs, long groups)
    {
        checked
        {
            var outputsStay = configuration.Dataflow == MacDataflow.SystolicOutputs;
            var (onRows, streamed) = outputsStay ? (pixels, reduction) : (reduction, pixels);
            var (rowFolds, columnFolds) = (Folds(onRows, configuration.Rows), Folds(outputs, configuration.Columns));
            var load = outputsStay ? 0 : configuration.Rows;
            var cycles = groups * ((rowFolds * columnFolds * (streamed + load + configuration.Rows + configuration.Columns - 2)) - 1);
            var weightPasses = outputsStay ? rowFolds : 1;
            return new(Math.Max(cycles, 1), Macs: groups * pixels * reduction * outputs, SramBytes:
                groups * ((pixels * reduction * columnFolds) + (weightPasses * reduction * outputs) + (pixels * outputs)));
        }
    }

    /// <summary>Cycles to load the first weights, and from the last pixel's entry to its exit.</summary>
    private static long FillDrain(NpuConfiguration configuration, long reduction, long outputs)
    {
        var rows = Math.Min(reduction, configuration.Rows);
        return rows + (rows + Math.Min(outputs, configuration.Columns) - 2);
    }

    private static long Folds(long count, long size) => checked((count + size - 1) / size);
}
