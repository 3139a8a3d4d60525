using System.Collections.Immutable;
using System.Globalization;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>Reads the text that <see cref="ProgramText"/> writes; for programs written by hand. Lines behind ';' are comments.</summary>
internal sealed class ProgramAssembler
{
    private readonly List<Instruction> _instructions = [];
    private readonly List<Walk> _streams = [];
    private readonly List<VectorOperation> _body = [];
    private readonly List<VectorOperation> _epilogue = [];
    private RegionTable _regions = new(0, 0, [], [], []);
    private string[]? _loop;
    private bool _isEpilogue;
    private int _lineNumber;

    /// <summary>Assembles an image.</summary>
    /// <exception cref="FormatException">A line is not understood; the message gives its number.</exception>
    public static DspImage Assemble(string text)
    {
        var assembler = new ProgramAssembler();
        foreach (var line in text.Split('\n'))
        {
            assembler._lineNumber++;
            var words = line.Split(';')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (words.Length > 0)
            {
                assembler.Read(words);
            }
        }

        return assembler._loop is null ? new DspImage(assembler._regions, assembler._instructions) : throw assembler.Bad("a loop without 'next'");
    }

    private void Read(string[] words)
    {
        try
        {
            if (_loop is not null)
            {
                ReadInLoop(words);
            }
            else
            {
                ReadInstruction(words);
            }
        }
        catch (Exception error) when (error is IndexOutOfRangeException or ArgumentException or OverflowException)
        {
            throw Bad(string.Join(' ', words), error);
        }
    }

    private void ReadInstruction(string[] words)
    {
        switch (words[0])
        {
            case ".image":
                _regions = new(long.Parse(Value(words[1]), CultureInfo.InvariantCulture), long.Parse(Value(words[2]), CultureInfo.InvariantCulture), List(Value(words[3])), List(Value(words[4])), List(Value(words[5])));
                break;
            case "loop":
                _loop = words;
                break;
            case "end":
                break;
            default:
                _instructions.Add(Block(words));
                break;
        }
    }

    private Instruction Block(string[] words)
    {
        var sizes = List(words[1]);
        return words[0] switch
        {
            "matmul" => new MatrixProduct(
                sizes[0], sizes[1], sizes[2], sizes[3], Matrix(words[2]), Matrix(words[3]), Matrix(words[4]), words.Length > 5 ? Matrix(words[5]) : null),
            "fourier" => new FourierFrames(
                sizes[0], sizes[1], sizes[2], sizes[3], words[2] == "onesided", Place(words[3]), List(words[4])[0],
                words.Length > 6 ? Place(words[6]) : null, Place(words[5])),
            "softmax" or "logsoftmax" => new SoftmaxAxis(sizes[0], sizes[1], sizes[2], words[0] == "logsoftmax", Place(words[2]), Place(words[3])),
            "copy" => new StridedCopy(sizes, Stream(words[2]), Stream(words[3])),
            "fill" => new StridedFill(sizes, Stream(words[2]), Convert.ToUInt64(words[3], 16)),
            _ => throw Bad($"'{words[0]}' is no instruction"),
        };
    }

    private void ReadInLoop(string[] words)
    {
        switch (words[0])
        {
            case "stream":
                _streams.Add(Stream(words[1]));
                break;
            case "epilogue":
                _isEpilogue = true;
                break;
            case "next":
                EndLoop();
                break;
            default:
                (_isEpilogue ? _epilogue : _body).Add(Operation(words));
                break;
        }
    }

    private void EndLoop()
    {
        var head = _loop!;
        _instructions.Add(new VectorLoop(
            List(head[1]), Integer(Value(head[2])), head[3] == "vertical", Integer(Value(head[4])), [.. _streams], [.. _body], [.. _epilogue]));
        (_loop, _isEpilogue) = (null, false);
        _streams.Clear();
        _body.Clear();
        _epilogue.Clear();
    }

    private VectorOperation Operation(string[] words)
    {
        var (opcode, _, form, _) = VectorOperations.Find(words[0]) ?? throw Bad($"'{words[0]}' is no operation");
        return form switch
        {
            OperandForm.Load => new(opcode, Register(words[1]), 0, 0, false, Register(words[2])),
            OperandForm.Store => new(opcode, 0, Register(words[2]), 0, false, Register(words[1])),
            OperandForm.Immediate => new(opcode, Register(words[1]), 0, 0, true, Number(words[2])),
            OperandForm.Binary => Second(opcode, words, 0),
            OperandForm.Ternary => Second(opcode, words, Register(words[4])),
            _ => new(opcode, Register(words[1]), Register(words[2]), 0, false, 0),
        };
    }

    private static VectorOperation Second(VectorOpcode opcode, string[] words, byte c)
    {
        var isImmediate = words[3].StartsWith('#');
        return new(opcode, Register(words[1]), Register(words[2]), c, isImmediate, isImmediate ? Number(words[3]) : Register(words[3]));
    }

    private MatrixOperand Matrix(string word)
    {
        var walk = Stream(word);
        return new(walk.Memory, walk.Strides[0], walk.Strides[1]);
    }

    private Walk Stream(string word)
    {
        var bracket = word.IndexOf('[', StringComparison.Ordinal);
        return new(Place(word[..bracket]), List(word[bracket..]));
    }

    private MemoryOperand Place(string word)
    {
        var parts = word.Split('+', ':');
        var region = _regions.Find(parts[0]);
        return region >= 0 ? new(region, Enum.Parse<DataType>(parts[2]), long.Parse(parts[1], CultureInfo.InvariantCulture))
            : throw Bad($"'{parts[0]}' is no region");
    }

    private static byte Register(string word) => byte.Parse(word.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);

    private static uint Number(string word) =>
        word.StartsWith("#0x", StringComparison.Ordinal) ? Convert.ToUInt32(word[3..], 16)
        : BitConverter.SingleToUInt32Bits(float.Parse(word.AsSpan(1), CultureInfo.InvariantCulture));

    private static int Integer(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static string Value(string word) => word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..];

    private static ImmutableArray<long> List(string word) =>
        [.. word.Trim('[', ']').Split(',', StringSplitOptions.RemoveEmptyEntries).Select(item => long.Parse(item, CultureInfo.InvariantCulture))];

    private FormatException Bad(string what, Exception? inner = null) => new($"Line {_lineNumber}: {what}", inner);
}
