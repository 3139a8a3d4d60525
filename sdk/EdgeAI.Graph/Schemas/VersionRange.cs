namespace EdgeAI.Graph.Schemas;

/// <summary>The operator set versions in which a piece of a schema is valid: from Since up to, not including, Until.</summary>
internal readonly record struct VersionRange(int Since, int Until)
{
    /// <summary>All versions.</summary>
    public static VersionRange All { get; } = new(0, int.MaxValue);

    public bool Contains(long version) => version >= Since && version < Until;
}
