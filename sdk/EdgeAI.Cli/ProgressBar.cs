using System.Diagnostics;
using System.Globalization;
using EdgeAI.Quantization;

namespace EdgeAI.Cli;

/// <summary>A bar with the time that is left, on the error stream of a terminal; elsewhere nothing.</summary>
internal sealed class ProgressBar(bool isShown) : IProgress<QuantizationProgress>, IDisposable
{
    private const int Width = 30;
    private const int MillisecondsBetween = 100;

    private readonly bool _isShown = isShown && !Console.IsErrorRedirected;
    private string _stage = "";
    private long _started;
    private long _drawn;

    public void Report(QuantizationProgress value)
    {
        if (!_isShown)
        {
            return;
        }

        if (value.Stage != _stage)
        {
            End();
            (_stage, _started, _drawn) = (value.Stage, Stopwatch.GetTimestamp(), 0);
        }

        if (_drawn == 0 || value.Done == value.Total || Stopwatch.GetElapsedTime(_drawn).TotalMilliseconds > MillisecondsBetween)
        {
            _drawn = Stopwatch.GetTimestamp();
            Console.Error.Write($"\r{Line(value, Stopwatch.GetElapsedTime(_started))}\e[K");
        }
    }

    public void Dispose() => End();

    /// <summary>"calibrate  [#########·····] 60/200, 3 s left"; with the first sample nothing is known of the time.</summary>
    internal static string Line(QuantizationProgress value, TimeSpan elapsed)
    {
        if (value.Total is not > 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{value.Stage,-10} {value.Done}, {elapsed.TotalSeconds:F0} s");
        }

        var share = Math.Min(value.Done / (double)value.Total, 1);
        var filled = (int)(share * Width);
        var left = elapsed.TotalMilliseconds < MillisecondsBetween ? "" : string.Create(CultureInfo.InvariantCulture, $", {elapsed.TotalSeconds * (1 - share) / share:F0} s left");
        return $"{value.Stage,-10} [{new string('#', filled)}{new string('·', Width - filled)}] {value.Done}/{value.Total}{left}";
    }

    private void End()
    {
        if (_drawn != 0)
        {
            Console.Error.WriteLine();
            _drawn = 0;
        }
    }
}
