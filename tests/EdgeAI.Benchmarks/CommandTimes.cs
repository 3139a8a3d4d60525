using System.Globalization;
using EdgeAI.Drivers.Simulation;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Benchmarks;

/// <summary>What the host spends on each of a simulated NPU's commands: medians over some runs of the same work.</summary>
internal sealed class CommandTimes
{
    private readonly List<(string Kind, List<double> Milliseconds)> _commands = [];
    private readonly List<double> _between = [];

    /// <summary>Runs something that uses the device, several times.</summary>
    public static CommandTimes Of(SimulatedNpu npu, int runs, Action run)
    {
        var times = new CommandTimes();
        var (place, sum) = (0, 0.0);
        npu.Watch = (command, time) =>
        {
            times.Count(place++, command, time.TotalMilliseconds);
            sum += time.TotalMilliseconds;
        };
        for (var i = 0; i < runs; i++)
        {
            (place, sum) = (0, 0);
            var whole = Stopwatches.Milliseconds(run);
            times._between.Add(whole - sum);
        }

        npu.Watch = null;
        return times;
    }

    /// <summary>Milliseconds on the device.</summary>
    public double OnDevice => Kinds().Sum(kind => kind.Milliseconds);

    /// <summary>"pointwise 61 %, depthwise 20 %, other 19 %": kinds of at least a twentieth, and the rest, which includes what the CPU and the executor do.</summary>
    public string Shares()
    {
        var total = OnDevice + Stopwatches.Median(_between);
        var large = Kinds().Where(kind => kind.Milliseconds >= total / 20).ToList();
        return string.Join(", ", large.Append(("other", total - large.Sum(kind => kind.Milliseconds)))
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Item1} {100 * kind.Item2 / total:F0} %")));
    }

    /// <summary>Milliseconds of the kind that takes most, one left out.</summary>
    public double Largest(string but) => Kinds().Where(kind => kind.Kind != but).Select(kind => kind.Milliseconds).FirstOrDefault();

    /// <summary>Every kind with its milliseconds.</summary>
    public override string ToString() => string.Join(", ", Kinds().Append(("between commands and on the CPU", Stopwatches.Median(_between)))
        .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Item1} {kind.Item2:F3}")));

    private static string KindOf(ICommand command) => command switch
    {
        Convolution convolution when convolution.Flags.HasFlag(CommandFlags.Depthwise) => "depthwise",
        Convolution { Window.Taps: > 1 } => "k × k",
        Convolution or MatrixMultiply => "pointwise",
        Copy or Fill => "moves",
        MaxPool or AveragePool or GlobalAveragePool => "pools",
        MatrixProduct => "products",
        PairCommand => "pairs",
        TableLookup => "tables",
        _ => "the rest",
    };

    private IEnumerable<(string Kind, double Milliseconds)> Kinds() => _commands.GroupBy(command => command.Kind)
        .Select(kind => (kind.Key, Milliseconds: kind.Sum(command => Stopwatches.Median(command.Milliseconds)))).OrderByDescending(kind => kind.Milliseconds);

    private void Count(int place, ICommand command, double milliseconds)
    {
        if (place == _commands.Count)
        {
            _commands.Add((KindOf(command), []));
        }

        _commands[place].Milliseconds.Add(milliseconds);
    }
}
