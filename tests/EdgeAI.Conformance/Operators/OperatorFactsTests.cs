using System.Globalization;
using EdgeAI.Graph.Operators;
using EdgeAI.Graph.Schemas;

namespace EdgeAI.Conformance.Operators;

/// <summary>The registry held against what the public documentation says of each operator and version (operators.txt).</summary>
public sealed class OperatorFactsTests
{
    /// <summary>The newest version of ai.onnx that ONNX Runtime 1.30 takes.</summary>
    private const int NewestStandardVersion = 26;

    /// <summary>Operators of ai.onnx from before ONNX's documentation, which ONNX Runtime still has.</summary>
    private static readonly string[] Undocumented = ["Affine", "Crop", "ImageScaler", "ParametricSoftplus", "ScaledTanh"];

    /// <summary>One version of an operator; counts are "least-most", most "*" where it is open, and "deprecated" where the version has no signature.</summary>
    private sealed record Fact(string Domain, string Name, int Version, string Inputs, string Outputs, string[] Attributes)
    {
        public bool HasSignature => Inputs != "deprecated" && (Domain.Length > 0 || Version >= OperatorRegistry.OldestStandardVersion);

        public override string ToString() => $"{Domain}.{Name}-{Version}";
    }

    private static readonly List<Fact> Facts = [.. TextTable.Read("operators.txt").SelectMany(Rows)];

    [Test]
    public void Registry_EveryDocumentedOperator_HasItsVersions()
    {
        var wrong = Facts.GroupBy(fact => (fact.Domain, fact.Name))
            .Select(group => (group.Key, Expected: group.Select(fact => fact.Version).Order().ToList(), Found: Versions(group.Key.Domain, group.Key.Name)))
            .Where(row => !row.Expected.SequenceEqual(row.Found));
        Assert.That(wrong.Select(row => $"{row.Key}: found {string.Join(',', row.Found)}; expected {string.Join(',', row.Expected)}"), Is.Empty);
    }

    [Test]
    public void Registry_EveryOperator_IsDocumented()
    {
        var documented = Facts.Select(fact => (fact.Domain, fact.Name)).ToHashSet();
        var others = OperatorRegistry.All.Where(schema => schema.Domain != "com.microsoft" && !documented.Contains((schema.Domain, schema.Name)));
        Assert.That(others.Select(schema => schema.Name), Is.EquivalentTo(Undocumented));
    }

    [Test]
    public void Registry_EveryDocumentedVersion_HasItsOperandsResultsAndAttributes() =>
        Assert.That(Facts.Where(fact => fact.HasSignature).SelectMany(Differences), Is.EquivalentTo(TextTable.Read("operator-exceptions.txt").Select(cells => cells[0])));

    private static IEnumerable<Fact> Rows(string[] cells) => cells[2].Split(',').Select(version => new Fact(
        cells[0] == "ai.onnx" ? "" : cells[0], cells[1], int.Parse(version, CultureInfo.InvariantCulture), cells[3], cells.ElementAtOrDefault(4) ?? "", (cells.ElementAtOrDefault(5) ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    private static List<int> Versions(string domain, string name) =>
        [.. OperatorRegistry.Find(domain, name)?.Since.Where(version => domain.Length > 0 || version <= NewestStandardVersion) ?? []];

    private static IEnumerable<string> Differences(Fact fact)
    {
        if (OperatorRegistry.Find(fact.Domain, fact.Name) is not { } schema)
        {
            yield break;
        }

        var (inputs, outputs) = (Counts(schema.InputsAt(fact.Version)), Counts(schema.OutputsAt(fact.Version)));
        if (inputs.Most != Most(fact.Inputs) || inputs.Least != Least(fact.Inputs))
        {
            yield return $"{fact}: operands {inputs}; expected {fact.Inputs}";
        }

        if (outputs.Most != Most(fact.Outputs) || outputs.Least != Least(fact.Outputs))
        {
            yield return $"{fact}: results {outputs}; expected {fact.Outputs}";
        }

        var attributes = schema.AllAttributes.Where(attribute => attribute.Versions.Contains(fact.Version)).ToList();
        var expected = fact.Attributes.Select(name => name.TrimEnd('!'));
        if (!attributes.Select(attribute => attribute.Name).Order(StringComparer.Ordinal).SequenceEqual(expected.Order(StringComparer.Ordinal)))
        {
            yield return $"{fact}: attributes {string.Join(' ', attributes.Select(attribute => attribute.Name))}; expected {string.Join(' ', expected)}";
        }

        var required = fact.Attributes.Where(name => name.EndsWith('!')).Select(name => name.TrimEnd('!'));
        if (!attributes.Where(attribute => attribute.IsRequired).Select(attribute => attribute.Name).Order(StringComparer.Ordinal).SequenceEqual(required.Order(StringComparer.Ordinal)))
        {
            yield return $"{fact}: required attributes {string.Join(' ', attributes.Where(attribute => attribute.IsRequired).Select(attribute => attribute.Name))}; expected {string.Join(' ', required)}";
        }
    }

    private static (int Least, string Most) Counts(IReadOnlyList<OperandSchema> operands)
    {
        var least = operands.Index().Where(item => item.Item.Least > 0 || item.Item.Arity == OperandArity.Variadic).Select(item => item.Index + item.Item.Least).LastOrDefault();
        return (least, operands.Any(operand => operand.Arity == OperandArity.Variadic) ? "*" : $"{operands.Count}");
    }

    private static int Least(string range) => int.Parse(range.Split('-')[0], CultureInfo.InvariantCulture);

    private static string Most(string range) => range.Split('-')[1];
}
