namespace EdgeAI.Compiler.Memory;

/// <summary>How a search ended.</summary>
internal enum SearchVerdict
{
    /// <summary>A placing under the limit.</summary>
    Found,

    /// <summary>Proved: there is none.</summary>
    Impossible,

    /// <summary>Neither, with what it was given.</summary>
    OutOfBudget,
}
