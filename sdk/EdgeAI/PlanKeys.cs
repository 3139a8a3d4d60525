using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Costs;
using EdgeAI.Graph;
using EdgeAI.Hal;
using EdgeAI.Onnx;
using EdgeAI.Runtime;

namespace EdgeAI;

/// <summary>Keys of the bundles that are made of a model file under some options.</summary>
internal sealed class PlanKeys(EdgeRuntime runtime, string path, LoadOptions options)
{
    /// <summary>Stands for the shapes that the file and the options give, so that a bundle is found before the file is read.</summary>
    public const string Declared = "as declared";

    private static readonly string Code = string.Join('+', new[] { typeof(ModelCompiler), typeof(Model), typeof(OnnxReader), typeof(PlanKeys) }.Select(type => type.Module.ModuleVersionId.ToString("N")[..12]));

    /// <summary>Files beside the model that hold its weights, as the reader found them.</summary>
    public ImmutableArray<string> WeightFiles { get; set; } = [];

    public static string Label(ImmutableArray<Shape> shapes, ImmutableArray<Shape> declared) =>
        shapes.SequenceEqual(declared) ? Declared : InputShapes.Key(shapes);

    /// <summary>The key of a bundle that is made now.</summary>
    public BundleKey Key(string label) => Key(label, WeightFiles);

    /// <summary>The key that a found bundle would have if nothing had changed; its own weight files are hashed anew.</summary>
    public BundleKey Expected(string label, BundleKey found) => Key(label, found.Sources.Skip(1).Select(source => source.Name));

    /// <summary>Short and the same for the same path, shapes and options: a bundle of changed content takes the old one's place.</summary>
    public string FileName(string label)
    {
        var identity = Encoding.UTF8.GetBytes(string.Join('\n', [Path.GetFullPath(path), label, .. Options()]));
        var stem = Path.GetFileNameWithoutExtension(path);
        return $"{stem[..Math.Min(stem.Length, 60)]}-{Convert.ToHexStringLower(SHA256.HashData(identity))[..20]}{PlanBundle.Extension}";
    }

    private BundleKey Key(string label, IEnumerable<string> weightFiles) => new(
        BundleKey.ThisLibrary, BundleKey.DevicesOf(runtime.Devices), [$"code {Code}", $"shapes {label}", .. Options()],
        [Source(Path.GetFileName(path)), .. weightFiles.Select(Source)]);

    private IEnumerable<string> Options()
    {
        yield return $"profile {runtime.Profile.Name} {Hash(BoardProfileText.Of(runtime.Profile))}";
        yield return $"costs {(options.Costs is { } costs ? Hash(costs.ToText()) : "by profile")}";
        yield return $"dimensions {string.Join(", ", options.Dimensions.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value.ToString(CultureInfo.InvariantCulture)}"))}";
        yield return $"devices {(options.Devices is { } devices ? string.Join(", ", devices) : "all")}";
        yield return $"placement {options.Placement}";
        yield return $"limits {options.Folding} {options.Functions} {options.MaxPlanBytes.ToString(CultureInfo.InvariantCulture)} {options.MaxWhatIfs.ToString(CultureInfo.InvariantCulture)}";
    }

    private BundleSource Source(string name)
    {
        using var stream = File.OpenRead(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name));
        return new BundleSource(name, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16];
}
