using System.Globalization;
using System.Text;
using EdgeAI.Hal;

namespace EdgeAI.Graph;

/// <summary>Models as text for people.</summary>
public static class GraphPrinter
{
    /// <summary>
    /// Every graph with inputs, constants (small ones with their elements), one line per node, and outputs:
    /// <c>%y: Float32[1,8] = Conv(%x, %w) {group=2}  # name</c>.
    /// </summary>
    public static string Print(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var text = new StringBuilder();
        text.AppendLine(Header(model));
        Print(text, model.Graph, "");
        return text.ToString();
    }

    /// <summary>One line for a node.</summary>
    public static string Print(Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var results = string.Join(", ", node.Outputs.Select(output => output?.ToString() ?? "_"));
        var operands = string.Join(", ", node.Inputs.Select(input => input is null ? "_" : $"%{input.Name}"));
        var attributes = node.Attributes.Count == 0 ? "" : $" {{{string.Join(", ", node.Attributes.Select(item => $"{item.Name}={Print(item.Value)}"))}}}";
        var operation = node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}";
        return $"{results} = {operation}({operands}){attributes}  # {node.Name}";
    }

    /// <summary>What a model is, in a few lines: versions, inputs, outputs, parameters, operators by number.</summary>
    public static string Summarize(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        var graphs = ShapeInference.Graphs(model.Graph).ToList();
        var nodes = graphs.SelectMany(graph => graph.Nodes).ToList();
        var constants = graphs.SelectMany(graph => graph.Constants).Select(value => value.Constant!).ToList();
        var text = new StringBuilder();
        text.AppendLine(Header(model));
        text.AppendLine(CultureInfo.InvariantCulture, $"inputs      {Join(model.Graph.Inputs.Where(input => input.Constant is null))}");
        text.AppendLine(CultureInfo.InvariantCulture, $"outputs     {Join(model.Graph.Outputs)}");
        text.AppendLine(CultureInfo.InvariantCulture, $"parameters  {constants.Sum(tensor => tensor.Shape.ElementCount)} in {constants.Count} constants, {constants.Sum(tensor => (long)tensor.Data.Length)} bytes");
        text.AppendLine(CultureInfo.InvariantCulture, $"nodes       {nodes.Count} in {graphs.Count} graph(s)");
        text.AppendLine(CultureInfo.InvariantCulture, $"operators   {string.Join(' ', Histogram(nodes))}");
        return text.ToString();
    }

    private static string Header(Model model)
    {
        var sets = string.Join(", ", model.OpsetImports.Select(pair => $"{(pair.Key.Length == 0 ? "ai.onnx" : pair.Key)} {pair.Value}"));
        return $"model '{model.Graph.Name}' (format {model.IrVersion}; {(sets.Length == 0 ? "no operator sets" : sets)}; by {model.ProducerName} {model.ProducerVersion})";
    }

    private static IEnumerable<string> Histogram(IEnumerable<Node> nodes) => nodes
        .GroupBy(node => node.Domain.Length == 0 ? node.OpType : $"{node.Domain}.{node.OpType}")
        .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"{group.Key}:{group.Count()}");

    private static string Join(IEnumerable<Value> values) => string.Join("; ", values);

    private static void Print(StringBuilder text, ModelGraph graph, string indent)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"{indent}graph '{graph.Name}' ({Join(graph.Inputs)})");
        foreach (var value in graph.Constants)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{indent}  const {value}{Elements(value.Constant!)}");
        }

        foreach (var node in graph.Nodes)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{indent}  {Print(node)}");
            foreach (var body in ShapeInference.Subgraphs(node))
            {
                Print(text, body, indent + "    ");
            }
        }

        text.AppendLine(CultureInfo.InvariantCulture, $"{indent}  return {Join(graph.Outputs)}");
    }

    private static string Print(AttributeValue value) => value switch
    {
        AttributeValue.Int number => number.Value.ToString(CultureInfo.InvariantCulture),
        AttributeValue.Float number => number.Value.ToString("R", CultureInfo.InvariantCulture),
        AttributeValue.Text text => $"\"{text}\"",
        AttributeValue.Ints list => $"[{string.Join(',', list.Values)}]",
        AttributeValue.Floats list => $"[{string.Join(',', list.Values.Select(item => item.ToString("R", CultureInfo.InvariantCulture)))}]",
        AttributeValue.Texts list => $"[{string.Join(',', list.Values.Select(item => $"\"{Encoding.UTF8.GetString(item.Span)}\""))}]",
        AttributeValue.Tensor tensor => $"{tensor.Value}{Elements(tensor.Value)}",
        AttributeValue.Graph graph => $"graph '{graph.Value.Name}'",
        AttributeValue.Reference reference => $"@{reference.FunctionAttribute}",
        _ => value.GetType().Name,
    };

    private static string Elements(ConstantTensor tensor)
    {
        const int shown = 8;
        if (tensor.Shape.ElementCount > shown)
        {
            return "";
        }

        return tensor.Type switch
        {
            DataType.Float32 => $" = [{string.Join(',', tensor.AsSpan<float>().ToArray().Select(item => item.ToString("R", CultureInfo.InvariantCulture)))}]",
            DataType.String => $" = [{string.Join(',', tensor.Strings.Select(item => $"\"{Encoding.UTF8.GetString(item.Span)}\""))}]",
            DataType.Int64 or DataType.Int32 or DataType.Int16 or DataType.Int8 or DataType.UInt8 or DataType.UInt16 or DataType.UInt32 or DataType.Boolean =>
                $" = [{string.Join(',', tensor.ToInt64())}]",
            _ => "",
        };
    }
}
