using EdgeAI.Hal;

namespace EdgeAI.Vision;

/// <summary>A picture that is not one, or of a kind that is not read; the message says what was found and expected.</summary>
public sealed class ImageFormatException(string message, Exception? inner = null) : EdgeException(message, inner);

/// <summary>A picture: 8-bit red, green, blue, rows top to bottom without padding.</summary>
/// <param name="Width">Pixels in a row.</param>
/// <param name="Height">Rows.</param>
/// <param name="Pixels">Width · Height · 3 bytes.</param>
public sealed record RgbImage(int Width, int Height, ReadOnlyMemory<byte> Pixels)
{
    /// <summary>Planes instead of pixels: red, green, blue, each value scaled: (v · scale) + offset. Shape [3, Height, Width].</summary>
    public float[] ToPlanes(float scale = 1 / 255f, float offset = 0)
    {
        var planes = new float[Pixels.Length];
        var area = Width * Height;
        var pixels = Pixels.Span;
        for (var i = 0; i < area; i++)
        {
            for (var channel = 0; channel < 3; channel++)
            {
                planes[(channel * area) + i] = (pixels[(i * 3) + channel] * scale) + offset;
            }
        }

        return planes;
    }
}
