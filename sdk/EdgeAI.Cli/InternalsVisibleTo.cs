using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("EdgeAI.Sdk.Tests")]
[assembly: InternalsVisibleTo("EdgeAI.Benchmarks")]
