using System.Buffers.Binary;
using System.IO.Compression;
using EdgeAI.Vision;

namespace EdgeAI.Sdk.Tests.Media;

public sealed class PngDecoderTests
{
    [Test]
    public void Decode_EachFilter_UndoesIt()
    {
        // Five rows of two RGB pixels, row y with filter y; every byte of the picture is 10·y + x.
        var picture = new byte[5, 6];
        for (var y = 0; y < 5; y++)
        {
            for (var x = 0; x < 6; x++)
            {
                picture[y, x] = (byte)((10 * y) + x);
            }
        }

        var rows = new MemoryStream();
        for (var y = 0; y < 5; y++)
        {
            rows.WriteByte((byte)y);
            for (var x = 0; x < 6; x++)
            {
                int left = x >= 3 ? picture[y, x - 3] : 0, above = y > 0 ? picture[y - 1, x] : 0, corner = x >= 3 && y > 0 ? picture[y - 1, x - 3] : 0;
                rows.WriteByte((byte)(picture[y, x] - y switch { 0 => 0, 1 => left, 2 => above, 3 => (left + above) / 2, _ => Paeth(left, above, corner) }));
            }
        }

        var image = PngDecoder.Decode(Png(2, 5, 2, rows.ToArray()));
        Assert.That((image.Width, image.Height), Is.EqualTo((2, 5)));
        Assert.That(image.Pixels.ToArray(), Is.EqualTo(picture.Cast<byte>()));
    }

    [Test]
    public void Decode_GreyAndPalette_BecomeRgb()
    {
        Assert.That(PngDecoder.Decode(Png(2, 1, 0, [0, 7, 200])).Pixels.ToArray(), Is.EqualTo(new byte[] { 7, 7, 7, 200, 200, 200 }));
        Assert.That(PngDecoder.Decode(Png(1, 1, 3, [0, 1], [1, 2, 3, 4, 5, 6])).Pixels.ToArray(), Is.EqualTo(new byte[] { 4, 5, 6 }));
    }

    [Test]
    public void Decode_PaletteTooShort_SaysSo() =>
        Assert.That(() => PngDecoder.Decode(Png(1, 1, 3, [0, 9], [1, 2, 3])), Throws.InstanceOf<ImageFormatException>().With.Message.EqualTo("a pixel names colour 9 of a palette of 1"));

    [Test]
    public void Decode_HugeExtents_AreRefusedBeforeAllocating() =>
        Assert.That(() => PngDecoder.Decode(Png(100_000, 100_000, 2, [])), Throws.InstanceOf<ImageFormatException>().With.Message.Contains("100000×100000"));

    [Test]
    public void Decode_MutatedBytes_GivesAPictureOrItsError([Values(1, 2)] int seed)
    {
        var bytes = Png(4, 4, 2, new byte[52]);
        var random = new Random(seed);
        for (var round = 0; round < 2000; round++)
        {
            var mutated = bytes.AsSpan(0, random.Next(3) == 0 ? random.Next(bytes.Length) : bytes.Length).ToArray();
            for (var i = random.Next(1, 4); i > 0 && mutated.Length > 0; i--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = PngDecoder.Decode(mutated);
            }
            catch (ImageFormatException error)
            {
                Assert.That(error.Message, Is.Not.Empty, $"seed {seed}, round {round}");
            }
        }
    }

    [Test]
    public void ToPlanes_AnyPicture_PutsChannelsOneAfterTheOther() =>
        Assert.That(new RgbImage(2, 1, new byte[] { 1, 2, 3, 4, 5, 6 }).ToPlanes(scale: 2, offset: -1), Is.EqualTo(new float[] { 1, 7, 3, 9, 5, 11 }));

    private static int Paeth(int left, int above, int corner)
    {
        int[] near = [left, above, corner];
        return near.MinBy(value => Math.Abs(left + above - corner - value));
    }

    private static byte[] Png(int width, int height, byte color, byte[] rows, byte[]? palette = null)
    {
        using var stream = new MemoryStream();
        stream.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, color);
        Chunk(stream, "IHDR"u8, header);
        if (palette is not null)
        {
            Chunk(stream, "PLTE"u8, palette);
        }

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(rows);
        }

        Chunk(stream, "IDAT"u8, packed.ToArray());
        Chunk(stream, "IEND"u8, []);
        return stream.ToArray();
    }

    private static void Chunk(MemoryStream stream, ReadOnlySpan<byte> type, byte[] data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        stream.Write(number);
        stream.Write(type);
        stream.Write(data);
        number.Clear();
        stream.Write(number);
    }
}
