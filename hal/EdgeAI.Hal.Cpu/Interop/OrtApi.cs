namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>
/// The raw layer: one line per C function, exactly as the table has it. Opaque objects are <c>nint</c>; a result is an
/// OrtStatus, 0 for success and otherwise to be released. Nothing is checked here.
/// </summary>
internal readonly unsafe struct OrtApi(void** table)
{
    private readonly void** _table = table;
    private readonly void** _editor = ((delegate* unmanaged<void**>)table[OrtSlot.GetModelEditorApi])();

    public int GetErrorCode(nint status) => ((delegate* unmanaged<nint, int>)_table[OrtSlot.GetErrorCode])(status);

    public byte* GetErrorMessage(nint status) => ((delegate* unmanaged<nint, byte*>)_table[OrtSlot.GetErrorMessage])(status);

    /// <summary>Any of the Release functions.</summary>
    public void Release(int slot, nint item) => ((delegate* unmanaged<nint, void>)_table[slot])(item);

    /// <summary>Any of the functions whose only parameter is the result.</summary>
    public nint Create(int slot, nint* result) => ((delegate* unmanaged<nint*, nint>)_table[slot])(result);

    public nint CreateEnv(OrtLogSeverity severity, byte* logId, nint* env) =>
        ((delegate* unmanaged<OrtLogSeverity, byte*, nint*, nint>)_table[OrtSlot.CreateEnv])(severity, logId, env);

    public nint CreateCpuMemoryInfo(int allocatorType, int memoryType, nint* info) =>
        ((delegate* unmanaged<int, int, nint*, nint>)_table[OrtSlot.CreateCpuMemoryInfo])(allocatorType, memoryType, info);

    public nint AllocatorFree(nint allocator, void* memory) =>
        ((delegate* unmanaged<nint, void*, nint>)_table[OrtSlot.AllocatorFree])(allocator, memory);

    public nint EnableProfiling(nint options, void* prefix) =>
        ((delegate* unmanaged<nint, void*, nint>)_table[OrtSlot.EnableProfiling])(options, prefix);

    /// <summary>Any of the functions that set a number in the session options.</summary>
    public nint SetOption(int slot, nint options, int value) =>
        ((delegate* unmanaged<nint, int, nint>)_table[slot])(options, value);

    public nint AddSessionConfigEntry(nint options, byte* key, byte* value) =>
        ((delegate* unmanaged<nint, byte*, byte*, nint>)_table[OrtSlot.AddSessionConfigEntry])(options, key, value);

    public nint AddExternalInitializersFromFilesInMemory(nint options, void** names, byte** files, nuint* lengths, nuint count) =>
        ((delegate* unmanaged<nint, void**, byte**, nuint*, nuint, nint>)_table[OrtSlot.AddExternalInitializersFromFilesInMemory])(
            options, names, files, lengths, count);

    public nint CreateSession(nint env, void* path, nint options, nint* session) =>
        ((delegate* unmanaged<nint, void*, nint, nint*, nint>)_table[OrtSlot.CreateSession])(env, path, options, session);

    public nint CreateSessionFromArray(nint env, void* model, nuint length, nint options, nint* session) =>
        ((delegate* unmanaged<nint, void*, nuint, nint, nint*, nint>)_table[OrtSlot.CreateSessionFromArray])(env, model, length, options, session);

    /// <summary>Number of inputs or outputs.</summary>
    public nint SessionGetCount(int slot, nint session, nuint* count) =>
        ((delegate* unmanaged<nint, nuint*, nint>)_table[slot])(session, count);

    /// <summary>Name of an input or output, to be freed by the allocator.</summary>
    public nint SessionGetName(int slot, nint session, nuint index, nint allocator, byte** name) =>
        ((delegate* unmanaged<nint, nuint, nint, byte**, nint>)_table[slot])(session, index, allocator, name);

    /// <summary>Type of an input or output.</summary>
    public nint SessionGetTypeInfo(int slot, nint session, nuint index, nint* info) =>
        ((delegate* unmanaged<nint, nuint, nint*, nint>)_table[slot])(session, index, info);

    public nint SessionEndProfiling(nint session, nint allocator, byte** path) =>
        ((delegate* unmanaged<nint, nint, byte**, nint>)_table[OrtSlot.SessionEndProfiling])(session, allocator, path);

    public nint Run(nint session, nint runOptions, nint* inputNames, nint* inputs, nuint inputCount, nint* outputNames, nuint outputCount, nint* outputs) =>
        ((delegate* unmanaged<nint, nint, nint*, nint*, nuint, nint*, nuint, nint*, nint>)_table[OrtSlot.Run])(
            session, runOptions, inputNames, inputs, inputCount, outputNames, outputCount, outputs);

    public nint RunOptionsSetTerminate(nint options) => ((delegate* unmanaged<nint, nint>)_table[OrtSlot.RunOptionsSetTerminate])(options);

    public nint RunOptionsUnsetTerminate(nint options) => ((delegate* unmanaged<nint, nint>)_table[OrtSlot.RunOptionsUnsetTerminate])(options);

    public nint GetOnnxTypeFromTypeInfo(nint info, OnnxType* type) =>
        ((delegate* unmanaged<nint, OnnxType*, nint>)_table[OrtSlot.GetOnnxTypeFromTypeInfo])(info, type);

    public nint CastTypeInfoToTensorInfo(nint info, nint* tensorInfo) =>
        ((delegate* unmanaged<nint, nint*, nint>)_table[OrtSlot.CastTypeInfoToTensorInfo])(info, tensorInfo);

    public nint GetTensorElementType(nint tensorInfo, int* type) =>
        ((delegate* unmanaged<nint, int*, nint>)_table[OrtSlot.GetTensorElementType])(tensorInfo, type);

    /// <summary>0 where only the element type is known.</summary>
    public byte HasShape(nint tensorInfo) => ((delegate* unmanaged<nint, byte>)_table[OrtSlot.HasShape])(tensorInfo);

    public nint GetDimensionsCount(nint tensorInfo, nuint* rank) =>
        ((delegate* unmanaged<nint, nuint*, nint>)_table[OrtSlot.GetDimensionsCount])(tensorInfo, rank);

    public nint GetDimensions(nint tensorInfo, long* extents, nuint rank) =>
        ((delegate* unmanaged<nint, long*, nuint, nint>)_table[OrtSlot.GetDimensions])(tensorInfo, extents, rank);

    public nint GetSymbolicDimensions(nint tensorInfo, byte** symbols, nuint rank) =>
        ((delegate* unmanaged<nint, byte**, nuint, nint>)_table[OrtSlot.GetSymbolicDimensions])(tensorInfo, symbols, rank);

    public nint CreateTensorAsOrtValue(nint allocator, long* extents, nuint rank, int type, nint* value) =>
        ((delegate* unmanaged<nint, long*, nuint, int, nint*, nint>)_table[OrtSlot.CreateTensorAsOrtValue])(allocator, extents, rank, type, value);

    public nint CreateTensorWithDataAsOrtValue(nint memoryInfo, void* data, nuint length, long* extents, nuint rank, int type, nint* value) =>
        ((delegate* unmanaged<nint, void*, nuint, long*, nuint, int, nint*, nint>)_table[OrtSlot.CreateTensorWithDataAsOrtValue])(
            memoryInfo, data, length, extents, rank, type, value);

    public nint GetTensorMutableData(nint value, void** data) =>
        ((delegate* unmanaged<nint, void**, nint>)_table[OrtSlot.GetTensorMutableData])(value, data);

    public nint GetTensorElementTypeAndShape(nint value, int* type, long** extents, nuint* rank) =>
        ((delegate* unmanaged<nint, int*, long**, nuint*, nint>)_table[OrtSlot.GetTensorElementTypeAndShapeDataReference])(value, type, extents, rank);

    public nint GetResizedStringTensorElementBuffer(nint value, nuint index, nuint length, byte** buffer) =>
        ((delegate* unmanaged<nint, nuint, nuint, byte**, nint>)_table[OrtSlot.GetResizedStringTensorElementBuffer])(value, index, length, buffer);

    public nint GetStringTensorDataLength(nint value, nuint* length) =>
        ((delegate* unmanaged<nint, nuint*, nint>)_table[OrtSlot.GetStringTensorDataLength])(value, length);

    public nint GetStringTensorContent(nint value, void* text, nuint length, nuint* offsets, nuint count) =>
        ((delegate* unmanaged<nint, void*, nuint, nuint*, nuint, nint>)_table[OrtSlot.GetStringTensorContent])(value, text, length, offsets, count);

    /// <summary>1 in <paramref name="isThere"/>, or 0 for an optional that is not there.</summary>
    public nint HasValue(nint value, int* isThere) =>
        ((delegate* unmanaged<nint, int*, nint>)_table[OrtSlot.HasValue])(value, isThere);

    public nint GetValueType(nint value, OnnxType* type) =>
        ((delegate* unmanaged<nint, OnnxType*, nint>)_table[OrtSlot.GetValueType])(value, type);

    public nint GetValueCount(nint value, nuint* count) =>
        ((delegate* unmanaged<nint, nuint*, nint>)_table[OrtSlot.GetValueCount])(value, count);

    public nint GetValue(nint value, int index, nint allocator, nint* item) =>
        ((delegate* unmanaged<nint, int, nint, nint*, nint>)_table[OrtSlot.GetValue])(value, index, allocator, item);

    public nint CreateValue(nint* parts, nuint count, OnnxType kind, nint* value) =>
        ((delegate* unmanaged<nint*, nuint, OnnxType, nint*, nint>)_table[OrtSlot.CreateValue])(parts, count, kind, value);

    public nint CreateValueInfo(byte* name, nint typeInfo, nint* valueInfo) =>
        ((delegate* unmanaged<byte*, nint, nint*, nint>)_editor[OrtEditorSlot.CreateValueInfo])(name, typeInfo, valueInfo);

    public nint CreateGraph(nint* graph) => ((delegate* unmanaged<nint*, nint>)_editor[OrtEditorSlot.CreateGraph])(graph);

    /// <summary>The graph takes the value infos over.</summary>
    public nint SetGraphInputs(nint graph, nint* valueInfos, nuint count) =>
        ((delegate* unmanaged<nint, nint*, nuint, nint>)_editor[OrtEditorSlot.SetGraphInputs])(graph, valueInfos, count);

    /// <summary>The graph takes the value over, but never memory that it does not own.</summary>
    public nint AddInitializerToGraph(nint graph, byte* name, nint value, bool dataIsExternal) =>
        ((delegate* unmanaged<nint, byte*, nint, byte, nint>)_editor[OrtEditorSlot.AddInitializerToGraph])(graph, name, value, dataIsExternal ? (byte)1 : (byte)0);

    public nint CreateModel(byte** domains, int* versions, nuint count, nint* model) =>
        ((delegate* unmanaged<byte**, int*, nuint, nint*, nint>)_editor[OrtEditorSlot.CreateModel])(domains, versions, count, model);

    /// <summary>The model takes the graph over.</summary>
    public nint AddGraphToModel(nint model, nint graph) =>
        ((delegate* unmanaged<nint, nint, nint>)_editor[OrtEditorSlot.AddGraphToModel])(model, graph);

    public nint CreateModelEditorSessionFromArray(nint env, void* model, nuint length, nint options, nint* session) =>
        ((delegate* unmanaged<nint, void*, nuint, nint, nint*, nint>)_editor[OrtEditorSlot.CreateModelEditorSessionFromArray])(
            env, model, length, options, session);

    public nint ApplyModelToModelEditorSession(nint session, nint model) =>
        ((delegate* unmanaged<nint, nint, nint>)_editor[OrtEditorSlot.ApplyModelToModelEditorSession])(session, model);

    public nint FinalizeModelEditorSession(nint session, nint options, nint prepackedWeights) =>
        ((delegate* unmanaged<nint, nint, nint, nint>)_editor[OrtEditorSlot.FinalizeModelEditorSession])(session, options, prepackedWeights);
}
