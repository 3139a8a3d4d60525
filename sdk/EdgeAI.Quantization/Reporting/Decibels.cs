using System.Globalization;
using System.Text.Json;

namespace EdgeAI.Quantization.Reporting;

/// <summary>How a ratio of signal to noise is told.</summary>
internal static class Decibels
{
    private const string NoSignal = "no signal";

    /// <summary>"23.4"; "no noise" (or another word) for +∞, "no signal" for −∞, "–" for NaN: nothing was compared.</summary>
    public static string Text(double sqnr, string none = "no noise") =>
        double.IsNaN(sqnr) ? "–" : double.IsPositiveInfinity(sqnr) ? none : double.IsNegativeInfinity(sqnr) ? NoSignal
        : sqnr.ToString("F1", CultureInfo.InvariantCulture);

    /// <summary>JSON has no infinity: no noise at all is null, as is what was not compared; noise without a signal is "no signal".</summary>
    public static void Write(Utf8JsonWriter json, double sqnr)
    {
        if (double.IsFinite(sqnr))
        {
            json.WriteNumberValue(sqnr);
        }
        else if (double.IsNegativeInfinity(sqnr))
        {
            json.WriteStringValue(NoSignal);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
