using EdgeAI.Hal;

namespace EdgeAI.Quantization;

/// <summary>What one tensor is to have instead of what the options and calibration say. What is null stays as it would be.</summary>
public sealed record TensorOverride
{
    /// <summary>Element type: UInt8 or Int8.</summary>
    public DataType? Type { get; init; }

    /// <summary>True: the range is made symmetric around zero.</summary>
    public bool? IsSymmetric { get; init; }

    /// <summary>True: 7 bits are used of 8.</summary>
    public bool? ReducesRange { get; init; }

    /// <summary>Lower end of the range.</summary>
    public float? Minimum { get; init; }

    /// <summary>Upper end of the range.</summary>
    public float? Maximum { get; init; }

    /// <summary>Scale and zero point as they are; then type is all that else counts.</summary>
    public (float Scale, int ZeroPoint)? Parameters { get; init; }
}
