using System.Collections.Immutable;

namespace EdgeAI.Scheduling;

/// <summary>A tensor that may have to move between devices. Constants that devices hold since loading are not listed.</summary>
/// <param name="Name">The name by which errors speak of it.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Producer">The item that computes it, or <see cref="Ambient"/> for a model input, which lies on the host device.</param>
/// <param name="Consumers">The items that read it, each after the producer. Doubles count once.</param>
/// <param name="IsOutput">Whether it must be on the host device in the end.</param>
public sealed record PlacementValue(string Name, long Bytes, int Producer, ImmutableArray<int> Consumers, bool IsOutput = false)
{
    /// <summary>The producer of a model input.</summary>
    public const int Ambient = -1;
}
