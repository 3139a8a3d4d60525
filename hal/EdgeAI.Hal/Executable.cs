using System.Collections.Immutable;

namespace EdgeAI.Hal;

/// <summary>Inputs and outputs of an executable, in binding order.</summary>
public sealed record ExecutableSignature(ImmutableArray<TensorSpec> Inputs, ImmutableArray<TensorSpec> Outputs);

/// <summary>A named block of read-only bytes beside the code: weights, tables. May be a slice of a memory-mapped model file.</summary>
/// <param name="Name">Name that the code refers to it by; unique within an executable.</param>
/// <param name="Data">The bytes; must outlive everything loaded from the executable.</param>
public sealed record ConstantBlob(string Name, ReadOnlyMemory<byte> Data);

/// <summary>A half-open range of the code (bytes or commands, as the format says) that was compiled from one graph node.</summary>
public readonly record struct SourceRange(long Start, long End, string Node);

/// <summary>What a target makes and a device loads: bytes, and no graph.</summary>
/// <param name="Format">Name and version of the code's format, for example "edgeai-npu/1" or "onnx".</param>
/// <param name="Signature">What must be bound to run it.</param>
/// <param name="Code">The program.</param>
/// <param name="Constants">Weights and tables that the program reads.</param>
/// <param name="SourceMap">Which part of the code came from which node; sorted by start, may be empty.</param>
public sealed record Executable(
    string Format,
    ExecutableSignature Signature,
    ReadOnlyMemory<byte> Code,
    ImmutableArray<ConstantBlob> Constants,
    ImmutableArray<SourceRange> SourceMap);
