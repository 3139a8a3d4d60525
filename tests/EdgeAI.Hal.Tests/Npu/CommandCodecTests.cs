using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Hal.Tests.Npu;

/// <summary>Bytes and text of commands, there and back.</summary>
public sealed class CommandCodecTests
{
    [Test]
    public void Stream_RandomCommands_ComesBackFromBytes([Range(1, 25)] int seed)
    {
        var commands = RandomStream(seed);
        var writer = new CommandWriter();
        foreach (var command in commands)
        {
            writer.Add(command);
        }

        var back = CommandReader.ReadAll(writer.Bytes);
        Assert.That(back, Is.EqualTo(commands), $"seed {seed}");
    }

    [Test]
    public void Stream_RandomCommands_ComesBackFromText([Range(1, 25)] int seed)
    {
        var commands = RandomStream(seed);
        var text = Disassembler.Print([.. commands]);
        Assert.That(Assembler.Parse(text), Is.EqualTo(commands), $"seed {seed}:\n{text}");
    }

    [Test]
    public void Table_EveryRow_HasOwnOpcodeAndMnemonicAndFitsItsLengthField()
    {
        Assert.That(CommandTable.Rows.Select(row => row.Opcode), Is.Unique);
        Assert.That(CommandTable.Rows.Select(row => row.Mnemonic), Is.Unique);
        Assert.That(CommandTable.Rows.Select(row => row.Opcode), Is.EquivalentTo(Enum.GetValues<Opcode>()));
        Assert.That(CommandTable.Rows.Max(row => row.WordCount), Is.LessThan(ushort.MaxValue));
    }

    [Test]
    public void Add_KnownSignal_HasTheDocumentedBytes()
    {
        var writer = new CommandWriter();
        writer.Add(new Signal { Engine = NpuEngine.Mac, Semaphore = 7 });
        Assert.That(writer.Bytes.ToArray(), Is.EqualTo(new byte[] { 3, 2, 2, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0 }));
    }

    [Test]
    public void SourceMap_CommandsOfTwoNodes_NamesTheirIndices()
    {
        var writer = new CommandWriter { Node = "a" };
        writer.Add(new Signal());
        writer.Add(new Signal());
        writer.Node = "b";
        writer.Add(new Signal());
        writer.Node = null;
        writer.Add(new End());
        Assert.That(writer.SourceMap, Is.EqualTo(new SourceRange[] { new(0, 2, "a"), new(2, 3, "b") }));
    }

    [TestCase(new byte[] { 1, 0, 1, 0, 0, 0, 0 }, "multiple of 8")]
    [TestCase(new byte[] { 0x7F, 0, 1, 0, 0, 0, 0, 0 }, "opcode 0x7f is not known")]
    [TestCase(new byte[] { 1, 0, 2, 0, 0, 0, 0, 0 }, "end has 2 words on engine 0, expected 1 words")]
    [TestCase(new byte[] { 1, 9, 1, 0, 0, 0, 0, 0 }, "on engine 9")]
    [TestCase(new byte[] { 3, 0, 2, 0, 0, 0, 0, 0 }, "signal needs 16 bytes, 8 are left")]
    [TestCase(new byte[0], "ends without End")]
    [TestCase(new byte[] { 1, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0 }, "commands follow End")]
    public void ReadAll_Malformed_IsRefusedWithReason(byte[] stream, string reason) =>
        Assert.That(() => CommandReader.ReadAll(stream), Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains(reason));

    [TestCase("dance@Mac", "line 1: 'dance' is not a command")]
    [TestCase("\nsignal@Mac semaphore=x", "line 2: semaphore=x is not a 32-bit integer")]
    [TestCase("signal@Mac colour=3", "signal has no field colour")]
    [TestCase("copy@DmaIn source=sram", "source=sram is not an address")]
    [TestCase("signal@Moon", "'Moon' is not an engine")]
    [TestCase("max_pool +Loud", "'+Loud' is not a flag")]
    public void Parse_WrongText_NamesLineAndWord(string text, string reason) =>
        Assert.That(() => Assembler.Parse(text), Throws.InstanceOf<FormatException>().With.Message.Contains(reason));

    private static ICommand[] RandomStream(int seed)
    {
        var random = new Random(seed);
        var filler = new RandomFields(random);
        var commands = CommandTable.Rows.Where(row => row.Opcode != Opcode.End).OrderBy(_ => random.Next()).Select(row =>
        {
            var command = row.Create();
            command.Visit(filler);
            command.Flags = (CommandFlags)random.Next(64);
            if (command is Wait or Signal or Copy or Fill)
            {
                command.Engine = (NpuEngine)random.Next(NpuEngines.Count);
            }

            return command;
        });
        return [.. commands, new End()];
    }

    private sealed class RandomFields(Random random) : IFieldVisitor
    {
        public void Int(string name, ref int value) => value = random.Next(int.MinValue, int.MaxValue);

        public void Float(string name, ref float value) => value = random.Next(5) == 0 ? float.NegativeInfinity : random.NextSingle() * 1000;

        public void Address(string name, ref Address value) => value = new(random.Next(256), random.NextInt64(1L << 40));
    }
}
