using System.Collections.Immutable;
using System.Globalization;

namespace EdgeAI.Hal.Npu.Isa;

/// <summary>
/// Reads the text that <see cref="Disassembler"/> prints. Fields may come in any order, those left out are 0, except loop counts, which are 1;
/// lines that start with ';' or '#' are comments. Floats are "0x3f800000" (bits), "0x3f800000(1)" or "1.0".
/// </summary>
internal sealed class Assembler : IFieldVisitor
{
    private readonly Dictionary<string, string> _fields = [];
    private int _line;

    private Assembler()
    {
    }

    /// <summary>The commands of a text.</summary>
    /// <exception cref="FormatException">A line cannot be read; the message names it.</exception>
    public static ImmutableArray<ICommand> Parse(string text)
    {
        var parser = new Assembler();
        var commands = ImmutableArray.CreateBuilder<ICommand>();
        foreach (var line in text.Split('\n'))
        {
            parser._line++;
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 0 && words[0][0] is not (';' or '#'))
            {
                commands.Add(parser.Command(words));
            }
        }

        return commands.DrainToImmutable();
    }

    /// <summary>The encoded stream of a text.</summary>
    /// <exception cref="FormatException">A line cannot be read; the message names it.</exception>
    public static ReadOnlyMemory<byte> Assemble(string text)
    {
        var writer = new CommandWriter();
        foreach (var command in Parse(text))
        {
            writer.Add(command);
        }

        return writer.Bytes;
    }

    void IFieldVisitor.Int(string name, ref int value)
    {
        value = name.EndsWith(".count", StringComparison.Ordinal) ? 1 : 0;
        if (_fields.Remove(name, out var text) && !int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value))
        {
            throw Error($"{name}={text} is not a 32-bit integer");
        }
    }

    void IFieldVisitor.Float(string name, ref float value)
    {
        if (!_fields.Remove(name, out var text))
        {
            return;
        }

        var bits = text.Split('(')[0];
        if (bits.StartsWith("0x", StringComparison.Ordinal) && uint.TryParse(bits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var pattern))
        {
            value = BitConverter.UInt32BitsToSingle(pattern);
        }
        else if (!float.TryParse(text, CultureInfo.InvariantCulture, out value))
        {
            throw Error($"{name}={text} is not a float");
        }
    }

    void IFieldVisitor.Address(string name, ref Address value)
    {
        if (!_fields.Remove(name, out var text))
        {
            return;
        }

        var plus = text.IndexOf("+0x", StringComparison.Ordinal);
        if (plus < 2 || text[0] != 'r'
            || !byte.TryParse(text.AsSpan(1, plus - 1), CultureInfo.InvariantCulture, out var region)
            || !long.TryParse(text.AsSpan(plus + 3), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var offset))
        {
            throw Error($"{name}={text} is not an address, expected r<region>+0x<offset>");
        }

        value = new(region, offset);
    }

    private ICommand Command(string[] words)
    {
        var head = words[0].Split('@');
        var row = CommandTable.Find(head[0]) ?? throw Error($"'{head[0]}' is not a command");
        var command = row.Create();
        _fields.Clear();
        foreach (var word in words.AsSpan(1))
        {
            Word(word, command);
        }

        command.Visit(this);
        if (_fields.Count > 0)
        {
            throw Error($"{head[0]} has no field {string.Join(", ", _fields.Keys)}");
        }

        if (head.Length > 1)
        {
            command.Engine = Enum.TryParse<NpuEngine>(head[1], out var engine) ? engine : throw Error($"'{head[1]}' is not an engine");
        }

        return command;
    }

    private void Word(string word, ICommand command)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        if (word[0] == '+')
        {
            command.Flags |= Enum.TryParse<CommandFlags>(word.AsSpan(1), out var flag) ? flag : throw Error($"'{word}' is not a flag");
        }
        else if (equals <= 0 || !_fields.TryAdd(word[..equals], word[(equals + 1)..]))
        {
            throw Error($"'{word}' is not a field=value, or is there twice");
        }
    }

    private FormatException Error(string what) => new($"NPU assembly line {_line}: {what}.");
}
