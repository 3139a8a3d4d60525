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

    /// <summary>Joules with a unit that keeps three digits: "4.56 µJ".</summary>
    public static string Energy(double joules) => joules switch
    {
        double.NaN => "-",
        < 1e-6 => string.Create(CultureInfo.InvariantCulture, $"{joules * 1e9:0.0} nJ"),
        < 1e-3 => string.Create(CultureInfo.InvariantCulture, $"{joules * 1e6:0.0} µJ"),
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{joules * 1e3:0.00} mJ"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{joules:0.00} J"),
    };
}
