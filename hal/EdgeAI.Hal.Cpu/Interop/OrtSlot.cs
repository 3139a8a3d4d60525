namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>
/// Positions in ONNX Runtime's table of C functions (OrtApi). The table only ever grows, so a position holds for every
/// version from the one that introduced it. Versions of what is used here, where it is younger than the first table:
/// <list type="table">
/// <item><term>279</term><description>1.18</description></item>
/// <item><term>291</term><description>1.22 (the sub-table <see cref="OrtEditorSlot"/>)</description></item>
/// <item><term>390, 414</term><description>1.24, which is therefore the oldest version that is asked for</description></item>
/// </list>
/// </summary>
internal static class OrtSlot
{
    /// <summary>The version of the table that these positions were read from, and the newest that is asked for.</summary>
    public const uint NewestVersion = 30;

    /// <summary>The oldest version that has every slot below.</summary>
    public const uint OldestVersion = 24;

    public const int GetErrorCode = 1;
    public const int GetErrorMessage = 2;
    public const int CreateEnv = 3;
    public const int CreateSession = 7;
    public const int CreateSessionFromArray = 8;
    public const int Run = 9;
    public const int CreateSessionOptions = 10;
    public const int EnableProfiling = 14;
    public const int SetSessionLogSeverityLevel = 22;
    public const int SetSessionGraphOptimizationLevel = 23;
    public const int SetIntraOpNumThreads = 24;
    public const int SessionGetInputCount = 30;
    public const int SessionGetOutputCount = 31;
    public const int SessionGetInputTypeInfo = 33;
    public const int SessionGetOutputTypeInfo = 34;
    public const int SessionGetInputName = 36;
    public const int SessionGetOutputName = 37;
    public const int CreateRunOptions = 39;
    public const int RunOptionsSetTerminate = 46;
    public const int RunOptionsUnsetTerminate = 47;
    public const int CreateTensorAsOrtValue = 48;
    public const int CreateTensorWithDataAsOrtValue = 49;
    public const int GetTensorMutableData = 51;
    public const int GetStringTensorDataLength = 53;
    public const int GetStringTensorContent = 54;
    public const int CastTypeInfoToTensorInfo = 55;
    public const int GetOnnxTypeFromTypeInfo = 56;
    public const int GetTensorElementType = 60;
    public const int GetDimensionsCount = 61;
    public const int GetDimensions = 62;
    public const int GetSymbolicDimensions = 63;
    public const int GetValueType = 67;
    public const int CreateCpuMemoryInfo = 69;
    public const int AllocatorFree = 76;
    public const int GetAllocatorWithDefaultOptions = 78;
    public const int GetValue = 80;
    public const int GetValueCount = 81;
    public const int CreateValue = 82;
    public const int ReleaseEnv = 92;
    public const int ReleaseStatus = 93;
    public const int ReleaseMemoryInfo = 94;
    public const int ReleaseSession = 95;
    public const int ReleaseValue = 96;
    public const int ReleaseRunOptions = 97;
    public const int ReleaseTypeInfo = 98;
    public const int ReleaseSessionOptions = 100;
    public const int SessionEndProfiling = 110;
    public const int AddSessionConfigEntry = 130;
    public const int HasValue = 192;
    public const int GetResizedStringTensorElementBuffer = 252;
    public const int AddExternalInitializersFromFilesInMemory = 279;
    public const int ReleaseValueInfo = 285;
    public const int ReleaseGraph = 287;
    public const int ReleaseModel = 288;
    public const int GetModelEditorApi = 291;
    public const int HasShape = 390;
    public const int GetTensorElementTypeAndShapeDataReference = 414;
}

/// <summary>Positions in the sub-table for building and changing models in memory (OrtModelEditorApi, from 1.22).</summary>
internal static class OrtEditorSlot
{
    public const int CreateValueInfo = 5;
    public const int CreateGraph = 7;
    public const int SetGraphInputs = 8;
    public const int AddInitializerToGraph = 10;
    public const int CreateModel = 12;
    public const int AddGraphToModel = 13;
    public const int CreateModelEditorSessionFromArray = 16;
    public const int ApplyModelToModelEditorSession = 18;
    public const int FinalizeModelEditorSession = 19;
}
