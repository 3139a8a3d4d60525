namespace EdgeAI.Scheduling;

/// <summary>A device on which items can be placed.</summary>
/// <param name="Name">The name by which plans and errors speak of it.</param>
/// <param name="LaunchCost">Paid once per segment that runs on it, in the problem's unit; finite, not negative.</param>
public sealed record PlacementDevice(string Name, double LaunchCost = 0);
