namespace EdgeAI.Graph.Schemas;

/// <summary>How often an operand or result stands in the list.</summary>
internal enum OperandArity
{
    /// <summary>Once.</summary>
    Required,
    /// <summary>Once or left out.</summary>
    Optional,
    /// <summary>Any number of times, or at least once; always the last of its list.</summary>
    Variadic,
}

/// <summary>One operand or result. <paramref name="Type"/> is a variable of the operator's types or a set of element types.</summary>
internal sealed record OperandSchema(string Name, OperandArity Arity, string Type, VersionRange Versions)
{
    /// <summary>How often it stands there at least: once where required; of those that may be given any number of times some ask for one.</summary>
    public int Least { get; init; }

    /// <summary>The element types that the type text stands for.</summary>
    public TypeSet Types { get; init; }

    /// <summary>Number of the type variable, which all its operands share; negative where the text is a set.</summary>
    public int Variable { get; init; } = -1;

    /// <summary>True where the type text is a variable.</summary>
    public bool IsVariable => Variable >= 0;
}
