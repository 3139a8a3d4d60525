using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Costs;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Hal.Cpu;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Npu;
using EdgeAI.Onnx;
using EdgeAI.Onnx.Reading;
using EdgeAI.Runtime;
using EdgeAI.Scheduling;

namespace EdgeAI;

/// <summary>Keys of the bundles that are made of a model file under some options.</summary>
internal sealed class PlanKeys(EdgeRuntime runtime, string path, LoadOptions options)
{
    /// <summary>Stands for the shapes that the file and the options give, so that a bundle is found before the file is read.</summary>
    public const string Declared = "as declared";

    private static readonly string Code = Hash(string.Join('+', Makers.Select(type => type.Module.ModuleVersionId)));

    /// <summary>A type of each library that has a part in what a plan becomes: readers, costs, timing, placement, targets.</summary>
    internal static ImmutableArray<Type> Makers =>
    [
        typeof(Device), typeof(CpuDevice), typeof(NpuConfiguration), typeof(DspConfiguration), typeof(Model), typeof(OnnxReader), typeof(PlacementOptions), typeof(ModelCompiler), typeof(Plan), typeof(PlanKeys),
    ];

    public static string Label(ImmutableArray<Shape> shapes, ImmutableArray<Shape> declared) =>
        shapes.SequenceEqual(declared) ? Declared : InputShapes.Key(shapes);

    /// <summary>The key of a bundle that is made of these files.</summary>
    public BundleKey Key(string label, ImmutableArray<BundleSource> sources) => new(
        BundleKey.ThisLibrary, BundleKey.DevicesOf(runtime.Devices), [$"code {Code}", $"shapes {label}", .. Options()], sources);

    /// <summary>The key that a found bundle would have if nothing had changed; the files that it names are hashed anew.</summary>
    /// <exception cref="ModelFormatException">It names files that no model may name.</exception>
    public BundleKey Expected(string label, BundleKey found) => Key(label, [Source(), .. WeightSources(found.Sources.Skip(1).Select(source => source.Name))]);

    /// <summary>The model's file as it is now.</summary>
    public BundleSource Source() => Source(Path.GetFileName(path), path);

    /// <summary>Files beside the model that hold its weights, as they are now. Names are untrusted.</summary>
    public IEnumerable<BundleSource> WeightSources(IEnumerable<string> names) =>
        names.Select(name => Source(name, ExternalFiles.PathOf(Path.GetDirectoryName(Path.GetFullPath(path)), name, "the bundle")));

    /// <summary>Short and the same for the same path, shapes and options: a bundle of changed content takes the old one's place.</summary>
    public string FileName(string label)
    {
        var identity = Encoding.UTF8.GetBytes(string.Join('\n', [Path.GetFullPath(path), label, .. Options()]));
        var stem = Path.GetFileNameWithoutExtension(path);
        return $"{stem[..Math.Min(stem.Length, 60)]}-{Convert.ToHexStringLower(SHA256.HashData(identity))[..20]}{PlanBundle.Extension}";
    }

    private IEnumerable<string> Options()
    {
        yield return $"profile {runtime.Profile.Name} {Hash(BoardProfileText.Of(runtime.Profile))}";
        yield return $"costs {(options.Costs is { } costs ? Hash(costs.ToText()) : "by profile")}";
        yield return $"dimensions {string.Join(", ", options.Dimensions.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value.ToString(CultureInfo.InvariantCulture)}"))}";
        yield return $"devices {(options.Devices is { } devices ? string.Join(", ", devices) : "all")}";
        yield return $"placement {options.Placement}";
        yield return $"reading {options.Reading}";
        yield return $"limits {options.Folding} {options.Functions} {options.MaxPlanBytes.ToString(CultureInfo.InvariantCulture)} {options.MaxWhatIfs.ToString(CultureInfo.InvariantCulture)}";
    }

    private static BundleSource Source(string name, string file)
    {
        // Pipes and devices have no length; they are not opened, because that may wait for ever.
        using var stream = new FileInfo(file).Length == 0 ? Stream.Null : File.OpenRead(file);
        return new BundleSource(name, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
