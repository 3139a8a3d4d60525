using System.CommandLine;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization;

namespace EdgeAI.Cli;

/// <summary>The settings of the quantizer.</summary>
internal sealed class QuantizeOptions
{
    private static readonly Dictionary<string, CalibrationMethod> Methods = new()
    {
        ["minmax"] = CalibrationMethod.MinMax,
        ["average"] = CalibrationMethod.MovingAverage,
        ["percentile"] = CalibrationMethod.Percentile,
        ["entropy"] = CalibrationMethod.Entropy,
        ["mse"] = CalibrationMethod.LeastError,
    };

    private static readonly Dictionary<string, DataType> Types = new() { ["uint8"] = DataType.UInt8, ["int8"] = DataType.Int8 };

    private readonly Option<string> _method = Choice("--method", "How ranges are found", "minmax", Methods.Keys);
    private readonly Option<string> _activations = Choice("--activations", "Type of activations", "uint8", Types.Keys);
    private readonly Option<string> _weights = Choice("--weights", "Type of weights", "int8", Types.Keys);
    private readonly Option<double> _percentile = new("--percentile") { Description = "Share of values inside the range, in percent, for --method percentile.", DefaultValueFactory = _ => 99.999 };
    private readonly Option<bool> _perTensor = new("--per-tensor") { Description = "One scale per weight instead of one per output channel." };
    private readonly Option<bool> _symmetric = new("--symmetric") { Description = "Activation ranges symmetric around zero." };
    private readonly Option<bool> _reduceRange = new("--reduce-range") { Description = "7 bits for weights, for x64 processors without VNNI." };
    private readonly Option<bool> _leastErrorWeights = new("--least-error-weights") { Description = "Weight ranges of least squared error." };
    private readonly Option<bool> _correctBias = new("--correct-bias") { Description = "Biases take up the mean error of the weights." };
    private readonly Option<bool> _equalize = new("--equalize") { Description = "Evens out channel ranges between neighbouring convolutions first." };
    private readonly Option<string[]> _exclude = Many("--exclude", "Nodes that stay float: names, or beginnings with *.");
    private readonly Option<string[]> _only = Many("--only", "The only nodes that are quantized: names, or beginnings with *.");
    private readonly Option<string[]> _excludeOperators = Many("--exclude-op", "Operators that stay float, for example Softmax.");

    public void AddTo(Command command)
    {
        foreach (var option in (ReadOnlySpan<Option>)[_method, _percentile, _activations, _weights, _perTensor, _symmetric, _reduceRange, _leastErrorWeights, _correctBias, _equalize, _exclude, _only, _excludeOperators])
        {
            command.Add(option);
        }
    }

    /// <exception cref="QuantizationException">Some option would do nothing, or names what is not there.</exception>
    public QuantizationOptions Read(ParseResult parsed, ModelGraph graph)
    {
        if (parsed.GetResult(_percentile) is { Implicit: false } && parsed.GetValue(_method) != "percentile")
        {
            throw new QuantizationException($"--percentile is for --method percentile; found --method {parsed.GetValue(_method)}.");
        }

        if (Types[parsed.GetValue(_weights)!] == DataType.UInt8 && !parsed.GetValue(_perTensor))
        {
            throw new QuantizationException("--weights uint8 needs --per-tensor: per channel weights are always Int8.");
        }

        return Options(parsed, graph);
    }

    private QuantizationOptions Options(ParseResult parsed, ModelGraph graph) => QuantizationOptions.Default with
    {
        Method = Methods[parsed.GetValue(_method)!],
        Percentile = parsed.GetValue(_percentile),
        ActivationType = Types[parsed.GetValue(_activations)!],
        WeightType = Types[parsed.GetValue(_weights)!],
        PerChannel = !parsed.GetValue(_perTensor),
        SymmetricActivations = parsed.GetValue(_symmetric),
        ReduceRange = parsed.GetValue(_reduceRange),
        LeastErrorWeights = parsed.GetValue(_leastErrorWeights),
        CorrectBiases = parsed.GetValue(_correctBias),
        EqualizeLayers = parsed.GetValue(_equalize),
        ExcludedNodes = [.. Nodes("--exclude", parsed.GetValue(_exclude) ?? [], graph)],
        Nodes = [.. Nodes("--only", parsed.GetValue(_only) ?? [], graph)],
        ExcludedOperators = [.. Operators("--exclude-op", parsed.GetValue(_excludeOperators) ?? [], graph)],
    };

    private static IEnumerable<string> Operators(string option, string[] names, ModelGraph graph)
    {
        var known = graph.Nodes.Select(node => node.OpType).Concat(QuantizationOptions.DefaultOperators).ToHashSet();
        foreach (var name in names)
        {
            yield return known.Contains(name) ? name
                : known.FirstOrDefault(other => other.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } meant ? throw new QuantizationException($"{option} '{name}': there is no such operator; '{meant}' is one.")
                : throw new QuantizationException($"{option} '{name}': the model has no such operator, and none of that name is quantized.");
        }
    }

    private static IEnumerable<string> Nodes(string option, string[] patterns, ModelGraph graph)
    {
        foreach (var pattern in patterns)
        {
            var found = graph.Nodes.Select(node => node.Name).Where(name => pattern.EndsWith('*') ? name.StartsWith(pattern[..^1], StringComparison.Ordinal) : name == pattern).ToList();
            if (found.Count == 0)
            {
                throw new QuantizationException($"{option} '{pattern}': the model has no such node; 'edgeai inspect --nodes' lists them.");
            }

            foreach (var name in found)
            {
                yield return name;
            }
        }
    }

    private static Option<string> Choice(string name, string description, string standard, IEnumerable<string> values)
    {
        var option = new Option<string>(name) { Description = $"{description}: {string.Join(", ", values)}.", DefaultValueFactory = _ => standard };
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }

    private static Option<string[]> Many(string name, string description) => new(name) { Description = description, AllowMultipleArgumentsPerToken = true };
}
