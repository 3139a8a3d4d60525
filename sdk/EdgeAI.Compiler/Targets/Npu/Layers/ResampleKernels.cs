using System.Buffers.Binary;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>Picks whole pixels; a position below 0 gives the pad value.</summary>
internal sealed class GatherKernel(int[] rows, int[] columns, Quantization input, int padValue) : ResampleKernel
{
    public override int EntryBytes => sizeof(int);

    public override (int First, int Last) RowsOf(int row) => rows[row] < 0 ? (0, -1) : (rows[row], rows[row]);

    public override void WriteTable(Span<byte> table, int firstRow, int count, int inputRow)
    {
        for (var i = 0; i < count; i++)
        {
            var row = rows[firstRow + i];
            BinaryPrimitives.WriteInt32LittleEndian(table[(sizeof(int) * i)..], row < 0 ? row : row - inputRow);
        }

        for (var i = 0; i < columns.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(table[(sizeof(int) * (count + i))..], columns[i]);
        }
    }

    public override ICommand Command(in FeatureMap source, in FeatureMap target, Address table) =>
        new Gather { Input = source, Output = target, Table = table, PadValue = padValue, Flags = input.IsSigned ? CommandFlags.InputSigned : 0 };
}

/// <summary>Two neighbours along an axis and their weights.</summary>
internal readonly record struct LinearEntry(int First, int Second, float FirstWeight, float SecondWeight);

/// <summary>Mixes two rows and two columns.</summary>
internal sealed class InterpolateKernel(LinearEntry[] rows, LinearEntry[] columns, Quantization input, Quantization output) : ResampleKernel
{
    public override int EntryBytes => Interpolate.EntryBytes;

    public override (int First, int Last) RowsOf(int row) => (rows[row].First, rows[row].Second);

    public override void WriteTable(Span<byte> table, int firstRow, int count, int inputRow)
    {
        for (var i = 0; i < count; i++)
        {
            var entry = rows[firstRow + i];
            Write(table[(EntryBytes * i)..], entry with { First = entry.First - inputRow, Second = entry.Second - inputRow });
        }

        for (var i = 0; i < columns.Length; i++)
        {
            Write(table[(EntryBytes * (count + i))..], columns[i]);
        }
    }

    public override ICommand Command(in FeatureMap source, in FeatureMap target, Address table) => new Interpolate
    {
        Input = source, Output = target, Table = table, InputZeroPoint = input.ZeroPoint, OutputZeroPoint = output.ZeroPoint,
        InputScale = input.Scale, OutputScale = output.Scale,
        Flags = (input.IsSigned ? CommandFlags.InputSigned : 0) | (output.IsSigned ? CommandFlags.OutputSigned : 0),
    };

    private static void Write(Span<byte> entry, LinearEntry value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(entry, value.First);
        BinaryPrimitives.WriteInt32LittleEndian(entry[4..], value.Second);
        BinaryPrimitives.WriteSingleLittleEndian(entry[8..], value.FirstWeight);
        BinaryPrimitives.WriteSingleLittleEndian(entry[12..], value.SecondWeight);
    }
}
