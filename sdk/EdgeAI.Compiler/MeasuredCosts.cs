using System.Collections.Immutable;
using System.Text.Json;
using EdgeAI.Compiler.Costs;
using EdgeAI.Hal;

namespace EdgeAI.Compiler;

/// <summary>What operators really cost on a machine's CPU, by signature: type, attributes, shapes, element types. A JSON file.</summary>
/// <param name="Format">Version of the form: 1.</param>
/// <param name="Machine">Processor, threads, versions of ONNX Runtime and EdgeAI that it was measured with.</param>
/// <param name="LaunchSeconds">Median time to start an executable that does next to nothing; it is not in the operators' times.</param>
/// <param name="Operators">Costs by signature.</param>
public sealed record MeasuredCosts(int Format, string Machine, double LaunchSeconds, ImmutableSortedDictionary<string, MeasuredCost> Operators)
{
    private const int ThisFormat = 1;

    /// <summary>Nothing measured yet.</summary>
    public static MeasuredCosts Empty(string machine, double launchSeconds) => new(ThisFormat, machine, launchSeconds, ImmutableSortedDictionary.Create<string, MeasuredCost>(StringComparer.Ordinal));

    /// <summary>Reads costs.</summary>
    /// <exception cref="ExecutableFormatException">They are not costs; the message names the property.</exception>
    public static MeasuredCosts Read(ReadOnlySpan<byte> json)
    {
        try
        {
            var read = JsonSerializer.Deserialize(json, CostsJson.Default.MeasuredCosts) ?? throw new JsonException("it is null");
            read.Check();
            return read;
        }
        catch (Exception error) when (error is JsonException or NotSupportedException)
        {
            throw new ExecutableFormatException($"Measured costs: {error.Message} Measure again with 'edgeai calibrate MODEL'.", error);
        }
    }

    /// <summary>Writes the costs. Equal costs give equal bytes.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        JsonSerializer.Serialize(stream, this, CostsJson.Default.MeasuredCosts);
        stream.WriteByte((byte)'\n');
    }

    /// <summary>The costs as they are written.</summary>
    public string ToText() => JsonSerializer.Serialize(this, CostsJson.Default.MeasuredCosts);

    /// <summary>What the unit costs; null where its signature was not measured.</summary>
    public MeasuredCost? Find(GraphUnit unit)
    {
        ArgumentNullException.ThrowIfNull(unit);
        return UnitSignature.Of(unit) is { } signature ? Operators.GetValueOrDefault(signature) : null;
    }

    private void Check()
    {
        Require(Format == ThisFormat, $"format {Format}; this library reads {ThisFormat}.");
        Require(LaunchSeconds is >= 0 and < 1e9, $"'launchSeconds' is {LaunchSeconds}; expected a time of at least 0.");
        foreach (var (signature, cost) in Operators)
        {
            Require(cost is { MedianSeconds: >= 0 and < 1e9, Samples: > 0 } && cost.P95Seconds >= cost.MedianSeconds && cost.P95Seconds < 1e9, $"'{signature}' is {cost}; expected 0 ≤ median ≤ p95 of at least one sample.");
        }
    }

    private static void Require(bool condition, string problem)
    {
        if (!condition)
        {
            throw new JsonException(problem);
        }
    }
}

/// <summary>What an operator costs on a CPU.</summary>
/// <param name="Operator">Its kind, for people.</param>
/// <param name="MedianSeconds">Median over the samples, launch not included.</param>
/// <param name="P95Seconds">95 % of the samples took no longer.</param>
/// <param name="Samples">Number of samples.</param>
public sealed record MeasuredCost(string Operator, double MedianSeconds, double P95Seconds, int Samples);
