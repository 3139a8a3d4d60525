using System.Text.Json.Serialization;

namespace EdgeAI.Runtime.Contracts;

/// <summary>How contracts are read and written: every property once, none that is not known.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PlanLock))]
internal sealed partial class LockJson : JsonSerializerContext;
