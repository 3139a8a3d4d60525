namespace EdgeAI.Hal.Dsp.Isa;

/// <summary>Instructions of the sequencer. The numbers are the encoding.</summary>
internal enum Opcode : byte
{
    End = 0,
    VectorLoop = 1,
    MatrixProduct = 2,
    Fourier = 3,
    Softmax = 4,
    StridedCopy = 5,
    StridedFill = 6,
}

/// <summary>Operations of a vector loop's body, on float32 lanes. The numbers are the encoding.</summary>
internal enum VectorOpcode : byte
{
    Load = 1,
    Store = 2,
    Constant = 3,
    Move = 4,
    Add = 8,
    Subtract = 9,
    Multiply = 10,
    Divide = 11,
    Minimum = 12,
    Maximum = 13,
    MinimumNumber = 14,
    MaximumNumber = 15,
    MultiplyAdd = 16,
    Less = 20,
    LessOrEqual = 21,
    Equal = 22,
    Select = 23,
    Negate = 32,
    Absolute = 33,
    SquareRoot = 34,
    ReciprocalSquareRoot = 35,
    Reciprocal = 36,
    Floor = 37,
    Ceiling = 38,
    Round = 39,
    Exponential = 48,
    Logarithm = 49,
    Tangent = 50,
    Sigmoid = 51,
    Error = 52,
    AccumulateSum = 64,
    AccumulateMaximum = 65,
    AccumulateMinimum = 66,
}

/// <summary>Which fields of the operation word an operation reads.</summary>
internal enum OperandForm : byte
{
    /// <summary>destination ← stream.</summary>
    Load,
    /// <summary>stream ← a.</summary>
    Store,
    /// <summary>destination ← immediate.</summary>
    Immediate,
    /// <summary>destination ← a.</summary>
    Unary,
    /// <summary>destination ← a, b or immediate.</summary>
    Binary,
    /// <summary>destination ← a, b or immediate, c.</summary>
    Ternary,
    /// <summary>accumulator ← accumulator, a.</summary>
    Accumulate,
}

/// <summary>What the tools know of an operation: its mnemonic, operands and issue slots per vector.</summary>
internal readonly record struct OperationInfo(VectorOpcode Opcode, string Mnemonic, OperandForm Form, int Slots);

/// <summary>The table of vector operations.</summary>
internal static class VectorOperations
{
    /// <summary>Vector registers of a thread.</summary>
    public const int RegisterCount = 32;

    /// <summary>Issue slots of a load or store whose lanes do not lie side by side.</summary>
    public const int StridedSlots = 4;

    public static readonly OperationInfo[] All =
    [
        new(VectorOpcode.Load, "load", OperandForm.Load, 1),
        new(VectorOpcode.Store, "store", OperandForm.Store, 1),
        new(VectorOpcode.Constant, "const", OperandForm.Immediate, 1),
        new(VectorOpcode.Move, "move", OperandForm.Unary, 1),
        new(VectorOpcode.Add, "add", OperandForm.Binary, 1),
        new(VectorOpcode.Subtract, "sub", OperandForm.Binary, 1),
        new(VectorOpcode.Multiply, "mul", OperandForm.Binary, 1),
        new(VectorOpcode.Divide, "div", OperandForm.Binary, 6),
        new(VectorOpcode.Minimum, "min", OperandForm.Binary, 1),
        new(VectorOpcode.Maximum, "max", OperandForm.Binary, 1),
        new(VectorOpcode.MinimumNumber, "minnum", OperandForm.Binary, 1),
        new(VectorOpcode.MaximumNumber, "maxnum", OperandForm.Binary, 1),
        new(VectorOpcode.MultiplyAdd, "fma", OperandForm.Ternary, 1),
        new(VectorOpcode.Less, "lt", OperandForm.Binary, 1),
        new(VectorOpcode.LessOrEqual, "le", OperandForm.Binary, 1),
        new(VectorOpcode.Equal, "eq", OperandForm.Binary, 1),
        new(VectorOpcode.Select, "select", OperandForm.Ternary, 1),
        new(VectorOpcode.Negate, "neg", OperandForm.Unary, 1),
        new(VectorOpcode.Absolute, "abs", OperandForm.Unary, 1),
        new(VectorOpcode.SquareRoot, "sqrt", OperandForm.Unary, 6),
        new(VectorOpcode.ReciprocalSquareRoot, "rsqrt", OperandForm.Unary, 6),
        new(VectorOpcode.Reciprocal, "recip", OperandForm.Unary, 4),
        new(VectorOpcode.Floor, "floor", OperandForm.Unary, 1),
        new(VectorOpcode.Ceiling, "ceil", OperandForm.Unary, 1),
        new(VectorOpcode.Round, "round", OperandForm.Unary, 1),
        new(VectorOpcode.Exponential, "exp", OperandForm.Unary, 12),
        new(VectorOpcode.Logarithm, "log", OperandForm.Unary, 14),
        new(VectorOpcode.Tangent, "tanh", OperandForm.Unary, 18),
        new(VectorOpcode.Sigmoid, "sigmoid", OperandForm.Unary, 16),
        new(VectorOpcode.Error, "erf", OperandForm.Unary, 22),
        new(VectorOpcode.AccumulateSum, "accsum", OperandForm.Accumulate, 1),
        new(VectorOpcode.AccumulateMaximum, "accmax", OperandForm.Accumulate, 1),
        new(VectorOpcode.AccumulateMinimum, "accmin", OperandForm.Accumulate, 1),
    ];

    private static readonly OperationInfo?[] ByCode = Index();
    private static readonly OperandForm[] Forms = [.. ByCode.Select(row => row?.Form ?? default)];

    /// <summary>The row of an operation; null for a code that is none.</summary>
    public static OperationInfo? Find(VectorOpcode opcode) => ByCode[(byte)opcode];

    /// <summary>The row of an operation that is known to be one.</summary>
    public static OperationInfo Info(VectorOpcode opcode) => ByCode[(byte)opcode]!.Value;

    /// <summary>The operands of an operation that is known to be one.</summary>
    public static OperandForm Form(VectorOpcode opcode) => Forms[(byte)opcode];

    /// <summary>The row of a mnemonic; null when there is none.</summary>
    public static OperationInfo? Find(string mnemonic)
    {
        foreach (var row in All)
        {
            if (row.Mnemonic == mnemonic)
            {
                return row;
            }
        }

        return null;
    }

    private static OperationInfo?[] Index()
    {
        var rows = new OperationInfo?[256];
        foreach (var row in All)
        {
            rows[(byte)row.Opcode] = row;
        }

        return rows;
    }
}
