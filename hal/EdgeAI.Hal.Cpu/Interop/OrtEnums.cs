namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>OrtLoggingLevel.</summary>
internal enum OrtLogSeverity
{
    Verbose,
    Info,
    Warning,
    Error,
    Fatal,
}

/// <summary>OrtErrorCode.</summary>
internal enum OrtErrorCode
{
    Ok,
    Fail,
    InvalidArgument,
    NoSuchFile,
    NoModel,
    EngineError,
    RuntimeException,
    InvalidProtobuf,
    ModelLoaded,
    NotImplemented,
    InvalidGraph,
    ExecutionProviderFail,
    ModelLoadCanceled,
    ModelRequiresCompilation,
    NotFound,
}

/// <summary>ONNXType: the sort of a value.</summary>
internal enum OnnxType
{
    Unknown,
    Tensor,
    Sequence,
    Map,
    Opaque,
    SparseTensor,
    Optional,
}

/// <summary>
/// Element types: ONNX Runtime's numbers equal ONNX's up to 23. Above that, 1.30 reports its own (the header's) and takes ONNX's
/// when it makes a tensor (seen: a tensor made with 25, its own number of Int2, is one of UInt2).
/// </summary>
internal static class OrtElementType
{
    /// <summary>The type that ONNX Runtime reports by this number.</summary>
    public static DataType ToDataType(int ortType) => ortType switch
    {
        >= 0 and <= (int)DataType.Float4E2M1 => (DataType)ortType,
        24 => DataType.UInt2,
        25 => DataType.Int2,
        26 => DataType.Float8E8M0,
        _ => DataType.Undefined,
    };

    /// <summary>The number by which ONNX Runtime makes a tensor of this type.</summary>
    public static int FromDataType(DataType type) => (int)type;
}
