using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Quantization.Arithmetic;
using EdgeAI.Quantization.Calibration;

namespace EdgeAI.Quantization.Planning;

/// <summary>How a tensor is represented.</summary>
internal sealed record TensorEncoding(DataType Type, QuantizationParameters Parameters, TensorRange Range)
{
    /// <summary>True where 7 bits are used of 8.</summary>
    public bool IsReduced { get; init; }

    /// <summary>What its constants are clamped to.</summary>
    public IntegerRange Integers => IntegerRange.ForConstants(Type, IsReduced);
}

/// <summary>Element type, scales and zero points of every planned tensor.</summary>
internal sealed class ParameterTable
{
    private readonly QuantizationPlan _plan;
    private readonly QuantizationOptions _options;
    private readonly Dictionary<Value, TensorEncoding> _encodings = new(ReferenceEqualityComparer.Instance);

    private ParameterTable(QuantizationPlan plan, QuantizationOptions options) => (_plan, _options) = (plan, options);

    /// <summary>The encoding of a planned tensor.</summary>
    public TensorEncoding this[Value value] => _encodings[_plan.Source(value)];

    public static ParameterTable Build(QuantizationPlan plan, QuantizationOptions options, Func<Value, TensorRange> rangeOf)
    {
        var table = new ParameterTable(plan, options);
        foreach (var tensor in plan.Tensors.Values.Where(tensor => tensor.Provider is null))
        {
            table._encodings[tensor.Value] = tensor.Value.Constant is { } constant
                ? table.EncodeConstant(tensor, constant) : EncodeActivation(tensor, rangeOf(tensor.Value), options);
        }

        if (options.AdjustWeightScales)
        {
            table.MakeRoomForBiases();
        }

        return table;
    }

    /// <summary>How an activation of that range is represented.</summary>
    public static TensorEncoding EncodeActivation(TensorPlan tensor, TensorRange range, QuantizationOptions options)
    {
        var own = options.Overrides.GetValueOrDefault(tensor.Value.Name);
        var type = own?.Type ?? (tensor.Role == TensorRole.Weight ? options.WeightType : options.ActivationType);
        var isSymmetric = own?.IsSymmetric ?? options.SymmetricActivations;
        return Encode(type, null, [range], isSymmetric, own?.ReducesRange ?? false, own, options);
    }

    private TensorEncoding EncodeConstant(TensorPlan tensor, ConstantTensor constant)
    {
        var own = _options.Overrides.GetValueOrDefault(tensor.Value.Name);
        var isWeight = tensor.Role == TensorRole.Weight;
        var type = own?.Type ?? (tensor.Axis is not null ? DataType.Int8 : isWeight ? _options.WeightType : _options.ActivationType);
        var isSymmetric = own?.IsSymmetric
            ?? (isWeight || type == _options.WeightType ? _options.SymmetricWeights ?? type == DataType.Int8 : _options.SymmetricActivations);
        var ranges = WeightRanges.Of(constant, tensor.Axis);
        var isReduced = own?.ReducesRange ?? (isWeight && _options.ReduceRange);

        // QuantizeLinear on a float weight would use the eighth bit for what a narrowed range leaves out.
        if (isWeight && own is null && _options.LeastErrorWeights && !(isReduced && _options.PairsOnWeights))
        {
            ranges = LeastErrorRange.OfSlices(constant, tensor.Axis, ranges, new(type, isSymmetric, _options.MinimumRange, isReduced));
        }

        if (own is not null)
        {
            ranges = [new(own.Minimum ?? ranges[0].Minimum, own.Maximum ?? ranges[0].Maximum)];
        }

        return Encode(type, tensor.Axis, ranges, isSymmetric, isReduced, own, _options);
    }

    private static TensorEncoding Encode(
        DataType type, int? axis, TensorRange[] ranges, bool isSymmetric, bool isReduced, TensorOverride? own, QuantizationOptions options)
    {
        var whole = ranges.Aggregate((left, right) => left.Union(right));
        if (own?.Parameters is { } given)
        {
            RequireZeroPoint(type, given.ZeroPoint);
            return new(type, QuantizationParameters.PerTensor(given.Scale, given.ZeroPoint), whole);
        }

        var integers = IntegerRange.ForScale(type, isSymmetric, isReduced);
        var chosen = ranges.Select(range => AffineParameters.Choose(range, integers, isSymmetric, options.MinimumRange)).ToList();
        return new(type, new([.. chosen.Select(item => item.Scale)], [.. chosen.Select(item => item.ZeroPoint)], axis), whole) { IsReduced = isReduced };
    }

    private static void RequireZeroPoint(DataType type, int zeroPoint)
    {
        var range = IntegerRange.Whole(type);
        if (range.Clamp(zeroPoint) != zeroPoint)
        {
            throw new QuantizationException($"Zero point {zeroPoint} of an override does not fit {type}: expected {range.Minimum} to {range.Maximum}.");
        }
    }

    private void MakeRoomForBiases()
    {
        foreach (var bias in _plan.Biases)
        {
            var (weight, source) = (this[bias.Weight], _plan.Source(bias.Weight));
            if (source.Constant is not null && weight.Type == DataType.Int8 && weight.Parameters.ZeroPoints.All(zeroPoint => zeroPoint == 0))
            {
                var scales = BiasRoom.Widen(weight.Parameters.Scales, this[bias.Input].Parameters.Scales[0], bias.Bias.Constant!.AsSpan<float>());
                _encodings[source] = weight with { Parameters = weight.Parameters with { Scales = scales } };
            }
        }
    }
}
