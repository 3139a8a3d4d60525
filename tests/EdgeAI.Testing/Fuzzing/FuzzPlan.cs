using System.Globalization;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>What a campaign does; the same for its workers, which get it as arguments.</summary>
/// <param name="Seed">Mutants follow from it.</param>
/// <param name="Mutations">Number of mutants, of all workers together.</param>
/// <param name="Workers">Processes.</param>
/// <param name="Folder">Where states and findings are.</param>
/// <param name="DeepEvery">Each how manieth mutant goes through the runtime with ONNX Runtime and simulated devices; 0: none.</param>
/// <param name="Limit">Ends the campaign earlier.</param>
public sealed record FuzzPlan(int Seed, long Mutations, int Workers, string Folder, int DeepEvery, TimeSpan Limit)
{
    /// <summary>The worker's state.</summary>
    public string StatePath(int worker) => Path.Combine(Folder, $"worker-{worker.ToString(CultureInfo.InvariantCulture)}.state");

    /// <summary>Mutants of one worker.</summary>
    public long Share(int worker) => (Mutations / Workers) + (worker < Mutations % Workers ? 1 : 0);

    /// <summary>The campaign's number of a worker's mutant.</summary>
    public long Index(int worker, long position) => (position * Workers) + worker;

    /// <summary>True for mutants that go through the runtime too.</summary>
    public bool IsDeep(long index) => DeepEvery > 0 && index % DeepEvery == 0;

    /// <summary>Arguments for a worker.</summary>
    public IEnumerable<string> Arguments(int worker) =>
        [.. new object[] { worker, Seed, Mutations, Workers, Folder, DeepEvery }.Select(item => Convert.ToString(item, CultureInfo.InvariantCulture)!)];

    /// <summary>Reads a worker's arguments.</summary>
    public static (FuzzPlan Plan, int Worker) Parse(IReadOnlyList<string> arguments) =>
        (new FuzzPlan(Number(arguments[1]), long.Parse(arguments[2], CultureInfo.InvariantCulture), Number(arguments[3]), arguments[4], Number(arguments[5]), TimeSpan.MaxValue), Number(arguments[0]));

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
