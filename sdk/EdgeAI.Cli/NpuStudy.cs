using System.Globalization;
using EdgeAI.Compiler;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Cli;

/// <summary>What a change of the machine would buy.</summary>
internal sealed record NpuOffer(string Change, long Cycles, long BaseCycles)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Change,-34} {Cycles,12} cycles  {100.0 * (Cycles - BaseCycles) / BaseCycles,+6:+0.0;-0.0;0.0} %");
}

/// <summary>One model on NPUs of different sizes.</summary>
internal sealed class NpuStudy(string modelPath, LoadOptions loadOptions)
{
    /// <summary>A report for each segment that runs on the NPU.</summary>
    public IReadOnlyList<NpuReport> Compile(NpuConfiguration configuration)
    {
        using var runtime = EdgeRuntime.Create(devices => devices.AddCpu().AddNpu(new SimulatedNpu(configuration)).UseProfile(BoardProfile.Default.AcceleratorsFirst()));
        using var model = runtime.Load(modelPath, loadOptions);
        return [.. model.Plan.Executables.Where(item => item.Executable.Format == NpuImage.Format)
            .Select(item => NpuReport.Create(NpuImage.FromExecutable(item.Executable), configuration, item.Executable.SourceMap))];
    }

    /// <summary>Twice of each, one at a time.</summary>
    public IReadOnlyList<NpuOffer> Offers(NpuConfiguration configuration, long baseCycles)
    {
        (string Change, NpuConfiguration Machine)[] changes =
        [
            ($"SRAM of {2 * configuration.SramBytes >> 10} KiB", configuration with { SramBytes = 2 * configuration.SramBytes }),
            ($"DRAM at {2 * configuration.DramBytesPerCycle} bytes per cycle", configuration with
            {
                DramBytesPerCycle = 2 * configuration.DramBytesPerCycle, DramBurstBytes = BurstFor(configuration, 2 * configuration.DramBytesPerCycle),
            }),
            ($"{2 * configuration.Rows} × {configuration.Columns} MACs", configuration with { Rows = 2 * configuration.Rows }),
            ($"{configuration.Rows} × {2 * configuration.Columns} MACs", configuration with { Columns = 2 * configuration.Columns }),
            ($"{2 * configuration.VectorLanes} vector lanes", configuration with { VectorLanes = 2 * configuration.VectorLanes }),
        ];
        return [.. changes.Where(change => IsPossible(change.Machine)).Select(change => new NpuOffer(change.Change, Cycles(Compile(change.Machine)), baseCycles))];
    }

    /// <summary>Sum over the segments.</summary>
    public static long Cycles(IReadOnlyList<NpuReport> reports) => reports.Sum(report => report.Schedule.TotalCycles);

    /// <summary>The burst that a bandwidth needs: at least the preset's, and a multiple of the bandwidth.</summary>
    public static int BurstFor(NpuConfiguration preset, int bytesPerCycle) =>
        bytesPerCycle <= 0 ? preset.DramBurstBytes : (int)Math.Min(((long)Math.Max(preset.DramBurstBytes, bytesPerCycle) + bytesPerCycle - 1) / bytesPerCycle * bytesPerCycle, int.MaxValue);

    /// <summary>The same configuration.</summary>
    /// <exception cref="DeviceUnavailableException">A number is out of range; the message names it.</exception>
    public static NpuConfiguration Checked(NpuConfiguration configuration)
    {
        try
        {
            return configuration.Validate();
        }
        catch (ArgumentException error)
        {
            throw new DeviceUnavailableException(error.Message);
        }
    }

    private static bool IsPossible(NpuConfiguration configuration)
    {
        try
        {
            return configuration.Validate() is not null;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
