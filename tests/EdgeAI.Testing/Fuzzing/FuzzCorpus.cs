using System.Text;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>The models that mutants are made of, in an order that does not depend on the machine.</summary>
/// <param name="models">Names and bytes.</param>
public sealed class FuzzCorpus(IEnumerable<(string Name, byte[] Bytes)> models)
{
    private const int Small = 1 << 14, Medium = 1 << 18;

    private readonly IReadOnlyList<Entry> _entries = [.. models.OrderBy(model => model.Name, StringComparer.Ordinal).Select(model => new Entry(model.Name, model.Bytes))];
    private List<string>? _operators;

    /// <summary>Number of models.</summary>
    public int Count => _entries.Count;

    /// <summary>Operators that stand in them.</summary>
    internal IReadOnlyList<string> Operators => _operators ??= [.. Trees().SelectMany(OperatorNames).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>Hand-made models, ONNX's node cases, and the shared models of at most that size.</summary>
    public static FuzzCorpus Load(int maximumBytes = 4 << 20, int nodeCases = 150)
    {
        var models = OddModels.All().ToList();
        models.AddRange(SharedData.Models().Select(name => (name, Path: SharedData.Path("models", name)))
            .Where(model => new FileInfo(model.Path).Length <= maximumBytes).Select(model => (model.name, File.ReadAllBytes(model.Path))));
        var cases = nodeCases > 0 && SharedData.IsHere ? ConformanceArchive.Cases("node") : [];
        var step = Math.Max(1, cases.Count / Math.Max(1, nodeCases));
        models.AddRange(cases.Where((_, index) => index % step == 0).Select(folder => ($"node/{Path.GetFileName(folder)}", File.ReadAllBytes(Path.Combine(folder, "model.onnx")))));
        return new FuzzCorpus(models);
    }

    /// <summary>A model; of a hundred draws about ninety are small, nine medium and one large.</summary>
    internal Entry Draw(Random random)
    {
        var size = random.Next(200);
        Entry entry;
        var tries = 0;
        do
        {
            entry = random.Pick(_entries);
        }
        while (!IsWanted(entry, size) && ++tries < 1000);

        return entry;
    }

    private static bool IsWanted(Entry entry, int draw) => entry.Bytes.Length <= Small ? draw < 190 : entry.Bytes.Length <= Medium ? draw is >= 190 and < 199 : draw == 199;

    private IEnumerable<WireMessage> Trees() => _entries.Select(entry => entry.Tree).OfType<WireMessage>();

    private static IEnumerable<string> OperatorNames(WireMessage tree) =>
        tree.All().Where(message => message.Kind == MessageKind.Node).Select(node => node.Find(4)).OfType<WireField>().Select(field => Encoding.UTF8.GetString(field.Bytes.Span));

    /// <summary>A model of the corpus; its tree is parsed once.</summary>
    internal sealed class Entry(string name, byte[] bytes)
    {
        private WireMessage? _tree;

        public string Name { get; } = name;

        public byte[] Bytes { get; } = bytes;

        /// <summary>The tree, never to be changed; null where the bytes are no message.</summary>
        public WireMessage? Tree => _tree ??= WireMessage.Parse(Bytes, MessageKind.Model);
    }
}
