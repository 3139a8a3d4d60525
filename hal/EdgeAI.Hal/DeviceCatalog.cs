using System.Collections.Immutable;
using System.Text;

namespace EdgeAI.Hal;

/// <summary>What a look for a device came to: the device, or why it cannot be used and where it was looked for.</summary>
/// <param name="Id">Id that the device has or would have had.</param>
/// <param name="Kind">Sort of processor that was looked for.</param>
/// <param name="Device">The device, or null.</param>
/// <param name="WhyNot">The reason when there is none, else null.</param>
/// <param name="Tried">Paths, libraries and nodes that were looked at.</param>
public sealed record DeviceFinding(string Id, DeviceKind Kind, Device? Device, string? WhyNot, ImmutableArray<string> Tried)
{
    /// <summary>A device that is here.</summary>
    public static DeviceFinding Found(Device device) => new(device.Info.Id, device.Info.Kind, device, null, []);

    /// <summary>A device that cannot be used.</summary>
    public static DeviceFinding Missing(string id, DeviceKind kind, string whyNot, params ImmutableArray<string> tried) =>
        new(id, kind, null, whyNot, tried);
}

/// <summary>The devices of a runtime: what is here, what was looked for and why it is not usable. Owns its devices.</summary>
public sealed class DeviceCatalog(IEnumerable<DeviceFinding> findings) : IDisposable
{
    /// <summary>Everything that was looked for, in order.</summary>
    public ImmutableArray<DeviceFinding> Findings { get; } = CheckUnique([.. findings]);

    /// <summary>The usable devices, in order.</summary>
    public IEnumerable<Device> Devices => Findings.Where(finding => finding.Device is not null).Select(finding => finding.Device!);

    /// <summary>The usable device of that id.</summary>
    /// <exception cref="DeviceUnavailableException">There is none; the message says why and what was tried.</exception>
    public Device this[string id] =>
        Findings.FirstOrDefault(finding => finding.Id == id) switch
        {
            { Device: { } device } => device,
            { } missing => throw new DeviceUnavailableException(Line(missing)),
            null => throw new DeviceUnavailableException(
                $"There is no device '{id}'. Looked for: {string.Join(", ", Findings.Select(finding => finding.Id))}."),
        };

    /// <summary>A line per device, found or not.</summary>
    public string Describe()
    {
        var text = new StringBuilder();
        foreach (var finding in Findings)
        {
            text.AppendLine(Line(finding));
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var device in Devices)
        {
            device.Dispose();
        }
    }

    private static string Line(DeviceFinding finding) =>
        finding.Device?.Describe()
        ?? $"{finding.Id} ({finding.Kind}): not usable: {finding.WhyNot}"
           + (finding.Tried.IsEmpty ? "" : $" Tried: {string.Join(", ", finding.Tried)}.");

    private static ImmutableArray<DeviceFinding> CheckUnique(ImmutableArray<DeviceFinding> findings)
    {
        var twice = findings.GroupBy(finding => finding.Id).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? findings
            : throw new ArgumentException($"Two devices are named '{twice.Key}'; ids are unique in a runtime.", nameof(findings));
    }
}
