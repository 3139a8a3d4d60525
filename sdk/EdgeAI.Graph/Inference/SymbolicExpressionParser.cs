using System.Globalization;

namespace EdgeAI.Graph.Inference;

/// <summary>
/// Reads the texts of <see cref="SymbolicExpression"/>, and the sums that exporters write as names of extents ("past + 1"). Around a
/// plus or minus stand spaces, so that "seq-len" is one name.
/// </summary>
internal static class SymbolicExpressionParser
{
    /// <summary>Longer texts are not read.</summary>
    public const int MaximumLength = 256;

    private const string Floor = "floor(";
    private const string AtLeastZero = "max(";

    /// <summary>The expression; null where the text is none, and so a name that cannot be computed with.</summary>
    public static SymbolicExpression? Parse(string text)
    {
        if (text.Length > MaximumLength)
        {
            return null;
        }

        var position = 0;
        return Sum(text, ref position) is { } result && position == text.Length ? result : null;
    }

    /// <summary>The number of a part of a product: of a name, of a floor or of a maximum.</summary>
    public static long? EvaluatePart(string part, Func<string, long?> extents)
    {
        if (!part.EndsWith(')'))
        {
            return extents(part);
        }

        if (part.StartsWith(AtLeastZero, StringComparison.Ordinal))
        {
            return Parse(part[AtLeastZero.Length..^1])?.Evaluate(extents) is { } value ? Math.Max(0, value) : null;
        }

        var slash = part.LastIndexOf('/');
        return Parse(part[Floor.Length..slash])?.Evaluate(extents) is { } dividend
            ? (long)Math.Floor((decimal)dividend / long.Parse(part[(slash + 1)..^1], CultureInfo.InvariantCulture))
            : null;
    }

    private static SymbolicExpression? Sum(string text, ref int position)
    {
        var result = Product(text, ref position);
        while (result is not null && position + 3 < text.Length && text[position] == ' ' && text[position + 1] is '+' or '-' && text[position + 2] == ' ')
        {
            var sign = text[position + 1] == '-' ? -1 : 1;
            position += 3;
            result = Product(text, ref position)?.Times(SymbolicExpression.Of(sign)) is { } next ? result.Plus(next) : null;
        }

        return result;
    }

    private static SymbolicExpression? Product(string text, ref int position)
    {
        var result = Factor(text, ref position);
        while (result is not null && position < text.Length && text[position] == '*')
        {
            position++;
            result = Factor(text, ref position) is { } next ? result.Times(next) : null;
        }

        return result;
    }

    private static SymbolicExpression? Factor(string text, ref int position)
    {
        if (Skip(text, ref position, "("))
        {
            return Sum(text, ref position) is { } inner && Skip(text, ref position, ")") ? inner : null;
        }

        if (Skip(text, ref position, Floor))
        {
            var dividend = Sum(text, ref position);
            return dividend is not null && Skip(text, ref position, "/") && Number(text, ref position) is > 0 and var divisor && Skip(text, ref position, ")")
                ? dividend.FloorOver(divisor)
                : null;
        }

        if (Skip(text, ref position, AtLeastZero))
        {
            return Sum(text, ref position) is { } inner && Skip(text, ref position, ")") ? inner.AtLeastZero() : null;
        }

        return Number(text, ref position) is { } number ? SymbolicExpression.Of(number) : Name(text, ref position);
    }

    private static bool Skip(string text, ref int position, string expected)
    {
        if (string.CompareOrdinal(text, position, expected, 0, expected.Length) != 0)
        {
            return false;
        }

        position += expected.Length;
        return true;
    }

    private static long? Number(string text, ref int position)
    {
        var end = End(text, position);
        if (!long.TryParse(text.AsSpan(position, end - position), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return null;
        }

        position = end;
        return number;
    }

    private static SymbolicExpression? Name(string text, ref int position)
    {
        var start = position;
        position = End(text, position);
        return position > start ? SymbolicExpression.Named(text[start..position]) : null;
    }

    private static int End(string text, int position)
    {
        while (position < text.Length && !char.IsWhiteSpace(text[position]) && text[position] is not ('*' or '/' or '(' or ')' or ','))
        {
            position++;
        }

        return position;
    }
}
