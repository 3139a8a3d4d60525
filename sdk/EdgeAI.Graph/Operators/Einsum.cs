using System.Collections.Immutable;
using EdgeAI.Graph.Inference;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;

namespace EdgeAI.Graph.Operators;

/// <summary>Sums of products by an equation of letters.</summary>
internal static class Einsum
{
    public static OperatorSchema Schema { get; } = new("Einsum", 12)
    {
        Inputs = "Inputs+:T",
        Outputs = "Output:T",
        Types = "T=numeric",
        Attributes = "equation:text!",
        Infer = Run,
        Needs = Ranks,
    };

    private static IEnumerable<OperandNeed> Ranks(Node node, long version) => Sides(node.Attributes.Text("equation", ""))[0].Split(',').Select((term, i) =>
        term.Contains("...", StringComparison.Ordinal) ? new OperandNeed(i) { LeastRank = term.Length - 3 } : new OperandNeed(i) { Rank = term.Length });

    private static string[] Sides(string equation) => equation.Replace(" ", "", StringComparison.Ordinal).Split("->");

    private static void Run(InferenceContext context)
    {
        var equation = context.Text("equation");
        var sides = Sides(equation);
        var terms = sides[0].Split(',');
        if (terms.Length != context.InputCount)
        {
            throw context.Error($"equation '{equation}' has {terms.Length} terms; expected {context.InputCount}, one for each operand.");
        }

        var extents = new Dictionary<char, Dimension>();
        var dots = Shape.Scalar;
        for (var i = 0; i < terms.Length; i++)
        {
            if (!context.ShapeOf(i).HasRank)
            {
                context.Set(0, Shape.Unknown);
                return;
            }

            dots = Extents.Broadcast(dots, Bind(context, terms[i], context.ShapeOf(i), extents))
                ?? throw context.Error($"equation '{equation}': the extents behind '...' do not broadcast.");
        }

        context.Set(0, Result(sides.Length > 1 ? sides[1] : Implicit(terms), dots, extents, context));
    }

    /// <summary>Notes the extent of every letter; gives those that the dots stand for.</summary>
    private static Shape Bind(InferenceContext context, string term, Shape shape, Dictionary<char, Dimension> extents)
    {
        var dots = term.IndexOf("...", StringComparison.Ordinal);
        var letters = term.Replace("...", "", StringComparison.Ordinal);
        var hidden = shape.Rank - letters.Length;
        if (hidden < 0 || (dots < 0 && hidden != 0))
        {
            throw context.Error($"term '{term}' does not fit an operand of shape {shape}; expected {letters.Length} axes{(dots < 0 ? "" : " or more")}.");
        }

        for (var i = 0; i < letters.Length; i++)
        {
            var extent = shape[dots >= 0 && i >= dots ? i + hidden : i];
            extents[letters[i]] = Extents.Broadcast(extents.GetValueOrDefault(letters[i], 1), extent)
                ?? throw context.Error($"letter '{letters[i]}' stands for {extents[letters[i]]} and {extent}; expected one extent.");
        }

        return new(shape.Skip(Math.Max(0, dots)).Take(hidden).ToImmutableArray());
    }

    /// <summary>Without an arrow: the dots, then the letters that stand once, by alphabet.</summary>
    private static string Implicit(string[] terms)
    {
        var letters = string.Concat(terms).Replace(".", "", StringComparison.Ordinal);
        return "..." + string.Concat(letters.Where(letter => letters.Count(other => other == letter) == 1).Order());
    }

    private static Shape Result(string term, Shape dots, Dictionary<char, Dimension> extents, InferenceContext context)
    {
        var result = ImmutableArray.CreateBuilder<Dimension>();
        for (var i = 0; i < term.Length; i++)
        {
            if (term[i] == '.')
            {
                result.AddRange(dots);
                i += 2;
            }
            else
            {
                result.Add(extents.TryGetValue(term[i], out var extent) ? extent
                    : throw context.Error($"letter '{term[i]}' of the result stands in no term."));
            }
        }

        return new(result.ToImmutable());
    }
}
