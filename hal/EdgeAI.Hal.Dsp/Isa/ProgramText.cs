using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>Programs as text, one instruction or operation per line; <see cref="ProgramAssembler"/> reads it back.</summary>
internal static class ProgramText
{
    /// <summary>A whole image.</summary>
    public static string Write(DspImage image, ImmutableArray<SourceRange> sourceMap)
    {
        var text = new StringBuilder();
        var regions = image.Regions;
        Line(text, $".image scratch={regions.ScratchBytes} tcm={regions.TcmBytes} constants={List(regions.Constants)} inputs={List(regions.Inputs)} outputs={List(regions.Outputs)}");
        for (var i = 0; i < image.Instructions.Length; i++)
        {
            foreach (var source in sourceMap.Where(source => source.Start == i))
            {
                Line(text, $"; {source.Node.ReplaceLineEndings(" ")}");
            }

            Write(text, image.Instructions[i], regions);
        }

        Line(text, $"end");
        return text.ToString();
    }

    private static void Write(StringBuilder text, Instruction instruction, RegionTable regions)
    {
        switch (instruction)
        {
            case VectorLoop loop:
                Write(text, loop, regions);
                break;
            case MatrixProduct product:
                Line(text, $"matmul {List([product.Batch, product.Rows, product.Depth, product.Columns])} {Matrix(product.A, regions)} {Matrix(product.B, regions)} {Matrix(product.C, regions)}{(product.Bias is { } bias ? " " + Matrix(bias, regions) : "")}");
                break;
            case FourierFrames fourier:
                Line(text, $"fourier {List([fourier.Batch, fourier.Frames, fourier.Hop, fourier.Length])} {(fourier.IsOneSided ? "onesided" : "full")} {Place(fourier.Signal, regions)} {List([fourier.SignalBatchStride])} {Place(fourier.Output, regions)}{(fourier.Window is { } window ? " " + Place(window, regions) : "")}");
                break;
            case SoftmaxAxis softmax:
                Line(text, $"{(softmax.IsLogarithmic ? "logsoftmax" : "softmax")} {List([softmax.Outer, softmax.Count, softmax.Inner])} {Place(softmax.Source, regions)} {Place(softmax.Destination, regions)}");
                break;
            case StridedCopy copy:
                Line(text, $"copy {List(copy.Extents)} {Stream(copy.Source, regions)} {Stream(copy.Destination, regions)}");
                break;
            case StridedFill fill:
                Line(text, $"fill {List(fill.Extents)} {Stream(fill.Destination, regions)} 0x{fill.Pattern:X}");
                break;
        }
    }

    private static void Write(StringBuilder text, VectorLoop loop, RegionTable regions)
    {
        Line(text, $"loop {List(loop.Extents)} reduce={loop.ReduceRank} {(loop.IsVertical ? "vertical" : "horizontal")} tile={loop.TileElements}");
        foreach (var stream in loop.Streams)
        {
            Line(text, $"  stream {Stream(stream, regions)}");
        }

        Write(text, loop.Body);
        if (loop.Epilogue.Length > 0)
        {
            Line(text, $" epilogue");
            Write(text, loop.Epilogue);
        }

        Line(text, $" next");
    }

    private static void Write(StringBuilder text, ImmutableArray<VectorOperation> operations)
    {
        foreach (var operation in operations)
        {
            Line(text, $"  {Operation(operation)}");
        }
    }

    private static string Operation(VectorOperation operation)
    {
        var (_, mnemonic, form, _) = VectorOperations.Info(operation.Opcode);
        var b = operation.HasImmediate ? Number(operation.B) : $"r{operation.B}";
        return form switch
        {
            OperandForm.Load => $"{mnemonic} r{operation.Destination} s{operation.B}",
            OperandForm.Store => $"{mnemonic} s{operation.B} r{operation.A}",
            OperandForm.Immediate => $"{mnemonic} r{operation.Destination} {b}",
            OperandForm.Binary => $"{mnemonic} r{operation.Destination} r{operation.A} {b}",
            OperandForm.Ternary => $"{mnemonic} r{operation.Destination} r{operation.A} {b} r{operation.C}",
            _ => $"{mnemonic} r{operation.Destination} r{operation.A}",
        };
    }

    private static string Number(uint bits)
    {
        var value = BitConverter.UInt32BitsToSingle(bits);
        return float.IsFinite(value) ? "#" + value.ToString("R", CultureInfo.InvariantCulture) : $"#0x{bits:X8}";
    }

    private static string Place(MemoryOperand operand, RegionTable regions) =>
        string.Create(CultureInfo.InvariantCulture, $"{regions.Name(operand.Region)}+{operand.ByteOffset}:{operand.Type}");

    private static string Stream(Walk walk, RegionTable regions) => $"{Place(walk.Memory, regions)}{List(walk.Strides)}";

    private static string Matrix(MatrixOperand matrix, RegionTable regions) =>
        $"{Place(matrix.Memory, regions)}{List([matrix.RowStride, matrix.BatchStride])}";

    private static string List(ImmutableArray<long> values) =>
        $"[{string.Join(',', values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}]";

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
}
