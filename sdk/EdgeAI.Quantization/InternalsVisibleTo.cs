using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("EdgeAI.Cli")]
[assembly: InternalsVisibleTo("EdgeAI.Sdk.Tests")]
[assembly: InternalsVisibleTo("EdgeAI.Benchmarks")]
