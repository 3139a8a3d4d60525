using System.Globalization;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Benchmarks;

/// <summary>What the host spends on a simulated NPU's commands, by their kind.</summary>
internal sealed class CommandTimes
{
    private readonly Dictionary<string, double> _milliseconds = [];

    /// <summary>Runs something that uses the device, several times, and keeps the sums.</summary>
    public static CommandTimes Of(SimulatedNpu npu, int runs, Action run)
    {
        var times = new CommandTimes();
        npu.Watch = (command, time) => times.Count(KindOf(command), time.TotalMilliseconds / runs);
        for (var i = 0; i < runs; i++)
        {
            times.Total += Stopwatches.Milliseconds(run) / runs;
        }

        npu.Watch = null;
        return times;
    }

    /// <summary>Milliseconds of a run.</summary>
    public double Total { get; private set; }

    /// <summary>"pointwise 61 %, depthwise 20 %, other 19 %": kinds of at least a twentieth of the run, and the rest.</summary>
    public string Shares()
    {
        var large = _milliseconds.Where(kind => kind.Value >= Total / 20).OrderByDescending(kind => kind.Value).ToList();
        var rest = Total - large.Sum(kind => kind.Value);
        return string.Join(", ", large.Append(new("other", rest)).Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {100 * kind.Value / Total:F0} %")));
    }

    /// <summary>Every kind with its milliseconds.</summary>
    public override string ToString() => string.Join(", ", _milliseconds.OrderByDescending(kind => kind.Value)
        .Append(new("between commands and on the CPU", Total - _milliseconds.Values.Sum())).Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Value:F3}")));

    private static string KindOf(ICommand command) => command switch
    {
        Convolution convolution when convolution.Flags.HasFlag(CommandFlags.Depthwise) => "depthwise",
        Convolution { Window.Taps: > 1 } => "k × k",
        Convolution or MatrixMultiply => "pointwise",
        Copy or Fill => "moves",
        MaxPool or AveragePool or GlobalAveragePool => "pools",
        PairCommand and not MatrixProduct => "pairs",
        TableLookup => "tables",
        _ => command.GetType().Name,
    };

    private void Count(string kind, double milliseconds) => _milliseconds[kind] = _milliseconds.GetValueOrDefault(kind) + milliseconds;
}
