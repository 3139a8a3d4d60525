namespace EdgeAI.Scheduling;

/// <summary>A device on which items can be placed. It runs one segment at a time.</summary>
/// <param name="Name">The name by which plans and errors speak of it.</param>
/// <param name="LaunchCost">Paid once per segment that runs on it, in the problem's unit; finite, not negative.</param>
/// <param name="LaunchEnergy">Joules per launch; finite, not negative.</param>
/// <param name="CapacityBytes">What the resident bytes of its items may come to; null for no limit.</param>
public sealed record PlacementDevice(string Name, double LaunchCost = 0, double LaunchEnergy = 0, long? CapacityBytes = null);
