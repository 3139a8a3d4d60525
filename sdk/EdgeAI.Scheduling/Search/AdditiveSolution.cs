namespace EdgeAI.Scheduling.Search;

/// <summary>An answer for additive sum plus the launches along a path.</summary>
/// <param name="Devices">The device of each item.</param>
/// <param name="Value">The objective's value.</param>
/// <param name="Bound">What no placement within the restriction undercuts; the value itself when it is optimal.</param>
/// <param name="Solver">The algorithm.</param>
/// <param name="Work">Table entries that were computed; what it would cost to solve a like problem again.</param>
internal sealed record AdditiveSolution(byte[] Devices, double Value, double Bound, string Solver, long Work);
