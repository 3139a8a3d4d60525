using System.Collections.Immutable;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Compiler.Targets.Dsp;

/// <summary>An operand of a vector operation: a virtual register or a number.</summary>
internal readonly record struct Term(int Register, float Number)
{
    public bool IsNumber => Register < 0;

    public static implicit operator Term(float number) => new(-1, number);
}

/// <summary>Builds a vector loop over an iteration space with as many virtual registers as it takes.</summary>
internal sealed class LoopBuilder(ImmutableArray<long> extents)
{
    private readonly List<Walk> _streams = [];
    private readonly Dictionary<int, Term> _loaded = [];
    private readonly List<VirtualOperation> _body = [];
    private readonly List<VirtualOperation> _epilogue = [];
    private bool _isEpilogue;
    private int _registers;

    /// <summary>The iteration space, outermost first.</summary>
    public ImmutableArray<long> Extents { get; } = extents;

    public int StreamCount => _streams.Count;

    /// <summary>The elements of an operand, loaded once.</summary>
    public Term Load(MemoryOperand memory, ImmutableArray<long> strides)
    {
        var stream = _streams.FindIndex(walk => walk.Memory == memory && walk.Strides.AsSpan().SequenceEqual(strides.AsSpan()));
        stream = stream >= 0 ? stream : AddStream(memory, strides);
        if (!_loaded.TryGetValue(stream, out var term))
        {
            term = Emit(VectorOpcode.Load, default, default, default, stream);
            _loaded.Add(stream, term);
        }

        return term;
    }

    /// <summary>Stores a term along an operand.</summary>
    public void Store(MemoryOperand memory, ImmutableArray<long> strides, Term value)
    {
        var (stream, source) = (AddStream(memory, strides), InRegister(value));
        Current.Add(new(VectorOpcode.Store, -1, source, default, default, stream));
    }

    public Term Unary(VectorOpcode opcode, Term a) => Emit(opcode, InRegister(a), default, default);

    public Term Binary(VectorOpcode opcode, Term a, Term b) => Emit(opcode, InRegister(a), b, default);

    public Term Ternary(VectorOpcode opcode, Term a, Term b, Term c) => Emit(opcode, InRegister(a), b, InRegister(c));

    public Term Add(Term a, Term b) => a.IsNumber ? Binary(VectorOpcode.Add, b, a) : Binary(VectorOpcode.Add, a, b);

    public Term Multiply(Term a, Term b) => a.IsNumber ? Binary(VectorOpcode.Multiply, b, a) : Binary(VectorOpcode.Multiply, a, b);

    /// <summary>a·b + c in one rounding.</summary>
    public Term MultiplyAdd(Term a, Term b, Term c) => Ternary(VectorOpcode.MultiplyAdd, a, b, c);

    /// <summary>condition ≠ 0 ? a : b.</summary>
    public Term Select(Term condition, Term a, Term b) => Ternary(VectorOpcode.Select, condition, a, b);

    /// <summary>Accumulates a term over the reduced dimensions; operations from now on belong to the epilogue.</summary>
    public Term Accumulate(VectorOpcode opcode, Term value)
    {
        var result = Emit(opcode, InRegister(value), default, default);
        _isEpilogue = true;
        _loaded.Clear(); // registers of the body are gone in the epilogue
        return result;
    }

    /// <summary>The loop; <paramref name="isReduced"/> tells for each dimension whether it is reduced.</summary>
    public VectorLoop Build(Func<int, bool> isReduced)
    {
        var layout = LoopLayout.Of(Extents, _streams, isReduced);
        var registers = new RegisterAllocator(_body, _epilogue);
        return new VectorLoop(
            layout.Extents, layout.ReduceRank, layout.IsVertical, LoopLayout.TileElements(layout.Streams), layout.Streams,
            registers.Assign(_body), registers.Assign(_epilogue));
    }

    private List<VirtualOperation> Current => _isEpilogue ? _epilogue : _body;

    private int AddStream(MemoryOperand memory, ImmutableArray<long> strides)
    {
        _streams.Add(new Walk(memory, strides));
        return _streams.Count - 1;
    }

    private Term InRegister(Term term) => term.IsNumber ? Emit(VectorOpcode.Constant, default, term, default) : term;

    private Term Emit(VectorOpcode opcode, Term a, Term b, Term c, int stream = -1)
    {
        var destination = _registers++;
        Current.Add(new(opcode, destination, a, b, c, stream));
        return new Term(destination, 0);
    }
}

/// <summary>A vector operation on virtual registers.</summary>
internal readonly record struct VirtualOperation(VectorOpcode Opcode, int Destination, Term A, Term B, Term C, int Stream)
{
    /// <summary>The virtual registers that it reads.</summary>
    public IEnumerable<int> Reads()
    {
        var form = VectorOperations.Info(Opcode).Form;
        if (form is not (OperandForm.Load or OperandForm.Immediate))
        {
            yield return A.Register;
        }

        if (form is OperandForm.Binary or OperandForm.Ternary && !B.IsNumber)
        {
            yield return B.Register;
        }

        if (form == OperandForm.Ternary)
        {
            yield return C.Register;
        }
    }
}
