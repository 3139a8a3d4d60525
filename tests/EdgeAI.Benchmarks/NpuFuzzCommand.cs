using System.Diagnostics;
using System.Globalization;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>Random quantized operators on the simulated NPU against ONNX Runtime, many in one model.</summary>
internal static class NpuFuzzCommand
{
    public const string Help = """
        npu-fuzz [--instances N] [--seed S] [--operator part of a name]: random quantized operators, bit by bit against ONNX Runtime.

        Each round is one model of 200 operators with random extents, parameters, scales and zero points; scales are often equal or powers of two, which
        puts results on exact ties. Rounds take turns on machines with much and with little SRAM. Prints a row per operator; the same seed gives the same rounds.

          dotnet run -c Release --project tests/EdgeAI.Benchmarks -- npu-fuzz --instances 100000 --seed 1
          dotnet run -c Release --project tests/EdgeAI.Benchmarks -- npu-fuzz --operator Resize --instances 2000

        Exit codes: 0 all within the units of docs/npu/tolerances.md, 1 wrong usage, 3 one is not (its round's seed is printed).
        """;

    private const int PerRound = 200;
    private const int Failure = 3;
    private static readonly NpuConfiguration[] Machines = [NpuConfiguration.Phone4k, NpuConfiguration.Micro128 with { Name = "tiny", SramBytes = 8 << 10 }];

    public static int Run(string[] options)
    {
        var (instances, seed) = (Number(options, "--instances", 10_000), Number(options, "--seed", 1));
        var part = Option(options, "--operator") ?? "";
        var kinds = RandomOperator.All.Where(kind => kind.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList();
        if (instances is null or < 1 || seed is null || kinds.Count == 0 || options.Length % 2 != 0)
        {
            Console.Error.WriteLine(Help);
            return 1;
        }

        var tallies = kinds.ToDictionary(kind => kind.Name, kind => new Tally(kind));
        var clock = Stopwatch.StartNew();
        var comparisons = Machines.Select(machine => new NpuComparison(machine)).ToArray();
        var failures = 0L;
        for (var (done, round) = (0L, seed.Value); done < instances; done += PerRound, round++)
        {
            failures += Round(comparisons[round % comparisons.Length], round, kinds, tallies);
            if (done / PerRound % 50 == 0)
            {
                Console.Error.WriteLine($"{done} of {instances}, {clock.Elapsed.TotalSeconds:F0} s, {failures} outside their tolerance");
            }
        }

        Array.ForEach(comparisons, comparison => comparison.Dispose());
        Console.WriteLine(Table(tallies.Values));
        Console.WriteLine($"{tallies.Values.Sum(tally => tally.Compared)} operators compared, {tallies.Values.Sum(tally => tally.Refused)} refused, {failures} outside their tolerance; seed {seed}, {clock.Elapsed.TotalSeconds:F0} s.");
        return failures == 0 ? 0 : Failure;
    }

    private static long Round(NpuComparison comparison, long seed, List<RandomOperator> kinds, Dictionary<string, Tally> tallies)
    {
        var (random, made) = (new Random((int)seed), new List<RandomOperator>());
        var opset = kinds[random.Next(kinds.Count)].Opset;
        var (model, some) = (new QdqModel(opset), kinds.Where(kind => kind.Opset == opset).ToList());
        while (made.Count < PerRound)
        {
            var kind = some[random.Next(some.Count)];
            model.Output(kind.Build(model, random));
            made.AddRange(Enumerable.Repeat(kind, model.Outputs.Count - made.Count));
        }

        try
        {
            return comparison.Run(model, random).Sum(result => tallies[made[result.Output].Name].Add(result, seed, model.Outputs[result.Output]));
        }
        catch (Exception error) when (error is EdgeException or InvalidOperationException or ArithmeticException or ArgumentException)
        {
            Console.Error.WriteLine($"seed {seed}: {error.GetType().Name}: {error.Message}");
            return 1;
        }
    }

    private static string Table(IEnumerable<Tally> tallies)
    {
        var table = new MarkdownTable("operator", "compared", "refused", "elements", "different", "largest, units", "allowed");
        foreach (var tally in tallies.OrderBy(tally => tally.Kind.Name, StringComparer.Ordinal))
        {
            table.Add([tally.Kind.Name, $"{tally.Compared}", $"{tally.Refused}", $"{tally.Elements}", $"{tally.Different}", $"{tally.Largest}", $"{tally.Kind.Units}"]);
        }

        return table.ToString();
    }

    private static long? Number(string[] options, string name, long fallback) =>
        Option(options, name) is not { } text ? fallback : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static string? Option(string[] options, string name) => Array.IndexOf(options, name) is var at and >= 0 ? options.ElementAtOrDefault(at + 1) : null;

    /// <summary>What one kind of operator came to.</summary>
    private sealed class Tally(RandomOperator kind)
    {
        private readonly HashSet<string> _refusals = [];

        public RandomOperator Kind { get; } = kind;

        public long Compared { get; private set; }

        public long Refused { get; private set; }

        public long Elements { get; private set; }

        public long Different { get; private set; }

        public int Largest { get; private set; }

        /// <summary>1 when it is outside its tolerance.</summary>
        public int Add(ResultDifference result, long seed, QuantizedValue output)
        {
            if (result.Refusal is { } refusal)
            {
                Refused++;
                if (_refusals.Count < 3 && _refusals.Add(refusal.Split(':')[0]))
                {
                    Console.Error.WriteLine($"seed {seed}, {Kind.Name}, output {result.Output} refused: {refusal}");
                }

                return 0;
            }

            (Compared, Elements, Different, Largest) = (Compared + 1, Elements + result.Elements, Different + result.Different, Math.Max(Largest, result.Units));
            if (result.Units <= Kind.Units)
            {
                return 0;
            }

            Console.Error.WriteLine($"seed {seed}, {Kind.Name}, output {result.Output}: {result.Different} of {result.Elements} differ, by up to {result.Units} units: {Describe(output)}");
            return 1;
        }

        /// <summary>The result, the operator that makes it and its operands as the model has them.</summary>
        private static string Describe(QuantizedValue output)
        {
            var node = output.Value.Producer!.Input(0)!.Producer!;
            var operands = node.Inputs.Select(value => value?.Producer is { } producer ? $"{producer.Input(0)} scale {producer.Input(1)?.Constant?.AsSpan<float>()[0]:g9} zero {producer.Input(2)?.Constant?.ToInt64()[0]}" : value?.Constant?.ToString());
            return $"{node} {string.Join(", ", node.Attributes.Select(attribute => $"{attribute.Name}={(attribute.Value is AttributeValue.Ints ints ? string.Join('|', ints.Values) : attribute.Value)}"))} of {string.Join(" and ", operands)} → {output.Value} scale {output.Scale:g9} zero {output.ZeroPoint}";
        }
    }
}
