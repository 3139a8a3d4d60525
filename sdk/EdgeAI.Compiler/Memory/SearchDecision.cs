namespace EdgeAI.Compiler.Memory;

/// <summary>What lies on a clique's floor: the answers start at <see cref="FirstAnswer"/>, the last is a gap.</summary>
internal struct SearchDecision(int first, int end, int clique, int floor, int firstAnswer, int trailStart)
{
    public readonly int First = first;
    public readonly int End = end;
    public readonly int Clique = clique;
    public readonly int Floor = floor;
    public readonly int FirstAnswer = firstAnswer;
    public readonly int TrailStart = trailStart;
    public int Tried;
    public bool TriedGap;
    public int Placed = -1;
}
