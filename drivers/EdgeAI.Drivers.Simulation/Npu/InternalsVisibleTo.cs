using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("EdgeAI.Drivers.Tests")]
[assembly: InternalsVisibleTo("EdgeAI.Benchmarks")]
