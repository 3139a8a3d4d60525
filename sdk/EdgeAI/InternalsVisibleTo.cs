using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("EdgeAI.Benchmarks")]
[assembly: InternalsVisibleTo("EdgeAI.Cli")]
[assembly: InternalsVisibleTo("EdgeAI.Sdk.Tests")]
