namespace EdgeAI.Graph.Schemas;

/// <summary>How often an operand or result stands in the list.</summary>
internal enum OperandArity
{
    /// <summary>Once.</summary>
    Required,
    /// <summary>Once or left out.</summary>
    Optional,
    /// <summary>Any number of times; always the last of its list.</summary>
    Variadic,
}

/// <summary>One operand or result. <paramref name="Type"/> is a variable of the operator's types or a set of element types.</summary>
internal sealed record OperandSchema(string Name, OperandArity Arity, string Type, VersionRange Versions);
