using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("EdgeAI")]
[assembly: InternalsVisibleTo("EdgeAI.Sdk.Tests")]
[assembly: InternalsVisibleTo("EdgeAI.Conformance")]
[assembly: InternalsVisibleTo("EdgeAI.Benchmarks")]
[assembly: InternalsVisibleTo("EdgeAI.Testing")]
