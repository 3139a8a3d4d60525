using System.Buffers.Binary;
using EdgeAI.Audio;

namespace EdgeAI.Sdk.Tests.Media;

public sealed class WavFileTests
{
    [Test]
    public void Parse_StereoPcm_AveragesChannels()
    {
        var wav = WavFile.Parse(Wav(1, 2, 16, [0x00, 0x40, 0x00, 0xC0, 0xFF, 0x7F, 0xFF, 0x7F]));
        Assert.That(wav.SampleRate, Is.EqualTo(8000));
        Assert.That(wav.Samples.ToArray(), Is.EqualTo(new[] { 0f, 32767 / 32768f }));
    }

    [Test]
    public void Parse_Float_IsTakenAsItIs()
    {
        var data = new byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(data, -0.25f);
        Assert.That(WavFile.Parse(Wav(3, 1, 32, data)).Samples.ToArray(), Is.EqualTo(new[] { -0.25f }));
    }

    [Test]
    public void Parse_OtherEncoding_SaysWhatWasFoundAndExpected() =>
        Assert.That(() => WavFile.Parse(Wav(1, 1, 24, new byte[6])), Throws.InstanceOf<AudioFormatException>().With.Message.EqualTo("encoding 1, 1 channels, 8000 Hz, 24 bits; expected PCM of 16 bits or float of 32"));

    [Test]
    public void Parse_TruncatedOrMutated_GivesAWavOrItsError([Values(1, 2)] int seed)
    {
        var bytes = Wav(1, 2, 16, new byte[64]);
        var random = new Random(seed);
        for (var round = 0; round < 3000; round++)
        {
            var mutated = bytes.AsSpan(0, random.Next(bytes.Length + 1)).ToArray();
            for (var i = random.Next(4); i > 0 && mutated.Length > 0; i--)
            {
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = WavFile.Parse(mutated);
            }
            catch (AudioFormatException error)
            {
                Assert.That(error.Message, Is.Not.Empty, $"seed {seed}, round {round}");
            }
        }
    }

    [TestCase(5, new float[] { 2, 3, 4 }, new float[] { 0, 2, 3, 4, 0 })]
    [TestCase(2, new float[] { 1, 2, 3, 4 }, new float[] { 2, 3 })]
    [TestCase(0, new float[] { 1 }, new float[0])]
    public void Center_AnyLength_KeepsTheMiddle(int length, float[] samples, float[] expected) =>
        Assert.That(AudioWindow.Center(samples, length), Is.EqualTo(expected));

    private static byte[] Wav(ushort encoding, ushort channels, ushort bits, byte[] data)
    {
        var bytes = new byte[44 + data.Length];
        "RIFF"u8.CopyTo(bytes);
        "WAVEfmt "u8.CopyTo(bytes.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), 16);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(20), encoding);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(22), channels);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(24), 8000);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(34), bits);
        "data"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(40), data.Length);
        data.CopyTo(bytes, 44);
        return bytes;
    }
}
