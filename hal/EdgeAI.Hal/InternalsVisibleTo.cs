using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("EdgeAI.Onnx")]
[assembly: InternalsVisibleTo("EdgeAI.Runtime")]
[assembly: InternalsVisibleTo("EdgeAI.Cli")]
