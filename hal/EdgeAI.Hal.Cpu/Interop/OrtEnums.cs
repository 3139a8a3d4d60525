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

/// <summary>Element types: ONNX Runtime's numbers equal ONNX's up to 23, then come in another order.</summary>
internal static class OrtElementType
{
    public static DataType ToDataType(int ortType) => ortType switch
    {
        >= 0 and <= (int)DataType.Float4E2M1 => (DataType)ortType,
        24 => DataType.UInt2,
        25 => DataType.Int2,
        26 => DataType.Float8E8M0,
        _ => DataType.Undefined,
    };

    public static int FromDataType(DataType type) => type switch
    {
        DataType.UInt2 => 24,
        DataType.Int2 => 25,
        DataType.Float8E8M0 => 26,
        _ => (int)type,
    };
}
