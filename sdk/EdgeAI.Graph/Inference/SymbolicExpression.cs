using System.Collections.Immutable;
using System.Numerics;

namespace EdgeAI.Graph.Inference;

/// <summary>
/// A sum of products of extents' names with integer factors, in one canonical form: "2*length + 1". What is no polynomial stands in
/// it as a part of its own: "floor((length + 1)/2)", "max(length - 3)" (at least 0). Equal expressions have equal texts.
/// </summary>
internal sealed class SymbolicExpression : IEquatable<SymbolicExpression>
{
    private const int MaximumTerms = 16;
    private const int MaximumDegree = 8;

    private readonly ImmutableArray<Term> _terms;

    private SymbolicExpression(ImmutableArray<Term> terms)
    {
        _terms = terms;
        Text = string.Join(" ", terms.Select((term, index) => term.Print(index == 0)));
    }

    /// <summary>The canonical text, which <see cref="SymbolicExpressionParser"/> reads.</summary>
    public string Text { get; }

    /// <summary>The number, where it is one; else null.</summary>
    public long? Number => _terms switch
    {
        [] => 0L,
        [{ Parts.IsEmpty: true } term] => (long)term.Factor,
        _ => null,
    };

    /// <summary>True where no extents can make it negative: no factor is.</summary>
    public bool IsNeverNegative => _terms.All(term => term.Factor >= 0);

    public static SymbolicExpression Of(long number) => new(number == 0 ? [] : [new Term([], number)]);

    public static SymbolicExpression Named(string name) => new([new Term([name], 1)]);

    /// <summary>The sum; null where it is too long or a factor passes 64 bits.</summary>
    public SymbolicExpression? Plus(SymbolicExpression other) => Collect(_terms.Concat(other._terms));

    /// <summary>The product; null where it is too long or a factor passes 64 bits.</summary>
    public SymbolicExpression? Times(SymbolicExpression other) =>
        _terms.Length * other._terms.Length > MaximumTerms * MaximumTerms ? null
        : Collect(_terms.SelectMany(left => other._terms.Select(right => new Term([.. left.Parts.Concat(right.Parts).Order(StringComparer.Ordinal)], left.Factor * right.Factor))));

    /// <summary>The quotient where it is a polynomial again, whatever the extents; else null.</summary>
    public SymbolicExpression? Over(SymbolicExpression divisor)
    {
        if (divisor._terms.Length == 0)
        {
            return null;
        }

        var head = divisor._terms[0];
        if (divisor._terms.Length == 1)
        {
            var quotients = _terms.Select(term => term.Over(head)).ToList();
            return quotients.Contains(null) ? null : Collect(quotients.Select(term => term!.Value));
        }

        // A divisor of several terms: only where one term times it is the dividend.
        return _terms.Length == divisor._terms.Length && _terms[0].Over(head) is { } ratio && Collect([ratio]) is { } quotient && quotient.Times(divisor)?.Equals(this) == true
            ? quotient
            : null;
    }

    /// <summary>The quotient rounded down.</summary>
    public SymbolicExpression? FloorOver(long divisor)
    {
        var whole = Collect(_terms.Select(term => term with { Factor = FloorDivide(term.Factor, divisor) }));
        var rest = Collect(_terms.Select(term => term with { Factor = term.Factor - FloorDivide(term.Factor, divisor) * divisor }));
        if (whole is null || rest is null || rest.Number is >= 0)
        {
            return rest is null ? null : whole;
        }

        var common = rest._terms.Where(term => !term.Parts.IsEmpty).Aggregate(new BigInteger(divisor), (common, term) => BigInteger.GreatestCommonDivisor(common, term.Factor));
        var reduced = Collect(rest._terms.Select(term => term with { Factor = FloorDivide(term.Factor, (long)common) }));
        return reduced is null ? null : whole.Plus(Named($"floor({reduced.Bracketed}/{divisor / (long)common})"));
    }

    /// <summary>The expression, or 0 where it would be negative.</summary>
    public SymbolicExpression AtLeastZero() => IsNeverNegative ? this : Named($"max({Text})");

    /// <summary>Its number for these extents; null where one is missing or the number passes 64 bits.</summary>
    public long? Evaluate(Func<string, long?> extents)
    {
        var sum = BigInteger.Zero;
        foreach (var term in _terms)
        {
            var product = term.Factor;
            foreach (var part in term.Parts)
            {
                if (SymbolicExpressionParser.EvaluatePart(part, extents) is not { } value)
                {
                    return null;
                }

                product *= value;
            }

            sum += product;
        }

        return sum >= long.MinValue && sum <= long.MaxValue ? (long)sum : null;
    }

    public bool Equals(SymbolicExpression? other) => other is not null && Text == other.Text;

    public override bool Equals(object? obj) => Equals(obj as SymbolicExpression);

    public override int GetHashCode() => Text.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Text;

    private string Bracketed => _terms.Length == 1 && _terms[0].Factor.IsOne && _terms[0].Parts.Length == 1 ? Text : $"({Text})";

    private static BigInteger FloorDivide(BigInteger dividend, long divisor)
    {
        var quotient = BigInteger.DivRem(dividend, divisor, out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>Equal products added up, in canonical order.</summary>
    private static SymbolicExpression? Collect(IEnumerable<Term> terms)
    {
        var sums = new SortedDictionary<string, Term>(Comparer<string>.Create(static (a, b) =>
            a.Length == 0 || b.Length == 0 ? b.Length.CompareTo(a.Length) : string.CompareOrdinal(a, b)));
        foreach (var term in terms)
        {
            var key = string.Join('*', term.Parts);
            sums[key] = sums.TryGetValue(key, out var other) ? term with { Factor = term.Factor + other.Factor } : term;
        }

        ImmutableArray<Term> result = [.. sums.Values.Where(term => !term.Factor.IsZero)];
        var fits = result.Length <= MaximumTerms && result.All(term => term.Parts.Length <= MaximumDegree && BigInteger.Abs(term.Factor) <= long.MaxValue);
        return !fits || new SymbolicExpression(result) is not { Text.Length: <= SymbolicExpressionParser.MaximumLength } expression ? null : expression;
    }

    /// <summary>A product of names (sorted) and a factor.</summary>
    private readonly record struct Term(ImmutableArray<string> Parts, BigInteger Factor)
    {
        public Term? Over(Term divisor)
        {
            var parts = Parts.ToList();
            return divisor.Parts.All(parts.Remove) && (Factor % divisor.Factor).IsZero ? new Term([.. parts], Factor / divisor.Factor) : null;
        }

        public string Print(bool isFirst)
        {
            var factor = isFirst ? Factor : BigInteger.Abs(Factor);
            var product = string.Join('*', Parts);
            var text = Parts.IsEmpty ? $"{factor}" : factor.IsOne ? product : $"{factor}*{product}";
            return isFirst ? text : Factor.Sign < 0 ? $"- {text}" : $"+ {text}";
        }
    }
}
