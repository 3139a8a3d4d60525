using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("EdgeAI")]
[assembly: InternalsVisibleTo("EdgeAI.Sdk.Tests")]
