namespace EdgeAI.Scheduling.Segments;

/// <summary>The least that a block costs between given devices of its ends, and how.</summary>
/// <param name="Cost">Items and values inside, launches after the source (all where there is none) up to the sink's.</param>
/// <param name="Runs">The devices that run one after another, three bits each from the lowest; the first is the source's if there is one.</param>
/// <param name="RunCount">How many they are; 0 when there is no answer.</param>
/// <param name="Copies">The devices on which the source's value may be read.</param>
internal readonly record struct BranchAnswer(double Cost, ulong Runs, int RunCount, int Copies)
{
    public static BranchAnswer None { get; } = new(double.PositiveInfinity, 0, 0, 0);

    public int DeviceOf(int run) => (int)(Runs >> (3 * run)) & 7;
}
