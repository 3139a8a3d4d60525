namespace EdgeAI.Testing.Fuzzing;

/// <summary>Changes a model as a tree of protobuf messages, without knowing what it computes.</summary>
internal static class StructureMutator
{
    private static readonly (string Name, Action<Random, WireMessage, WireMessage> Change)[] Changes =
    [
        ("drop a field", (random, message, _) => message.Fields.RemoveAt(random.Next(message.Fields.Count))),
        ("repeat a field", (random, message, _) => message.Fields.Insert(random.Next(message.Fields.Count + 1), random.Pick(message.Fields).Clone())),
        ("repeat a field often", RepeatOften),
        ("swap two fields", (random, message, _) => Swap(message.Fields, random.Next(message.Fields.Count), random.Next(message.Fields.Count))),
        ("shuffle the fields", (random, message, _) => Shuffle(random, message.Fields)),
        ("set a number", (random, message, _) => random.Pick(message.Fields).Value = (ulong)random.Number()),
        ("change a wire type", (random, message, _) => random.Pick(message.Fields).WireType = random.Next(8)),
        ("change a field number", (random, message, _) => random.Pick(message.Fields).Number = random.OneIn(4) ? (int)random.Extreme() : random.Next(1, 26)),
        ("lie about a length", (random, message, _) => random.Pick(message.Fields).FalseLength = (ulong)random.Extreme()),
        ("cut a block", CutBlock),
        ("nest a message in itself", Nest),
        ("take in another model's message", Graft),
        ("add an unknown field", (random, message, _) => message.Fields.Insert(random.Next(message.Fields.Count + 1), Unknown(random))),
        ("empty a message", (_, message, _) => message.Fields.Clear()),
    ];

    /// <summary>Changes the tree; the name of the change. <paramref name="other"/> is another model to take messages from.</summary>
    public static string Apply(Random random, WireMessage model, WireMessage other)
    {
        var messages = model.All().FindAll(message => message.Fields.Count > 0);
        if (messages.Count == 0)
        {
            return "nothing";
        }

        var (name, change) = random.Pick(Changes);
        var target = random.Pick(messages);
        change(random, target, other);
        return $"{name} in {target.Kind}";
    }

    private static void RepeatOften(Random random, WireMessage message, WireMessage other)
    {
        const int Largest = 1 << 16;
        var field = random.Pick(message.Fields);
        var length = 4 + (field.Message?.ToBytes().Length ?? field.Bytes.Length);

        // Copies: were it the same field each time, a later change in it would be made as often, and a third would fill the memory.
        message.Fields.AddRange(Enumerable.Range(0, Math.Min(random.Next(2, 2000), Largest / length)).Select(_ => field.Clone()).ToList());
    }

    private static void Swap(List<WireField> fields, int first, int second) => (fields[first], fields[second]) = (fields[second], fields[first]);

    private static void Shuffle(Random random, List<WireField> fields)
    {
        for (var i = fields.Count - 1; i > 0; i--)
        {
            Swap(fields, i, random.Next(i + 1));
        }
    }

    private static void CutBlock(Random random, WireMessage message, WireMessage other)
    {
        var field = random.Pick(message.Fields);
        var bytes = field.Message?.ToBytes() ?? field.Bytes;
        (field.Bytes, field.Message) = (bytes[..random.Next(bytes.Length + 1)], null);
    }

    /// <summary>A message inside its own copy, some levels deep.</summary>
    private static void Nest(Random random, WireMessage message, WireMessage other)
    {
        const int Largest = 4096;
        var field = message.Fields.Find(field => field.Message is not null);
        if (field is null || message.ToBytes().Length > Largest)
        {
            return;
        }

        // As bytes and not as a tree: whoever walks trees does not bear a depth of thousands.
        var inner = message.ToBytes();
        var isDirect = field.Message!.Kind == message.Kind;
        for (var depth = random.OneIn(4) ? random.Next(100, 2000) : random.Next(1, 12); depth > 0; depth--)
        {
            inner = new WireMessage(message.Kind).Add(field.Number, isDirect ? inner : new WireMessage(field.Message.Kind).Add(random.Next(1, 12), inner).ToBytes()).ToBytes();
        }

        message.Fields.Add(WireField.Of(field.Number, inner));
    }

    private static void Graft(Random random, WireMessage message, WireMessage other)
    {
        var field = random.Pick(message.Fields);
        if (field.Message is { } old && other.All().FindAll(candidate => candidate.Kind == old.Kind) is { Count: > 0 } candidates)
        {
            field.Message = random.Pick(candidates).Clone();
        }
    }

    private static WireField Unknown(Random random) => new()
    {
        Number = random.Next(26, 1 << 20), WireType = random.Pick([0, 1, 2, 3, 4, 5]), Value = (ulong)random.Extreme(), Bytes = new byte[random.Next(40)],
    };
}
