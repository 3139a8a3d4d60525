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
    public bool Accepts(AttributeValue value) => value switch
    {
        AttributeValue.Int => Kind == AttributeKind.Int,
        AttributeValue.Float => Kind == AttributeKind.Float,
        AttributeValue.Text => Kind == AttributeKind.Text,
        AttributeValue.Tensor => Kind == AttributeKind.Tensor,
        AttributeValue.Graph => Kind == AttributeKind.Graph,
        AttributeValue.Type => Kind == AttributeKind.Type,
        AttributeValue.Sparse => Kind == AttributeKind.Sparse,
        AttributeValue.Ints => Kind == AttributeKind.Ints,
        AttributeValue.Floats => Kind == AttributeKind.Floats,
        AttributeValue.Texts => Kind == AttributeKind.Texts,
        AttributeValue.Tensors => Kind == AttributeKind.Tensors,
        AttributeValue.Graphs => Kind == AttributeKind.Graphs,
        _ => value is AttributeValue.Reference,
    };
}
