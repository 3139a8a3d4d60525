using System.Runtime.CompilerServices;

// Compiler and simulator share the instruction set; everybody else sees images as bytes and text.
[assembly: InternalsVisibleTo("EdgeAI.Compiler")]
[assembly: InternalsVisibleTo("EdgeAI.Drivers.Simulation")]
[assembly: InternalsVisibleTo("EdgeAI.Testing")]
[assembly: InternalsVisibleTo("EdgeAI.Hal.Tests")]
[assembly: InternalsVisibleTo("EdgeAI.Drivers.Tests")]
[assembly: InternalsVisibleTo("EdgeAI.Sdk.Tests")]
[assembly: InternalsVisibleTo("EdgeAI.Conformance")]
[assembly: InternalsVisibleTo("EdgeAI.Benchmarks")]
