using EdgeAI.Hal;
using EdgeAI.Vision;
using StbImageSharp;

namespace EdgeAI.Cli;

/// <summary>Reads pictures (JPEG, PNG, BMP) for inputs [1,C,H,W] or [1,H,W,C]; pictures of another size are scaled bilinearly.</summary>
internal static class PictureFile
{
    private const int MaximumPixels = 1 << 26;

    public static bool IsOne(string path) => Path.GetExtension(path).ToLowerInvariant() is ".jpg" or ".jpeg" or ".png" or ".bmp";

    public static EdgeTensor Read(TensorSpec input, string path, SampleSettings settings)
    {
        var layout = PictureLayout.Of(input);
        settings.CheckPicture(layout.Channels);
        if ((long)layout.Height * layout.Width > MaximumPixels)
        {
            throw new TensorMismatchException($"Input '{input}' wants {layout.Width}×{layout.Height} pixels; expected at most {MaximumPixels}.");
        }

        var (pixels, width, height) = Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase) ? DecodePng(path, layout.Channels) : Decode(path, layout.Channels);
        var elements = new float[layout.Channels * layout.Height * layout.Width];
        var source = new Bilinear(pixels, width, height, layout.Channels, layout.Width, layout.Height);
        for (var i = 0; i < elements.Length; i++)
        {
            var (channel, y, x) = layout.PlaceOf(i);
            elements[i] = settings.Adjust(source.At(settings.IsBlueFirst ? layout.Channels - 1 - channel : channel, y, x), channel);
        }

        return EdgeTensor.Of<float>(elements, InputShapes.Fit(input, elements.Length).ToArray());
    }

    private static (byte[] Pixels, int Width, int Height) DecodePng(string path, int channels)
    {
        var image = PngDecoder.Read(path);
        return (channels == 1 ? Grey(image.Pixels.Span) : image.Pixels.ToArray(), image.Width, image.Height);
    }

    /// <summary>Brightness as StbImageSharp weighs it, so that a picture is the same in each format.</summary>
    private static byte[] Grey(ReadOnlySpan<byte> colours)
    {
        var grey = new byte[colours.Length / 3];
        for (var i = 0; i < grey.Length; i++)
        {
            grey[i] = (byte)(((colours[3 * i] * 77) + (colours[(3 * i) + 1] * 150) + (colours[(3 * i) + 2] * 29)) >> 8);
        }

        return grey;
    }

    /// <summary>A damaged picture makes the library fail in many ways; all but the file's own errors mean that.</summary>
    private static (byte[] Pixels, int Width, int Height) Decode(string path, int channels)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var info = ImageInfo.FromStream(stream) ?? throw new TensorMismatchException($"{path}: no picture that is read: expected JPEG or BMP, or PNG in a .png file.");
            if ((long)info.Width * info.Height > MaximumPixels)
            {
                throw new TensorMismatchException($"{path}: {info.Width}×{info.Height} pixels; expected at most {MaximumPixels}.");
            }

            stream.Position = 0;
            var image = ImageResult.FromStream(stream, channels == 1 ? ColorComponents.Grey : ColorComponents.RedGreenBlue);
            return (image.Data, image.Width, image.Height);
        }
        catch (Exception error) when (error is not (EdgeException or IOException or UnauthorizedAccessException))
        {
            throw new TensorMismatchException($"{path}: the picture cannot be decoded: {error.Message}");
        }
    }
}

/// <summary>Where channels, rows and columns stand in an input.</summary>
internal readonly record struct PictureLayout(int Channels, int Height, int Width, bool IsChannelLast)
{
    public static PictureLayout Of(TensorSpec input)
    {
        if (input.Shape is { Rank: 4 } shape && input.Type == DataType.Float32)
        {
            var extents = shape.Select(extent => (int)Math.Min(extent.Value, int.MaxValue)).ToArray();
            if (extents[1] is 1 or 3 && extents[2] > 0 && extents[3] > 0)
            {
                return new(extents[1], extents[2], extents[3], false);
            }

            if (extents[3] is 1 or 3 && extents[1] > 0 && extents[2] > 0)
            {
                return new(extents[3], extents[1], extents[2], true);
            }
        }

        throw new TensorMismatchException($"Input '{input}' takes no picture: expected Float32 of [1,C,H,W] or [1,H,W,C] with 1 or 3 channels and a fixed size.");
    }

    public (int Channel, int Y, int X) PlaceOf(int element) => IsChannelLast
        ? (element % Channels, element / Channels / Width, element / Channels % Width)
        : (element / (Height * Width), element / Width % Height, element % Width);
}

/// <summary>A picture seen at another size, pixel centres on pixel centres.</summary>
internal readonly record struct Bilinear(byte[] Pixels, int Width, int Height, int Channels, int ToWidth, int ToHeight)
{
    public float At(int channel, int y, int x)
    {
        if (Width == ToWidth && Height == ToHeight)
        {
            return Pixel(channel, y, x);
        }

        var (sourceY, sourceX) = (Place(y, Height, ToHeight), Place(x, Width, ToWidth));
        var (top, left) = ((int)sourceY, (int)sourceX);
        var (down, right) = (sourceY - top, sourceX - left);
        var (bottom, next) = (Math.Min(top + 1, Height - 1), Math.Min(left + 1, Width - 1));
        var above = (Pixel(channel, top, left) * (1 - right)) + (Pixel(channel, top, next) * right);
        var below = (Pixel(channel, bottom, left) * (1 - right)) + (Pixel(channel, bottom, next) * right);
        return (above * (1 - down)) + (below * down);
    }

    private static float Place(int to, int size, int toSize) => Math.Clamp(((to + 0.5f) * size / toSize) - 0.5f, 0, size - 1);

    private byte Pixel(int channel, int y, int x) => Pixels[(((y * Width) + x) * Channels) + channel];
}
