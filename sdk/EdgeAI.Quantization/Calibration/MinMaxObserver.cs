namespace EdgeAI.Quantization.Calibration;

/// <summary>From the smallest to the largest value of all samples.</summary>
internal sealed class MinMaxObserver : TensorObserver
{
    private TensorRange? _range;

    public override TensorRange? Range => _range;

    protected override void Add(ReadOnlySpan<float> values, TensorRange range) => _range = _range?.Union(range) ?? range;
}
