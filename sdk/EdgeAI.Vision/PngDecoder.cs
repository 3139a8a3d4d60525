using System.Buffers.Binary;
using System.IO.Compression;

namespace EdgeAI.Vision;

/// <summary>Reads PNG pictures of 8 bits per channel, not interlaced: grey, RGB, palette, with or without alpha (alpha is dropped).</summary>
public static class PngDecoder
{
    private const int MaxPixels = 1 << 26;

    private static ReadOnlySpan<byte> Signature => [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Reads a file.</summary>
    /// <exception cref="ImageFormatException">Not a PNG of the kinds above, damaged, or larger than 64 megapixels.</exception>
    public static RgbImage Read(string path)
    {
        try
        {
            return Decode(File.ReadAllBytes(path));
        }
        catch (ImageFormatException error)
        {
            throw new ImageFormatException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="ImageFormatException">Not a PNG of the kinds above, damaged, or larger than 64 megapixels.</exception>
    public static RgbImage Decode(ReadOnlySpan<byte> bytes)
    {
        if (!bytes.StartsWith(Signature))
        {
            throw new ImageFormatException("not a PNG file: its signature is missing");
        }

        Header header = default;
        byte[] palette = [];
        using var packed = new MemoryStream();
        for (var rest = bytes[8..]; rest.Length > 0;)
        {
            var (type, data) = NextChunk(ref rest);
            switch (type)
            {
                case "IHDR":
                    header = Header.Parse(data);
                    break;
                case "PLTE":
                    palette = data;
                    break;
                case "IDAT":
                    packed.Write(data);
                    break;
                case "IEND":
                    return header.RowByteCount == 0 ? throw new ImageFormatException("the header is missing")
                        : header.ToImage(Unfilter(header, Inflate(packed, header)), palette);
            }
        }

        throw new ImageFormatException("the IEND chunk is missing: truncated");
    }

    private static (string Type, byte[] Data) NextChunk(ref ReadOnlySpan<byte> rest)
    {
        var length = rest.Length >= 12 ? BinaryPrimitives.ReadUInt32BigEndian(rest) : uint.MaxValue;
        if (length > rest.Length - 12)
        {
            throw new ImageFormatException($"a chunk passes the end of the file ({rest.Length} bytes left): truncated");
        }

        var type = System.Text.Encoding.ASCII.GetString(rest[4..8]);
        var data = rest.Slice(8, (int)length).ToArray();
        rest = rest[(12 + (int)length)..];
        return (type, data);
    }

    private static byte[] Inflate(MemoryStream packed, Header header)
    {
        packed.Position = 0;
        var rows = new byte[(header.RowByteCount + 1) * header.Height];
        try
        {
            using var inflate = new ZLibStream(packed, CompressionMode.Decompress);
            inflate.ReadExactly(rows);
        }
        catch (Exception error) when (error is InvalidDataException or EndOfStreamException)
        {
            throw new ImageFormatException($"the pixels cannot be unpacked: {error.Message}", error);
        }

        return rows;
    }

    /// <summary>Each row starts with the number of its filter, which predicts a byte from those left, above and above left.</summary>
    private static byte[] Unfilter(Header header, byte[] rows)
    {
        var (stride, step) = (header.RowByteCount, header.Channels);
        var pixels = new byte[stride * header.Height];
        for (var y = 0; y < header.Height; y++)
        {
            var filter = rows[y * (stride + 1)];
            var row = pixels.AsSpan(y * stride, stride);
            rows.AsSpan((y * (stride + 1)) + 1, stride).CopyTo(row);
            ReadOnlySpan<byte> above = y > 0 ? pixels.AsSpan((y - 1) * stride, stride) : new byte[stride];
            for (var x = 0; x < stride; x++)
            {
                int left = x >= step ? row[x - step] : 0, corner = x >= step ? above[x - step] : 0;
                row[x] += Predict(filter, left, above[x], corner);
            }
        }

        return pixels;
    }

    private static byte Predict(byte filter, int left, int above, int corner) => filter switch
    {
        0 => 0,
        1 => (byte)left,
        2 => (byte)above,
        3 => (byte)((left + above) / 2),
        4 => (byte)Paeth(left, above, corner),
        _ => throw new ImageFormatException($"a row has filter {filter}; expected 0 to 4"),
    };

    private static int Paeth(int left, int above, int corner)
    {
        var estimate = left + above - corner;
        int a = Math.Abs(estimate - left), b = Math.Abs(estimate - above), c = Math.Abs(estimate - corner);
        return a <= b && a <= c ? left : b <= c ? above : corner;
    }

    private readonly record struct Header(int Width, int Height, int Color)
    {
        private const int Palette = 3;

        public int Channels => Color switch { 0 or Palette => 1, 2 => 3, 4 => 2, _ => 4 };

        public int RowByteCount => Width * Channels;

        public static Header Parse(ReadOnlySpan<byte> data)
        {
            if (data.Length != 13)
            {
                throw new ImageFormatException($"a header of {data.Length} bytes; expected 13");
            }

            var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(data), BinaryPrimitives.ReadUInt32BigEndian(data[4..]));
            var (bits, color, interlace) = (data[8], data[9], data[12]);
            if (width == 0 || height == 0 || (ulong)width * height > MaxPixels || bits != 8 || color is not (0 or 2 or 3 or 4 or 6) || interlace != 0)
            {
                throw new ImageFormatException($"{width}×{height} pixels, {bits} bits, colour type {color}, interlace {interlace}; expected 8 bits, not interlaced, at most {MaxPixels} pixels");
            }

            return new Header((int)width, (int)height, color);
        }

        public RgbImage ToImage(byte[] pixels, ReadOnlySpan<byte> palette)
        {
            var rgb = new byte[Width * Height * 3];
            for (var i = 0; i < Width * Height; i++)
            {
                Color3(pixels.AsSpan(i * Channels, Channels), palette, rgb.AsSpan(i * 3, 3));
            }

            return new RgbImage(Width, Height, rgb);
        }

        private void Color3(ReadOnlySpan<byte> pixel, ReadOnlySpan<byte> palette, Span<byte> rgb)
        {
            if (Color == Palette)
            {
                var index = pixel[0] * 3;
                (index + 3 <= palette.Length ? palette.Slice(index, 3)
                    : throw new ImageFormatException($"a pixel names colour {pixel[0]} of a palette of {palette.Length / 3}")).CopyTo(rgb);
            }
            else if (Channels >= 3)
            {
                pixel[..3].CopyTo(rgb);
            }
            else
            {
                rgb.Fill(pixel[0]);
            }
        }
    }
}
