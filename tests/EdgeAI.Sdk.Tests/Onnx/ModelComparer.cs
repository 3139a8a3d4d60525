using System.Globalization;
using System.Text;
using EdgeAI.Graph;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>
/// Everything that a model holds, as text lines: two models are equal when their lines are. Unlike the printer's, nothing is cut
/// short or left out: texts, metadata, types, consumers and a hash of every element byte are there.
/// </summary>
internal static class ModelComparer
{
    /// <summary>Fails with the first line that differs.</summary>
    public static void AssertEqual(Model found, Model expected, string what = "")
    {
        var (left, right) = (Lines(found), Lines(expected));
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (left[i] != right[i])
            {
                Assert.Fail($"{what}: line {i}\nfound:    {left[i]}\nexpected: {right[i]}");
            }
        }

        Assert.That(left, Has.Count.EqualTo(right.Count), what);
    }

    public static List<string> Lines(Model model)
    {
        var lines = new List<string>
        {
            $"model ir {model.IrVersion} '{model.ProducerName}' '{model.ProducerVersion}' '{model.Domain}' {model.ModelVersion} '{model.DocString}'",
            $"opsets {Join(model.OpsetImports)} metadata {Join(model.Metadata)}",
        };
        Add(lines, model.Graph, "");
        foreach (var function in model.Functions)
        {
            lines.Add($"function '{function.Domain}' '{function.Name}' '{function.Overload}' ({string.Join(',', function.Inputs)}) → ({string.Join(',', function.Outputs)})");
            lines.Add($"  attributes {string.Join(',', function.Attributes)} opsets {Join(function.OpsetImports)} '{function.DocString}'");
            AddAttributes(lines, function.AttributeDefaults, "  ");
            Add(lines, function.Body, "  ");
        }

        return lines;
    }

    private static void Add(List<string> lines, ModelGraph graph, string indent)
    {
        lines.Add($"{indent}graph '{graph.Name}' '{graph.DocString}' metadata {Join(graph.Metadata)} in a graph '{graph.Parent?.Name}'");
        lines.Add($"{indent}inputs {string.Join(',', graph.Inputs.Select(Describe))}");
        lines.Add($"{indent}outputs {string.Join(',', graph.Outputs.Select(Describe))}");
        lines.AddRange(graph.Values.Values.OrderBy(value => value.Name, StringComparer.Ordinal).Select(value => $"{indent}value {Describe(value)}"));
        lines.AddRange(graph.SparseConstants.Select(sparse => $"{indent}sparse {Describe(sparse)}"));
        lines.AddRange(graph.QuantizationAnnotations.Select(item => $"{indent}quantization '{item.Tensor}' {Join(item.Parameters)}"));
        foreach (var node in graph.Nodes)
        {
            lines.Add($"{indent}node '{node.Name}' {node.Domain}.{node.OpType}.{node.Overload} ({Names(node.Inputs)}) → ({Names(node.Outputs)}) '{node.DocString}' metadata {Join(node.Metadata)}");
            AddAttributes(lines, node.Attributes, indent + "  ");
        }
    }

    private static void AddAttributes(List<string> lines, IEnumerable<NodeAttribute> attributes, string indent)
    {
        foreach (var (name, value, text) in attributes)
        {
            lines.Add($"{indent}attribute '{name}' '{text}' {value.GetType().Name} {Describe(value)}");
            var graphs = value switch
            {
                AttributeValue.Graph one => [one.Value],
                AttributeValue.Graphs many => many.Values,
                _ => [],
            };
            foreach (var graph in graphs)
            {
                Add(lines, graph, indent + "  ");
            }
        }
    }

    private static string Describe(Value value) =>
        $"'{value.Name}' {Describe(value.Type)} by '{value.Producer?.Name}' for {string.Join(',', value.Consumers.Select(node => node.Name).Order(StringComparer.Ordinal))} " +
        $"'{value.DocString}' metadata {Join(value.Metadata)} {(value.Constant is { } constant ? Describe(constant) : "")}";

    private static string Describe(EdgeAI.Graph.ValueType? type) => type switch
    {
        null => "?",
        SparseTensorType sparse => $"sparse {sparse.Element}{sparse.Shape}",
        SequenceType sequence => $"sequence of ({Describe(sequence.Element)})",
        OptionalType optional => $"optional ({Describe(optional.Element)})",
        MapType map => $"map {map.Key} to ({Describe(map.Element)})",
        OpaqueType opaque => $"opaque {opaque.Domain}.{opaque.Name}",
        _ => type.ToString()!,
    };

    private static string Describe(ConstantTensor tensor) =>
        $"{tensor} {Hash(tensor.Data.Span)} [{string.Join(',', tensor.Strings.Select(text => Convert.ToHexString(text.Span)))}]";

    private static string Describe(SparseConstant sparse) =>
        $"'{sparse.Name}' {Describe(sparse.Values)} at {Describe(sparse.Indices)} of [{string.Join(',', sparse.Extents)}]";

    private static string Describe(AttributeValue value) => value switch
    {
        AttributeValue.Float one => Bits(one.Value),
        AttributeValue.Int one => one.Value.ToString(CultureInfo.InvariantCulture),
        AttributeValue.Text one => Convert.ToHexString(one.Value.Span),
        AttributeValue.Tensor one => Describe(one.Value),
        AttributeValue.Type one => Describe(one.Value),
        AttributeValue.Sparse one => Describe(one.Value),
        AttributeValue.Floats many => string.Join(',', many.Values.Select(Bits)),
        AttributeValue.Ints many => string.Join(',', many.Values),
        AttributeValue.Texts many => string.Join(',', many.Values.Select(text => Convert.ToHexString(text.Span))),
        AttributeValue.Tensors many => string.Join(',', many.Values.Select(Describe)),
        AttributeValue.Types many => string.Join(',', many.Values.Select(Describe)),
        AttributeValue.Sparses many => string.Join(',', many.Values.Select(Describe)),
        AttributeValue.Reference reference => $"{reference.FunctionAttribute} {reference.Kind}",
        AttributeValue.Graph or AttributeValue.Graphs => "",
        _ => throw new ArgumentOutOfRangeException(nameof(value), value, "a kind that the comparer does not know"),
    };

    private static string Bits(float value) => BitConverter.SingleToUInt32Bits(value).ToString("X8", CultureInfo.InvariantCulture);

    private static string Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = 14695981039346656037UL;
        foreach (var item in bytes)
        {
            hash = (hash ^ item) * 1099511628211UL;
        }

        return $"{bytes.Length}:{hash:X16}";
    }

    private static string Names(IEnumerable<Value?> values) => string.Join(',', values.Select(value => value is null ? "_" : $"'{value.Name}'"));

    private static string Join<T>(IEnumerable<KeyValuePair<string, T>> entries) =>
        entries.Aggregate(new StringBuilder(), (text, entry) => text.Append(CultureInfo.InvariantCulture, $"[{entry.Key}={entry.Value}]")).ToString();
}
