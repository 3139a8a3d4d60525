using System.Collections.Frozen;

namespace EdgeAI.Hal.Npu.Isa;

/// <summary>A row of the opcode table.</summary>
/// <param name="Opcode">First byte of the command.</param>
/// <param name="Mnemonic">Name in assembly text.</param>
/// <param name="WordCount">Length in 64-bit words, header included.</param>
/// <param name="Create">An empty command of this kind.</param>
internal sealed record CommandRow(Opcode Opcode, string Mnemonic, int WordCount, Func<ICommand> Create);

/// <summary>The instruction set: every command that there is.</summary>
internal static class CommandTable
{
    /// <summary>Version of the encoding; an image says which one it was written for.</summary>
    public const int IsaVersion = 2;

    /// <summary>Number of semaphore counters.</summary>
    public const int SemaphoreCount = 32;

    /// <summary>All commands, by opcode.</summary>
    public static IReadOnlyList<CommandRow> Rows { get; } =
    [
        Row("end", () => new End()),
        Row("wait", () => new Wait()),
        Row("signal", () => new Signal()),
        Row("copy", () => new Copy()),
        Row("fill", () => new Fill()),
        Row("convolution", () => new Convolution()),
        Row("matrix_multiply", () => new MatrixMultiply()),
        Row("matrix_product", () => new MatrixProduct()),
        Row("max_pool", () => new MaxPool()),
        Row("average_pool", () => new AveragePool()),
        Row("global_average_pool", () => new GlobalAveragePool()),
        Row("interpolate", () => new Interpolate()),
        Row("gather", () => new Gather()),
        Row("add", () => new Add()),
        Row("multiply", () => new Multiply()),
        Row("arithmetic", () => new Arithmetic()),
        Row("table_lookup", () => new TableLookup()),
        Row("quantize", () => new Quantize()),
        Row("dequantize", () => new Dequantize()),
        Row("softmax", () => new Softmax()),
    ];

    private static readonly FrozenDictionary<Opcode, CommandRow> ByOpcode = Rows.ToFrozenDictionary(row => row.Opcode);

    private static readonly FrozenDictionary<string, CommandRow> ByMnemonic = Rows.ToFrozenDictionary(row => row.Mnemonic);

    public static CommandRow? Find(Opcode opcode) => ByOpcode.GetValueOrDefault(opcode);

    public static CommandRow? Find(string mnemonic) => ByMnemonic.GetValueOrDefault(mnemonic);

    private static CommandRow Row(string mnemonic, Func<ICommand> create)
    {
        var command = create();
        var ruler = new FieldRuler();
        command.Visit(ruler);
        return new(command.Opcode, mnemonic, 1 + ((ruler.HalfWords + 1) / 2), create);
    }

    /// <summary>Measures a command: addresses take an aligned word, everything else half a word.</summary>
    private sealed class FieldRuler : IFieldVisitor
    {
        public int HalfWords { get; private set; }

        public void Int(string name, ref int value) => HalfWords++;

        public void Float(string name, ref float value) => HalfWords++;

        public void Address(string name, ref Address value) => HalfWords = ((HalfWords + 1) & ~1) + 2;
    }
}
