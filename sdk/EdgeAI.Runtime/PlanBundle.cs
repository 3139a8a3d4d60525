using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Hal.Files;
using EdgeAI.Runtime.Bundles;

namespace EdgeAI.Runtime;

/// <summary>
/// A compiled model in one file: a plan with its executables, what the model declares, and the key of what it was made of and for.
/// Runs without graph and compiler: <c>new Executor(PlanBundle.Open(path).Plan, devices)</c>. A file of this kind is code: its hash
/// shows damage, not who made it. EdgeRuntime.Load also verifies the ONNX code inside before ONNX Runtime gets it.
/// </summary>
/// <param name="Key">What it was made of and for.</param>
/// <param name="Inputs">Inputs as the model declares them; a symbolic extent has in <paramref name="Plan"/> the number that it was compiled for.</param>
/// <param name="Outputs">Outputs as the model declares them.</param>
/// <param name="Plan">The plan.</param>
public sealed record PlanBundle(BundleKey Key, ImmutableArray<TensorSpec> Inputs, ImmutableArray<TensorSpec> Outputs, Plan Plan)
{
    /// <summary>How files of this kind are named.</summary>
    public const string Extension = ".edgeai";

    /// <summary>True for bytes that begin as a bundle does.</summary>
    public static bool IsBundle(ReadOnlySpan<byte> start) => BundleContainer.HasMagic(start);

    /// <summary>True for a file that begins as a bundle does.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static bool IsBundleFile(string path)
    {
        // Pipes and devices have no length; they are not opened, because that may wait for ever.
        if (new FileInfo(path).Length < BundleContainer.MagicByteCount)
        {
            return false;
        }

        using var stream = File.OpenRead(path);
        Span<byte> start = stackalloc byte[BundleContainer.MagicByteCount];
        return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && IsBundle(start);
    }

    /// <summary>Reads a bundle; its executables are slices of <paramref name="bytes"/>, which must stay as they are.</summary>
    /// <exception cref="ExecutableFormatException">Not a bundle, truncated, damaged, or of another version of the format.</exception>
    public static PlanBundle Read(ReadOnlyMemory<byte> bytes) => BundleReader.Read(bytes);

    /// <summary>Reads a bundle from a file into memory: what was checked is what runs, whoever writes to the file later.</summary>
    /// <exception cref="ExecutableFormatException">Not a bundle, truncated, damaged, or of another version of the format; the message names the file.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static PlanBundle Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Read(BundleFile.Read(path));
        }
        catch (ExecutableFormatException error)
        {
            throw new ExecutableFormatException($"{path}: {error.Message}", error);
        }
    }

    /// <summary>Writes the bundle. Equal bundles give equal bytes.</summary>
    /// <exception cref="ExecutableFormatException">It would have more than 2 GiB.</exception>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        BundleWriter.Write(this, stream);
    }

    /// <summary>Writes the bundle to a file, at once or not at all: whoever opens it meanwhile finds the old one or the new one.</summary>
    /// <exception cref="ExecutableFormatException">It would have more than 2 GiB.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        WholeFile.Write(path, Write);
    }

    /// <summary>Checks that this library and the devices that the plan uses are those that it was made for.</summary>
    /// <exception cref="StaleBundleException">They are others; the message says what differs and what to do.</exception>
    /// <exception cref="DeviceUnavailableException">A device is not here.</exception>
    public void CheckFits(DeviceCatalog devices)
    {
        ArgumentNullException.ThrowIfNull(devices);
        var used = Plan.Devices.Select(device => device.Id).ToHashSet();
        var (mine, here) = (Only(Key.Devices, used), Only([.. used.Select(id => new BundleDevice(id, devices[id].Compatibility))], used));
        var difference = (Key with { Devices = mine }).Difference(Key with { Library = BundleKey.ThisLibrary, Devices = here });
        if (difference is not null)
        {
            throw new StaleBundleException($"The bundle of '{Plan.Model}' does not fit: {difference}. Compile the model again here: edgeai plan {(Key.Sources.IsEmpty ? "MODEL" : Key.Sources[0].Name)} --output FILE{Extension}");
        }
    }

    private static ImmutableArray<BundleDevice> Only(IEnumerable<BundleDevice> devices, HashSet<string> ids) =>
        [.. devices.Where(device => ids.Contains(device.Id)).OrderBy(device => device.Id, StringComparer.Ordinal)];
}
