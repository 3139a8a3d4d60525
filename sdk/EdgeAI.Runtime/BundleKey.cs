using System.Collections.Immutable;
using EdgeAI.Hal;

namespace EdgeAI.Runtime;

/// <summary>What a bundle was made of and for; where one of these differs, it would have to be made anew.</summary>
/// <param name="Library">Version of EdgeAI that made it.</param>
/// <param name="Devices">The devices that the placement could choose from.</param>
/// <param name="Options">How it was compiled, a line each: profile, dimensions, limits.</param>
/// <param name="Sources">The files that it was compiled from, the model first; empty where it was not made from files.</param>
public sealed record BundleKey(
    string Library, ImmutableArray<BundleDevice> Devices, ImmutableArray<string> Options, ImmutableArray<BundleSource> Sources)
{
    /// <summary>Version of this library.</summary>
    public static string ThisLibrary { get; } = typeof(BundleKey).Assembly.GetName().Version?.ToString(3) ?? "0.0.0";

    /// <summary>The devices of a catalog as keys have them.</summary>
    public static ImmutableArray<BundleDevice> DevicesOf(DeviceCatalog devices)
    {
        ArgumentNullException.ThrowIfNull(devices);
        return [.. devices.Devices.Select(device => new BundleDevice(device.Info.Id, device.Compatibility))];
    }

    /// <summary>What differs from <paramref name="expected"/>, for people; null where nothing does.</summary>
    public string? Difference(BundleKey expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        return Library != expected.Library ? $"it was made by EdgeAI {Library}; this is {expected.Library}"
            : DeviceDifference(expected) ?? OptionDifference(expected) ?? SourceDifference(expected);
    }

    private string? DeviceDifference(BundleKey expected)
    {
        var changed = Devices.Join(expected.Devices, mine => mine.Id, other => other.Id, (mine, other) => mine.Difference(other)).FirstOrDefault(difference => difference is not null);
        var (found, here) = (Devices.Select(device => device.Id), expected.Devices.Select(device => device.Id));
        return changed ?? (found.SequenceEqual(here) ? null : $"it was placed on {string.Join(", ", found)}; here there are {string.Join(", ", here)}");
    }

    private string? OptionDifference(BundleKey expected) => Options.SequenceEqual(expected.Options) ? null
        : $"it was compiled with '{string.Join("; ", Options.Except(expected.Options))}'; asked for is '{string.Join("; ", expected.Options.Except(Options))}'";

    private string? SourceDifference(BundleKey expected) => Sources.SequenceEqual(expected.Sources) ? null
        : $"'{Sources.Concat(expected.Sources).Except(Sources.Intersect(expected.Sources)).First().Name}' has changed since";
}

/// <summary>A device that a placement could choose.</summary>
/// <param name="Id">Id in the catalog.</param>
/// <param name="Compatibility">See <see cref="Device.Compatibility"/>.</param>
public sealed record BundleDevice(string Id, string Compatibility)
{
    /// <summary>What differs from the device that is here, for people; null where nothing does.</summary>
    internal string? Difference(BundleDevice here)
    {
        if (Compatibility == here.Compatibility)
        {
            return null;
        }

        var (mine, other) = (Compatibility.Split(", "), here.Compatibility.Split(", "));
        return $"device '{Id}' was '{string.Join(", ", mine.Except(other))}' when it was made; here it is '{string.Join(", ", other.Except(mine))}'";
    }
}

/// <summary>A file that a bundle was compiled from.</summary>
/// <param name="Name">Its name, relative to the model's folder.</param>
/// <param name="Sha256">SHA-256 of its bytes, in hexadecimal digits.</param>
public sealed record BundleSource(string Name, string Sha256);
