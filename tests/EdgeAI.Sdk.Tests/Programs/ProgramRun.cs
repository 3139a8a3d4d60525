using System.Reflection;

namespace EdgeAI.Sdk.Tests.Programs;

/// <summary>What a program printed and returned; it runs in this process through its entry point.</summary>
internal sealed record ProgramRun(int ExitCode, string Output, string Error)
{
    private static readonly Lock OneAtATime = new();

    public static ProgramRun Of(string assembly, params string[] args)
    {
        lock (OneAtATime)
        {
            var (output, error) = (Console.Out, Console.Error);
            using var newOutput = new StringWriter();
            using var newError = new StringWriter();
            try
            {
                Console.SetOut(newOutput);
                Console.SetError(newError);
                var result = Assembly.Load(assembly).EntryPoint!.Invoke(null, [args]);
                return new ProgramRun((int)result!, newOutput.ToString(), newError.ToString());
            }
            finally
            {
                Console.SetOut(output);
                Console.SetError(error);
            }
        }
    }
}
