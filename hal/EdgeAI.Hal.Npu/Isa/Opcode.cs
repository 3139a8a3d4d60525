namespace EdgeAI.Hal.Npu.Isa;

/// <summary>First byte of a command. Gaps are room for later operators.</summary>
internal enum Opcode : byte
{
    End = 0x01,
    Wait = 0x02,
    Signal = 0x03,
    Copy = 0x10,
    Fill = 0x11,
    Convolution = 0x20,
    MatrixMultiply = 0x21,
    MatrixProduct = 0x22,
    MaxPool = 0x30,
    AveragePool = 0x31,
    GlobalAveragePool = 0x32,
    Interpolate = 0x33,
    Gather = 0x34,
    Add = 0x40,
    Multiply = 0x41,
    Arithmetic = 0x42,
    TableLookup = 0x50,
    Quantize = 0x51,
    Dequantize = 0x52,
    Softmax = 0x53,
}

/// <summary>Upper half of a command's first word.</summary>
[Flags]
internal enum CommandFlags : uint
{
    None = 0,
    /// <summary>The (first) input holds int8, not uint8.</summary>
    InputSigned = 1,
    /// <summary>The second input holds int8, not uint8.</summary>
    SecondSigned = 2,
    /// <summary>The output holds int8, not uint8.</summary>
    OutputSigned = 4,
    /// <summary>Convolution: output channel c sees input channel c only.</summary>
    Depthwise = 8,
    /// <summary>Convolution and matrix product: the channel table ends with int8 weight zero points.</summary>
    WeightZeroPoints = 16,
    /// <summary>Average pool: padding counts in the divisor.</summary>
    CountIncludePad = 32,
}
