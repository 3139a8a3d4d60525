using EdgeAI.Graph;

namespace EdgeAI.Onnx.Reading;

/// <summary>What a ValueInfoProto says. What is known already stays: outputs come before value_info.</summary>
internal readonly record struct ValueDescription(string Name, ValueType? Type, string DocString, IReadOnlyList<KeyValuePair<string, string>>? Metadata)
{
    public void Describe(Value value)
    {
        value.Type ??= Type;
        if (DocString.Length > 0)
        {
            value.DocString = DocString;
        }

        if (Metadata is not null)
        {
            value.Metadata = Metadata;
        }
    }
}
