using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("EdgeAI.Sdk.Tests")]
[assembly: InternalsVisibleTo("EdgeAI.Conformance")]
[assembly: InternalsVisibleTo("EdgeAI.Benchmarks")]
[assembly: InternalsVisibleTo("EdgeAI.Onnx")]
[assembly: InternalsVisibleTo("EdgeAI.Compiler")]
[assembly: InternalsVisibleTo("EdgeAI.Quantization")]
