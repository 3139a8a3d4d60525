namespace EdgeAI.Graph.Schemas;

/// <summary>What an attribute may hold.</summary>
internal enum AttributeKind
{
    Int,
    Float,
    Text,
    Tensor,
    Graph,
    Type,
    Sparse,
    Ints,
    Floats,
    Texts,
    Tensors,
    Graphs,
}

/// <summary>One attribute of an operator: its kind, whether it must be given, and what holds where it is not.</summary>
internal sealed record AttributeSchema(string Name, AttributeKind Kind, bool IsRequired, AttributeValue? Default, VersionRange Versions)
{
    /// <summary>True for a value of this kind; a reference to a function's attribute fits any.</summary>
    public bool Accepts(AttributeValue value) => value is AttributeValue.Reference || value.GetType().Name == Kind.ToString();
}
