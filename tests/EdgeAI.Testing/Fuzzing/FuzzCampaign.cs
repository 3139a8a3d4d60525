using System.Diagnostics;
using System.Globalization;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>Runs workers as processes, starts them again when they die or hang, and puts that down to the mutant they were at.</summary>
/// <param name="plan">What is done.</param>
/// <param name="program">The program, as an assembly, whose verb "fuzz-worker" runs <see cref="FuzzWorker"/>.</param>
public sealed class FuzzCampaign(FuzzPlan plan, string program)
{
    // A mutant is bound by processor time; what passes this on the clock waits for something. At the end, that is told sooner.
    private static readonly TimeSpan LongestHangLimit = TimeSpan.FromSeconds(60), HangLimitAtEnd = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(250);

    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Well below the campaign's length, so that a hang in a short one is found too.</summary>
    private TimeSpan HangLimit => TimeSpan.FromSeconds(Math.Clamp(plan.Limit.TotalSeconds / 2, HangLimitAtEnd.TotalSeconds, LongestHangLimit.TotalSeconds));

    /// <summary>Runs the campaign; <paramref name="onProgress"/> is called about four times a second.</summary>
    public FuzzSummary Run(Action<FuzzSummary>? onProgress = null)
    {
        Directory.CreateDirectory(plan.Folder);
        var watches = new List<Watch>();
        var states = Enumerable.Range(0, plan.Workers).Select(worker => new FuzzState(plan.StatePath(worker), plan.Seed)).ToList();
        try
        {
            var atStart = states.Sum(state => state.Position);
            watches.AddRange(states.Select((state, worker) => new Watch(this, state, worker)));
            while (watches.Select(watch => watch.IsRunning()).ToList().Contains(true) && _clock.Elapsed < plan.Limit)
            {
                Thread.Sleep(Pause);
                onProgress?.Invoke(Summarize(states, atStart));
            }

            watches.ForEach(watch => watch.Stop());
            return Summarize(states, atStart);
        }
        finally
        {
            watches.ForEach(watch => watch.Dispose());
            states.ForEach(state => state.Dispose());
        }
    }

    private FuzzSummary Summarize(List<FuzzState> states, long atStart) => new(
        plan, _clock.Elapsed, states.Sum(state => state.Position) - atStart, [.. ModelPipeline.StageNames],
        Counts(states),
        states.Select(state => state.SlowestMutant).MaxBy(mutant => mutant.Milliseconds), states.Select(state => state.LargestMutant).MaxBy(mutant => mutant.Bytes),
        new FuzzFindings(plan.Folder).Texts());

    private static long[,] Counts(List<FuzzState> states)
    {
        var counts = new long[FuzzSummary.Results.Count, ModelPipeline.StageNames.Count()];
        foreach (var result in FuzzSummary.Results)
        {
            for (var stage = 0; stage < counts.GetLength(1); stage++)
            {
                counts[(int)result, stage] = states.Sum(state => state[result, stage]);
            }
        }

        return counts;
    }

    /// <summary>One worker's process.</summary>
    private sealed class Watch(FuzzCampaign campaign, FuzzState state, int worker) : IDisposable
    {
        private Process? _process;
        private string _errors = "";
        private (long Mutant, bool IsCounted) _current;
        private long _since;

        /// <summary>Starts the process where it should run and does not; false when the share is done.</summary>
        public bool IsRunning()
        {
            if (_process is null)
            {
                Start();
                return true;
            }

            if (!_process.HasExited)
            {
                KillWhenHung();
                return true;
            }

            if (_process.ExitCode == 0 && state.Current == 0)
            {
                return false;
            }

            ReportDeath();
            Start();
            return true;
        }

        /// <summary>Ends the process. What it died of or hung in is reported; any other mutant that it was at is taken back.</summary>
        public void Stop()
        {
            if (_process is { HasExited: true } && (_process.ExitCode != 0 || state.Current > 0))
            {
                ReportDeath();
            }
            else if (_process is { HasExited: false })
            {
                Kill();
                if (IsHung(HangLimitAtEnd))
                {
                    ReportHang();
                }

                state.Position -= state.Current > 0 && !state.IsCounted ? 1 : 0;
                (state.Current, state.IsCounted) = (0, false);
            }
        }

        public void Dispose()
        {
            if (_process is { HasExited: false })
            {
                Kill();
            }

            _process?.Dispose();
        }

        private void Kill()
        {
            _process!.Kill();
            _process.WaitForExit();
        }

        private void Start()
        {
            var start = new ProcessStartInfo(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet")
            {
                RedirectStandardError = true, RedirectStandardOutput = true,
                Environment = { ["DOTNET_GCHeapHardLimit"] = "0x80000000", ["DOTNET_gcConcurrent"] = "0", ["DOTNET_TieredPGO"] = "0", ["DOTNET_DbgEnableMiniDump"] = "0" },
            };
            foreach (var argument in campaign.Arguments(worker))
            {
                start.ArgumentList.Add(argument);
            }

            (_errors, _current) = ("", (0, false));
            _process?.Dispose();
            _process = Process.Start(start)!;
            _process.ErrorDataReceived += (_, line) => _errors = _errors.Length < 4000 ? $"{_errors}{line.Data}\n" : _errors;
            _process.OutputDataReceived += (_, _) => { };
            _process.BeginErrorReadLine();
            _process.BeginOutputReadLine();
        }

        private void KillWhenHung()
        {
            if (Current != _current)
            {
                (_current, _since) = (Current, Stopwatch.GetTimestamp());
            }
            else if (IsHung(campaign.HangLimit))
            {
                Kill();
                ReportHang();
                Start();
            }
        }

        private (long Mutant, bool IsCounted) Current => (state.Current, state.IsCounted);

        private bool IsHung(TimeSpan limit) => _current.Mutant > 0 && Current == _current
            && Stopwatch.GetElapsedTime(_since) > limit + (_current.IsCounted ? FuzzWorker.MinimizingLimit : TimeSpan.Zero);

        private void ReportHang() => Report(FuzzResult.Hung, string.Create(CultureInfo.InvariantCulture, $"no end\nafter {Stopwatch.GetElapsedTime(_since).TotalSeconds:0} s"));

        private void ReportDeath()
        {
            _process!.WaitForExit(); // for all that it wrote
            Report(FuzzResult.Died, $"exit code {_process.ExitCode}\n{_errors}");
        }

        private void Report(FuzzResult result, string detail)
        {
            if (state.Current == 0)
            {
                throw new InvalidOperationException($"A worker died outside of a mutant: {detail}");
            }

            var index = state.Current - 1;
            var outcome = new FuzzOutcome(result, state.IsCounted ? "making it smaller" : "process", detail, 0, 0);
            new FuzzFindings(campaign.Folder).Add(campaign.Seed, index, campaign.Mutant(index), outcome, bytes => bytes);
            state.Add(index, outcome, 0);
            (state.Current, state.IsCounted) = (0, false);
        }
    }

    private string Folder => plan.Folder;

    private int Seed => plan.Seed;

    private IEnumerable<string> Arguments(int worker) => [program, "fuzz-worker", .. plan.Arguments(worker)];

    private Mutant Mutant(long index) => new Mutator(FuzzCorpus.Load(), plan.Seed).Make(index);
}
