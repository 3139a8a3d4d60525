using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using EdgeAI.Hal;
using EdgeAI.Runtime.Serialization;

namespace EdgeAI.Runtime.Bundles;

/// <summary>Writes bundles; twice, because the hash stands before what it is of and not every stream can go back.</summary>
internal static class BundleWriter
{
    public static void Write(PlanBundle bundle, Stream stream)
    {
        var manifest = Manifest(bundle);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var counter = new HashingStream(hash);
        WriteRest(bundle, manifest, counter);
        var length = BundleContainer.PrefixByteCount + counter.Length;
        if (length > Array.MaxLength)
        {
            throw new ExecutableFormatException($"The bundle of '{bundle.Plan.Model}' would have {length} bytes; a bundle ends at 2 GiB. Load the ONNX file instead.");
        }

        var prefix = BundleContainer.Prefix(length, manifest.Length);
        BundleContainer.Seal(prefix, hash);
        stream.Write(prefix);
        WriteRest(bundle, manifest, stream);
    }

    private static void WriteRest(PlanBundle bundle, ReadOnlySpan<byte> manifest, Stream stream)
    {
        Span<byte> zeros = stackalloc byte[PlanContainer.Alignment];
        stream.Write(manifest);
        stream.Write(zeros[..(int)(PlanContainer.Align(manifest.Length) - manifest.Length)]);
        PlanWriter.Write(bundle.Plan, stream);
    }

    private static byte[] Manifest(PlanBundle bundle)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            Key(json, bundle.Key);
            PlanHeaderWriter.WriteSpecs(json, "inputs", bundle.Inputs);
            PlanHeaderWriter.WriteSpecs(json, "outputs", bundle.Outputs);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Key(Utf8JsonWriter json, BundleKey key)
    {
        json.WriteString("library", key.Library);
        json.WriteStartObject("devices");
        foreach (var device in key.Devices)
        {
            json.WriteString(device.Id, device.Compatibility);
        }

        json.WriteEndObject();
        json.WriteStartArray("options");
        foreach (var option in key.Options)
        {
            json.WriteStringValue(option);
        }

        json.WriteEndArray();
        json.WriteStartObject("sources");
        foreach (var source in key.Sources)
        {
            json.WriteString(source.Name, source.Sha256);
        }

        json.WriteEndObject();
    }

    /// <summary>Counts and hashes what is written.</summary>
    private sealed class HashingStream(IncrementalHash hash) : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            hash.AppendData(buffer);
            _length += buffer.Length;
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
