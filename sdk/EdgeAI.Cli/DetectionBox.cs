namespace EdgeAI.Cli;

/// <summary>An object in a picture: its class, its box by corners in pixels, and how sure a detector is (1 for the truth).</summary>
internal readonly record struct DetectionBox(int Label, float Left, float Top, float Right, float Bottom, float Score = 1)
{
    /// <summary>Width times height; 0 for boxes turned inside out.</summary>
    public float Area => MathF.Max(Right - Left, 0) * MathF.Max(Bottom - Top, 0);

    /// <summary>The shared area of both boxes over the area that they cover together.</summary>
    public float Overlap(DetectionBox other)
    {
        var width = MathF.Min(Right, other.Right) - MathF.Max(Left, other.Left);
        var height = MathF.Min(Bottom, other.Bottom) - MathF.Max(Top, other.Top);
        var shared = MathF.Max(width, 0) * MathF.Max(height, 0);
        return shared > 0 ? shared / (Area + other.Area - shared) : 0;
    }
}
