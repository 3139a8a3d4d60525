using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeAI.Graph;

namespace EdgeAI.Compiler.Costs;

/// <summary>
/// What the time of a unit depends on: operators, attributes, types, shapes, which operands are constants, how its nodes hang together.
/// Names and the elements of weights are not in it; elements of small integer operands are (axes, shapes, pads).
/// </summary>
internal static class UnitSignature
{
    private const int WrittenElements = 16;

    /// <summary>32 hexadecimal digits; null for a unit of open sizes, or with subgraphs, whose time follows from more than that.</summary>
    public static string? Of(GraphUnit unit)
    {
        if (!IsSized(unit) || unit.Nodes.Any(node => node.Attributes.Any(attribute => attribute.Value is AttributeValue.Graph or AttributeValue.Graphs)))
        {
            return null;
        }

        var numbers = new Dictionary<Value, int>();
        var text = new StringBuilder();
        foreach (var node in unit.Nodes)
        {
            text.Append(CultureInfo.InvariantCulture, $"{node.Domain}/{node.OpType}(");
            foreach (var operand in node.Inputs)
            {
                text.Append(Operand(operand, numbers)).Append(',');
            }

            text.Append(")[").AppendJoin(';', node.Attributes.OrderBy(attribute => attribute.Name, StringComparer.Ordinal).Select(attribute => $"{attribute.Name}={Text(attribute.Value)}")).Append("]→");
            foreach (var result in node.Outputs)
            {
                text.Append(Operand(result, numbers)).Append(',');
            }

            text.Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())))[..32];
    }

    /// <summary>True where every value at the border has a size that is known before the run.</summary>
    public static bool IsSized(GraphUnit unit) => unit.Inputs.Concat(unit.Outputs).All(IsSized);

    private static bool IsSized(Value value) => value.Tensor is { Shape.IsStatic: true } tensor && Hal.DataTypes.IsFixedSize(tensor.Element);

    private static string Operand(Value? value, Dictionary<Value, int> numbers)
    {
        if (value is null)
        {
            return "_";
        }

        if (!numbers.TryGetValue(value, out var number))
        {
            numbers[value] = number = numbers.Count;
        }

        return $"{number}:{value.Element}{value.Shape}{(value.Constant is { } constant ? Constant(constant) : "")}";
    }

    private static string Constant(ConstantTensor constant) =>
        constant.Type is Hal.DataType.Int64 or Hal.DataType.Int32 && constant.Shape.ElementCount <= WrittenElements ? $"={string.Join(' ', constant.ToInt64())}" : "=const";

    private static string Text(AttributeValue value) => value switch
    {
        AttributeValue.Float one => one.Value.ToString("R", CultureInfo.InvariantCulture),
        AttributeValue.Int one => one.Value.ToString(CultureInfo.InvariantCulture),
        AttributeValue.Text one => one.ToString(),
        AttributeValue.Floats many => string.Join(' ', many.Values.Select(item => item.ToString("R", CultureInfo.InvariantCulture))),
        AttributeValue.Ints many => string.Join(' ', many.Values),
        AttributeValue.Texts many => string.Join(' ', many.Values.Select(item => Encoding.UTF8.GetString(item.Span))),
        AttributeValue.Tensor one => one.Value.ToString(),
        _ => value.GetType().Name,
    };
}
