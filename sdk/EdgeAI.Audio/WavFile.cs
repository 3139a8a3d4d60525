using System.Buffers.Binary;
using EdgeAI.Hal;

namespace EdgeAI.Audio;

/// <summary>A WAV file that is not one, or of a kind that is not read; the message says what was found and expected.</summary>
public sealed class AudioFormatException(string message) : EdgeException(message);

/// <summary>Samples of a WAV file: mono, in −1…1.</summary>
public sealed class WavFile
{
    private WavFile(int sampleRate, float[] samples) => (SampleRate, Samples) = (sampleRate, samples);

    /// <summary>Samples per second.</summary>
    public int SampleRate { get; }

    /// <summary>The samples; channels are averaged.</summary>
    public ReadOnlyMemory<float> Samples { get; }

    /// <summary>Reads 16-bit PCM or 32-bit float WAV.</summary>
    /// <exception cref="AudioFormatException">Not a WAV file, truncated, or of another encoding.</exception>
    public static WavFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path));
        }
        catch (AudioFormatException error)
        {
            throw new AudioFormatException($"{path}: {error.Message}");
        }
    }

    /// <summary>Reads a WAV file's bytes.</summary>
    /// <exception cref="AudioFormatException">Not a WAV file, truncated, or of another encoding.</exception>
    public static WavFile Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12 || !bytes.StartsWith("RIFF"u8) || !bytes[8..12].SequenceEqual("WAVE"u8))
        {
            throw new AudioFormatException("not a WAV file: it does not start with RIFF … WAVE");
        }

        var format = Format.Parse(Chunk(bytes, "fmt "u8));
        return new WavFile(format.SampleRate, format.Decode(Chunk(bytes, "data"u8)));
    }

    private static ReadOnlySpan<byte> Chunk(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> id)
    {
        var rest = bytes[12..];
        while (rest.Length >= 8)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]);
            if (rest[..4].SequenceEqual(id))
            {
                return length <= rest.Length - 8 ? rest.Slice(8, (int)length)
                    : throw new AudioFormatException($"chunk of {length} bytes with {rest.Length - 8} left: truncated");
            }

            var step = 8 + (long)length + (length & 1);
            rest = step <= rest.Length ? rest[(int)step..] : [];
        }

        throw new AudioFormatException($"there is no '{System.Text.Encoding.ASCII.GetString(id)}' chunk");
    }

    private readonly record struct Format(int Encoding, int Channels, int SampleRate, int Bits)
    {
        private const int Pcm = 1;
        private const int Float = 3;

        public static Format Parse(ReadOnlySpan<byte> chunk)
        {
            if (chunk.Length < 16)
            {
                throw new AudioFormatException($"format chunk of {chunk.Length} bytes; expected at least 16");
            }

            var format = new Format(
                BinaryPrimitives.ReadUInt16LittleEndian(chunk), BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]),
                BinaryPrimitives.ReadInt32LittleEndian(chunk[4..]), BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]));
            return format is { Channels: > 0, SampleRate: > 0 } and ({ Encoding: Pcm, Bits: 16 } or { Encoding: Float, Bits: 32 }) ? format
                : throw new AudioFormatException($"encoding {format.Encoding}, {format.Channels} channels, {format.SampleRate} Hz, {format.Bits} bits; expected PCM of 16 bits or float of 32");
        }

        public float[] Decode(ReadOnlySpan<byte> data)
        {
            var samples = new float[data.Length / (Channels * Bits / 8)];
            for (var i = 0; i < samples.Length; i++)
            {
                var sum = 0f;
                for (var channel = 0; channel < Channels; channel++)
                {
                    sum += Sample(data, (i * Channels) + channel);
                }

                samples[i] = sum / Channels;
            }

            return samples;
        }

        private float Sample(ReadOnlySpan<byte> data, int index) => Encoding == Pcm
            ? BinaryPrimitives.ReadInt16LittleEndian(data[(index * 2)..]) / 32768f
            : BinaryPrimitives.ReadSingleLittleEndian(data[(index * 4)..]);
    }
}
