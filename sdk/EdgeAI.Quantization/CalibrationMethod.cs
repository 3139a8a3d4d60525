namespace EdgeAI.Quantization;

/// <summary>How the range of an activation follows from what was seen of it.</summary>
public enum CalibrationMethod
{
    /// <summary>From the smallest to the largest value of all samples.</summary>
    MinMax,

    /// <summary>The samples' smallest and largest values, averaged exponentially: single outliers count little.</summary>
    MovingAverage,

    /// <summary>The range that holds a given share of all values.</summary>
    Percentile,

    /// <summary>The range whose quantized distribution loses least information (Kullback–Leibler divergence).</summary>
    Entropy,

    /// <summary>The range of least squared quantization error.</summary>
    LeastError,
}
