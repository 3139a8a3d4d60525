using System.Globalization;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Inference;

/// <summary>An integer element of a shape value: a number, the number that a symbol stands for, or unknown.</summary>
internal readonly record struct SymbolicInteger
{
    private readonly long _value;

    private SymbolicInteger(bool isKnown, long value, string? symbol) => (IsKnown, _value, Symbol) = (isKnown, value, symbol);

    public static SymbolicInteger Unknown => default;

    /// <summary>True for a number.</summary>
    public bool IsKnown { get; }

    /// <summary>The symbol, else null.</summary>
    public string? Symbol { get; }

    /// <summary>The number; only where it is known.</summary>
    public long Value => IsKnown ? _value : throw new InvalidOperationException("The integer is not known.");

    public static SymbolicInteger Of(long value) => new(true, value, null);

    public static SymbolicInteger Of(Dimension extent) => extent.IsKnown ? Of(extent.Value) : new(false, 0, extent.Symbol);

    public bool Is(long value) => IsKnown && _value == value;

    /// <summary>The extent that it is; a negative number is no extent and gives unknown.</summary>
    public Dimension ToDimension() =>
        !IsKnown ? Dimension.Named(Symbol ?? "")
        : _value >= 0 ? Dimension.Of(_value)
        : Dimension.Unknown;

    public static SymbolicInteger operator +(SymbolicInteger a, SymbolicInteger b) =>
        a.Is(0) ? b : b.Is(0) ? a : Both(a, b, static (x, y) => checked(x + y));

    public static SymbolicInteger operator -(SymbolicInteger a, SymbolicInteger b) =>
        b.Is(0) ? a : a.Symbol is not null && a.Symbol == b.Symbol ? Of(0) : Both(a, b, static (x, y) => checked(x - y));

    public static SymbolicInteger operator *(SymbolicInteger a, SymbolicInteger b) =>
        a.Is(1) ? b : b.Is(1) ? a : a.Is(0) || b.Is(0) ? Of(0) : Both(a, b, static (x, y) => checked(x * y));

    /// <summary>Quotient rounded towards zero, as integer Div does.</summary>
    public static SymbolicInteger operator /(SymbolicInteger a, SymbolicInteger b) =>
        b.Is(1) ? a : b.Is(0) || b.Is(-1) ? Unknown : Both(a, b, static (x, y) => x / y);

    public static SymbolicInteger Min(SymbolicInteger a, SymbolicInteger b) => a == b ? a : Both(a, b, Math.Min);

    public static SymbolicInteger Max(SymbolicInteger a, SymbolicInteger b) => a == b ? a : Both(a, b, Math.Max);

    /// <summary>A result of two numbers; unknown where one is none, or where it passes 64 bits.</summary>
    public static SymbolicInteger Both(SymbolicInteger a, SymbolicInteger b, Func<long, long, long> function)
    {
        if (!a.IsKnown || !b.IsKnown)
        {
            return Unknown;
        }

        try
        {
            return Of(function(a._value, b._value));
        }
        catch (OverflowException)
        {
            return Unknown;
        }
    }

    public override string ToString() => IsKnown ? _value.ToString(CultureInfo.InvariantCulture) : Symbol ?? "?";
}
