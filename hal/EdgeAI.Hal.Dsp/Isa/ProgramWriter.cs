using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>Encodes instructions as 64-bit words. The first word of each holds opcode (8 bits), word count (24) and fields (32).</summary>
internal sealed class ProgramWriter
{
    /// <summary>Largest number of words in one instruction.</summary>
    public const int InstructionWordLimit = (1 << 24) - 1;

    private readonly List<ulong> _words = [];

    /// <summary>Words written so far.</summary>
    public int Count => _words.Count;

    /// <summary>Encodes a whole program, with the end mark.</summary>
    public static ulong[] Encode(IEnumerable<Instruction> instructions)
    {
        var writer = new ProgramWriter();
        foreach (var instruction in instructions)
        {
            writer.Write(instruction);
        }

        return writer.Finish();
    }

    /// <summary>Appends an instruction.</summary>
    public void Write(Instruction instruction)
    {
        var start = _words.Count;
        _words.Add(0);
        var fields = instruction switch
        {
            VectorLoop loop => Write(loop),
            MatrixProduct product => Write(product),
            FourierFrames fourier => Write(fourier),
            SoftmaxAxis softmax => Write(softmax),
            StridedCopy copy => Write(copy),
            StridedFill fill => Write(fill),
            _ => throw new ArgumentException($"{instruction.GetType().Name} has no encoding.", nameof(instruction)),
        };
        _words[start] = Head(instruction.Opcode, _words.Count - start, fields);
    }

    /// <summary>Appends the end mark and returns the words.</summary>
    public ulong[] Finish()
    {
        _words.Add(Head(Opcode.End, 1, 0));
        return [.. _words];
    }

    /// <summary>The word of a vector operation: opcode and immediate flag, destination, a, c, then 32 bits of b.</summary>
    public static ulong Encode(VectorOperation operation) =>
        (byte)operation.Opcode | (operation.HasImmediate ? 0x80UL : 0) | ((ulong)operation.Destination << 8)
        | ((ulong)operation.A << 16) | ((ulong)operation.C << 24) | ((ulong)operation.B << 32);

    /// <summary>The word of a place in memory.</summary>
    public static ulong Encode(MemoryOperand operand) =>
        operand is { Region: >= 0 and <= ushort.MaxValue, ByteOffset: >= 0 and < MemoryOperand.OffsetLimit }
            ? (ushort)operand.Region | ((ulong)operand.Type << 16) | ((ulong)operand.ByteOffset << 24)
            : throw new ArgumentOutOfRangeException(nameof(operand), operand, "Region and offset take 16 and 40 bits.");

    private static ulong Head(Opcode opcode, int wordCount, uint fields) =>
        wordCount <= InstructionWordLimit
            ? (byte)opcode | ((ulong)wordCount << 8) | ((ulong)fields << 32)
            : throw new ArgumentOutOfRangeException(nameof(wordCount), wordCount, "An instruction has at most 2^24 − 1 words.");

    private uint Write(VectorLoop loop)
    {
        checked
        {
            _words.Add((ushort)loop.Body.Length | ((ulong)(ushort)loop.Epilogue.Length << 16) | ((ulong)(uint)loop.TileElements << 32));
        }

        Write(loop.Extents);
        foreach (var stream in loop.Streams)
        {
            Write(stream);
        }

        _words.AddRange(loop.Body.Select(Encode));
        _words.AddRange(loop.Epilogue.Select(Encode));
        return Pack(loop.Extents.Length, loop.ReduceRank, loop.Streams.Length, loop.IsVertical ? 1 : 0);
    }

    private uint Write(MatrixProduct product)
    {
        Write([product.Batch, product.Rows, product.Depth, product.Columns]);
        Write(product.A);
        Write(product.B);
        Write(product.C);
        if (product.Bias is { } bias)
        {
            Write(bias);
        }

        return product.Bias is null ? 0u : 1u;
    }

    private uint Write(FourierFrames fourier)
    {
        Write([fourier.Batch, fourier.Frames, fourier.Hop, fourier.Length]);
        _words.Add(Encode(fourier.Signal));
        _words.Add((ulong)fourier.SignalBatchStride);
        _words.Add(Encode(fourier.Output));
        if (fourier.Window is { } window)
        {
            _words.Add(Encode(window));
        }

        return (fourier.Window is null ? 0u : 1u) | (fourier.IsOneSided ? 2u : 0u);
    }

    private uint Write(SoftmaxAxis softmax)
    {
        Write([softmax.Outer, softmax.Count, softmax.Inner]);
        _words.Add(Encode(softmax.Source));
        _words.Add(Encode(softmax.Destination));
        return softmax.IsLogarithmic ? 1u : 0u;
    }

    private uint Write(StridedCopy copy)
    {
        Write(copy.Extents);
        Write(copy.Source);
        Write(copy.Destination);
        return (uint)copy.Extents.Length;
    }

    private uint Write(StridedFill fill)
    {
        Write(fill.Extents);
        Write(fill.Destination);
        _words.Add(fill.Pattern);
        return (uint)fill.Extents.Length;
    }

    private void Write(Walk walk)
    {
        _words.Add(Encode(walk.Memory));
        Write(walk.Strides);
    }

    private void Write(MatrixOperand matrix)
    {
        _words.Add(Encode(matrix.Memory));
        Write([matrix.RowStride, matrix.BatchStride]);
    }

    private void Write(ImmutableArray<long> values) => _words.AddRange(MemoryMarshal.Cast<long, ulong>(values.AsSpan()));

    private static uint Pack(int a, int b, int c, int d) => checked((byte)a | ((uint)(byte)b << 8) | ((uint)(byte)c << 16) | ((uint)(byte)d << 24));
}
