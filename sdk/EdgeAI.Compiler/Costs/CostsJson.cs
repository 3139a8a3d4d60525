using System.Text.Json.Serialization;

namespace EdgeAI.Compiler.Costs;

/// <summary>How measured costs are read and written: every property once, none that is not known.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(MeasuredCosts))]
internal sealed partial class CostsJson : JsonSerializerContext;
