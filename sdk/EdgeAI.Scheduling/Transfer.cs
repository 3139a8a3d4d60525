namespace EdgeAI.Scheduling;

/// <summary>One copy of one value over one link.</summary>
/// <param name="Value">The value's index.</param>
/// <param name="From">The device that has it.</param>
/// <param name="To">The device that gets it.</param>
/// <param name="Cost">The link's cost for its bytes.</param>
/// <param name="AfterSegment">The segment that produces the value; -1 for an input.</param>
/// <param name="BeforeSegment">The first segment that needs this copy (or one made from it); the number of segments when only the model's output does.</param>
public sealed record Transfer(int Value, int From, int To, double Cost, int AfterSegment, int BeforeSegment);
