using System.Globalization;

namespace EdgeAI.Runtime;

/// <summary>Numbers as people read them.</summary>
public static class PlanFormat
{
    /// <summary>Seconds with a unit that keeps three digits: "1.23 ms".</summary>
    public static string Time(double seconds) => seconds switch
    {
        double.NaN => "-",
        < 1e-6 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e9:0.0} ns"),
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0.0} µs"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0.00} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"),
    };
}
