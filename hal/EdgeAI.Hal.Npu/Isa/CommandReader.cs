using System.Buffers.Binary;
using System.Collections.Immutable;

namespace EdgeAI.Hal.Npu.Isa;

/// <summary>Decodes a command stream. Checks form only: opcodes, lengths, engines, reserved bits, one End, at the end.</summary>
internal sealed class CommandReader : IFieldVisitor
{
    private readonly ReadOnlyMemory<byte> _stream;
    private int _position;
    private int _index;

    private CommandReader(ReadOnlyMemory<byte> stream) => _stream = stream;

    /// <summary>All commands of a stream, in order.</summary>
    /// <exception cref="ExecutableFormatException">The stream is malformed; the message names the command.</exception>
    public static ImmutableArray<ICommand> ReadAll(ReadOnlyMemory<byte> stream)
    {
        var reader = new CommandReader(stream);
        var commands = ImmutableArray.CreateBuilder<ICommand>();
        if (stream.Length % sizeof(ulong) != 0)
        {
            throw reader.Error($"the stream has {stream.Length} bytes, expected a multiple of 8");
        }

        while (reader._position < stream.Length)
        {
            if (commands.Count > 0 && commands[^1] is End)
            {
                throw reader.Error("commands follow End");
            }

            commands.Add(reader.Read());
            reader._index++;
        }

        return commands.Count > 0 && commands[^1] is End ? commands.DrainToImmutable() : throw reader.Error("the stream ends without End");
    }

    void IFieldVisitor.Int(string name, ref int value) => value = BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    void IFieldVisitor.Float(string name, ref float value) => value = BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));

    void IFieldVisitor.Address(string name, ref Address value)
    {
        SkipPadding();
        var word = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
        if (word >> (Isa.Address.OffsetBits + 8) != 0)
        {
            throw Error($"address {name} is 0x{word:x16}, expected bits 48…63 to be 0");
        }

        value = new((int)(word >> Isa.Address.OffsetBits), (long)(word & ((1UL << Isa.Address.OffsetBits) - 1)));
    }

    private ICommand Read()
    {
        var start = _position;
        var header = BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
        var row = CommandTable.Find((Opcode)(byte)header) ?? throw Error($"opcode 0x{(byte)header:x2} is not known");
        var words = (int)(ushort)(header >> 16);
        var engine = (byte)(header >> 8);
        if (words != row.WordCount || engine >= NpuEngines.Count)
        {
            throw Error($"{row.Mnemonic} has {words} words on engine {engine}, expected {row.WordCount} words and an engine below {NpuEngines.Count}");
        }

        if (words * sizeof(ulong) > _stream.Length - start)
        {
            throw Error($"{row.Mnemonic} needs {words * sizeof(ulong)} bytes, {_stream.Length - start} are left");
        }

        return Fill(row.Create(), (NpuEngine)engine, (CommandFlags)(header >> 32));
    }

    private ICommand Fill(ICommand command, NpuEngine engine, CommandFlags flags)
    {
        try
        {
            command.Engine = engine;
        }
        catch (ExecutableFormatException error)
        {
            throw Error(error.Message);
        }

        command.Flags = flags;
        command.Visit(this);
        SkipPadding();
        return command;
    }

    private void SkipPadding()
    {
        if (_position % sizeof(ulong) != 0 && Take(sizeof(uint)).ContainsAnyExcept((byte)0))
        {
            throw Error("padding is not 0");
        }
    }

    private ReadOnlySpan<byte> Take(int bytes)
    {
        _position += bytes;
        return _stream.Span.Slice(_position - bytes, bytes);
    }

    private ExecutableFormatException Error(string what) => new($"NPU command {_index} at byte {_position}: {what}.");
}
