using System.Globalization;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Inference;

/// <summary>An integer element of a shape value: a number, an expression of extents' names, or unknown.</summary>
internal readonly record struct SymbolicInteger
{
    private readonly long _value;
    private readonly SymbolicExpression? _expression;

    private SymbolicInteger(bool isKnown, long value, string? symbol, SymbolicExpression? expression) =>
        (IsKnown, _value, Symbol, _expression) = (isKnown, value, symbol, expression);

    public static SymbolicInteger Unknown => default;

    /// <summary>True for a number.</summary>
    public bool IsKnown { get; }

    /// <summary>The name or the expression's text, else null.</summary>
    public string? Symbol { get; }

    /// <summary>The number; only where it is known.</summary>
    public long Value => IsKnown ? _value : throw new InvalidOperationException("The integer is not known.");

    /// <summary>True where it is known to be at least 0: a number, or an extent.</summary>
    public bool IsNeverNegative => IsKnown ? _value >= 0 : Symbol is not null && _expression is null or { IsNeverNegative: true };

    public static SymbolicInteger Of(long value) => new(true, value, null, null);

    public static SymbolicInteger Of(Dimension extent) =>
        extent.IsKnown ? Of(extent.Value)
        : extent.Symbol is { } symbol ? new(false, 0, symbol, SymbolicExpressionParser.Parse(symbol))
        : Unknown;

    public bool Is(long value) => IsKnown && _value == value;

    /// <summary>The extent that it is; a negative number is no extent and gives unknown.</summary>
    public Dimension ToDimension() =>
        !IsKnown ? Dimension.Named(Symbol ?? "")
        : _value is >= 0 and < long.MaxValue ? Dimension.Of(_value)
        : Dimension.Unknown;

    public static SymbolicInteger operator +(SymbolicInteger a, SymbolicInteger b) =>
        a.Is(0) ? b : b.Is(0) ? a : Both(a, b, static (x, y) => checked(x + y), static (x, y) => x.Plus(y));

    public static SymbolicInteger operator -(SymbolicInteger a, SymbolicInteger b) =>
        b.Is(0) ? a : a.IsSameAs(b) ? Of(0) : Both(a, b, static (x, y) => checked(x - y), static (x, y) => y.Times(SymbolicExpression.Of(-1)) is { } negative ? x.Plus(negative) : null);

    public static SymbolicInteger operator *(SymbolicInteger a, SymbolicInteger b) =>
        a.Is(1) ? b : b.Is(1) ? a : a.Is(0) || b.Is(0) ? Of(0) : Both(a, b, static (x, y) => checked(x * y), static (x, y) => x.Times(y));

    /// <summary>Quotient rounded towards zero, as integer Div does.</summary>
    public static SymbolicInteger operator /(SymbolicInteger a, SymbolicInteger b) =>
        b.Is(1) ? a : b.Is(0) || b.Is(-1) ? Unknown : Both(a, b, static (x, y) => x / y, static (x, y) =>
            x.Over(y) ?? (x.IsNeverNegative && y.Number is > 0 and var divisor ? x.FloorOver(divisor) : null));

    /// <summary>Quotient rounded down by a number above 0, as windows are counted.</summary>
    public SymbolicInteger FloorOver(long divisor) =>
        Both(this, Of(divisor), static (x, y) => x >= 0 ? x / y : -((-x + y - 1) / y), static (x, y) => x.FloorOver(y.Number!.Value));

    /// <summary>Itself, or 0 where it is negative.</summary>
    public SymbolicInteger AtLeastZero() => Both(this, Of(0), Math.Max, static (x, _) => x.AtLeastZero());

    public static SymbolicInteger Min(SymbolicInteger a, SymbolicInteger b) => (b - a) is { IsKnown: true } gap ? gap.Value >= 0 ? a : b : Unknown;

    public static SymbolicInteger Max(SymbolicInteger a, SymbolicInteger b) => (b - a) is { IsKnown: true } gap ? gap.Value >= 0 ? b : a : Unknown;

    /// <summary>True where both are the same number, or the same whatever the extents.</summary>
    public bool IsSameAs(SymbolicInteger other) => IsKnown ? other.Is(_value) : Symbol is not null && Symbol == other.Symbol;

    /// <summary>A result of two numbers; of expressions where there is a rule; unknown elsewhere, and where it passes 64 bits.</summary>
    public static SymbolicInteger Both(
        SymbolicInteger a, SymbolicInteger b, Func<long, long, long> numbers, Func<SymbolicExpression, SymbolicExpression, SymbolicExpression?>? expressions = null)
    {
        if (!a.IsKnown || !b.IsKnown)
        {
            return expressions is not null && a.ToExpression() is { } left && b.ToExpression() is { } right ? Of(expressions(left, right)) : Unknown;
        }

        try
        {
            return Of(numbers(a._value, b._value));
        }
        catch (OverflowException)
        {
            return Unknown;
        }
    }

    public bool Equals(SymbolicInteger other) => IsKnown == other.IsKnown && _value == other._value && Symbol == other.Symbol;

    public override int GetHashCode() => HashCode.Combine(IsKnown, _value, Symbol);

    public override string ToString() => IsKnown ? _value.ToString(CultureInfo.InvariantCulture) : Symbol ?? "?";

    private static SymbolicInteger Of(SymbolicExpression? expression) =>
        expression is null ? Unknown
        : expression.Number is { } number ? Of(number)
        : new(false, 0, expression.Text, expression);

    private SymbolicExpression? ToExpression() => IsKnown ? SymbolicExpression.Of(_value) : _expression;
}
