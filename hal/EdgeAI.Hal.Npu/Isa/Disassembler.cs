using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace EdgeAI.Hal.Npu.Isa;

/// <summary>Prints commands as text that <see cref="Assembler"/> reads back to the same bytes.</summary>
internal sealed class Disassembler : IFieldVisitor
{
    private readonly StringBuilder _text = new();

    private Disassembler()
    {
    }

    /// <summary>One line per command: "mnemonic@engine +flags field=value …"; a "; node" line where the source changes.</summary>
    public static string Print(ImmutableArray<ICommand> commands, ImmutableArray<SourceRange> sources = default)
    {
        var printer = new Disassembler();
        var source = 0;
        for (var i = 0; i < commands.Length; i++)
        {
            while (!sources.IsDefaultOrEmpty && source < sources.Length && sources[source].Start <= i)
            {
                printer._text.Append("; ").Append(sources[source++].Node.ReplaceLineEndings(" ")).Append('\n');
            }

            printer.Line(commands[i]);
        }

        return printer._text.ToString();
    }

    /// <summary>One command on one line.</summary>
    public static string Print(ICommand command)
    {
        var printer = new Disassembler();
        printer.Line(command);
        return printer._text.ToString().TrimEnd();
    }

    void IFieldVisitor.Int(string name, ref int value) => _text.Append(CultureInfo.InvariantCulture, $" {name}={value}");

    void IFieldVisitor.Float(string name, ref float value)
    {
        _text.Append(CultureInfo.InvariantCulture, $" {name}=0x{BitConverter.SingleToUInt32Bits(value):x8}");
        if (float.IsFinite(value))
        {
            _text.Append(CultureInfo.InvariantCulture, $"({value})");
        }
    }

    void IFieldVisitor.Address(string name, ref Address value) => _text.Append(CultureInfo.InvariantCulture, $" {name}={value}");

    private void Line(ICommand command)
    {
        _text.Append(CommandTable.Find(command.Opcode)!.Mnemonic).Append('@').Append(command.Engine);
        for (var bit = 0; bit < 32; bit++)
        {
            if (((uint)command.Flags >> bit & 1) != 0)
            {
                _text.Append(" +").Append((CommandFlags)(1u << bit));
            }
        }

        command.Visit(this);
        _text.Append('\n');
    }
}
