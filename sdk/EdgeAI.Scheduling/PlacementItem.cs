namespace EdgeAI.Scheduling;

/// <summary>An operator, or a group of operators that must stay together. Its costs are a row of the <see cref="CostTable"/>.</summary>
/// <param name="Name">The name by which plans and errors speak of it.</param>
public sealed record PlacementItem(string Name);
