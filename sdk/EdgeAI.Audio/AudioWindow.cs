namespace EdgeAI.Audio;

/// <summary>Cuts what a model wants out of a recording.</summary>
public static class AudioWindow
{
    /// <summary>Exactly <paramref name="length"/> samples: the middle of a longer recording, a shorter one between zeros.</summary>
    public static float[] Center(ReadOnlySpan<float> samples, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        var window = new float[length];
        var count = Math.Min(samples.Length, length);
        samples.Slice((samples.Length - count) / 2, count).CopyTo(window.AsSpan((length - count) / 2));
        return window;
    }
}
