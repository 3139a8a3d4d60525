namespace EdgeAI.Quantization.Calibration;

/// <summary>Ends of the range follow those of the samples by a constant fraction of the way.</summary>
internal sealed class MovingAverageObserver(double constant) : TensorObserver
{
    private readonly float _fraction = (float)constant;
    private TensorRange? _range;

    public override TensorRange? Range => _range;

    protected override void Add(ReadOnlySpan<float> values, TensorRange range) =>
        _range = _range is { } past ? new(Follow(past.Minimum, range.Minimum), Follow(past.Maximum, range.Maximum)) : range;

    private float Follow(float past, float present) => (float)(past + (_fraction * ((double)present - past)));
}
