using System.Text;
using EdgeAI.Graph;

namespace EdgeAI.Testing.Networks;

/// <summary>Attributes of a node under construction: numbers, texts, and arrays of integers by name.</summary>
public sealed class Attributes : Dictionary<string, object>
{
    /// <summary>The list in the graph's form.</summary>
    public AttributeList ToList() => new(this.Select(pair => new NodeAttribute(pair.Key, Value(pair.Value))));

    private static AttributeValue Value(object value) => value switch
    {
        int number => new AttributeValue.Int(number),
        long number => new AttributeValue.Int(number),
        float number => new AttributeValue.Float(number),
        string text => new AttributeValue.Text(Encoding.UTF8.GetBytes(text)),
        long[] numbers => new AttributeValue.Ints([.. numbers]),
        _ => throw new ArgumentException($"An attribute cannot hold a {value.GetType()}.", nameof(value)),
    };
}
