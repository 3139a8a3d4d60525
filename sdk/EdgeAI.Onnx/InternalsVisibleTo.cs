using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("EdgeAI.Sdk.Tests")]
