namespace EdgeAI.Onnx.Wire;

/// <summary>Where in a model something stands, for messages; becomes text only when it is needed.</summary>
internal readonly record struct Place(string What, string? Name = null)
{
    public static implicit operator Place(string what) => new(what);

    public override string ToString() => Name is null ? What : $"{What} '{Name}'";
}
