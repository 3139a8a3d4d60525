namespace EdgeAI.Compiler;

/// <summary>What the cost model said of the chosen plan, and what its compiled segments say; in the unit of the placement's certificate.</summary>
/// <param name="Modelled">The sum over units by themselves.</param>
/// <param name="Compiled">The same plan with the segments' own costs.</param>
/// <param name="FirstCompiled">What the first plan came to, before others were compiled.</param>
/// <param name="Rounds">How many other plans were compiled.</param>
public sealed record SegmentCheck(double Modelled, double Compiled, double FirstCompiled, int Rounds)
{
    /// <summary>How much the model is above (or, negative, below) the compiled segments, relative to them.</summary>
    public double ModelGap => Compiled > 0 ? (Modelled - Compiled) / Compiled : 0;
}
