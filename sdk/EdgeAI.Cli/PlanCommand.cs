using System.CommandLine;
using System.Text;
using EdgeAI.Cli.Pages;
using EdgeAI.Hal;
using EdgeAI.Hal.Files;
using EdgeAI.Runtime;

namespace EdgeAI.Cli;

/// <summary>edgeai plan: which operator runs where, at what predicted cost, and why not elsewhere; keeps and checks what it came to.</summary>
internal static class PlanCommand
{
    private const int DefaultWhatIfs = 8;

    private static readonly string[] Formats = ["text", "json", "dot", "html"];

    private static readonly Option<string?> Output = new("--output", "-o")
    {
        Description = $"Writes the compiled model to this file. {PlanBundle.Extension}: a bundle, which 'edgeai run' and EdgeRuntime.Load take instead of the ONNX file, without compiling. Any other name: the bare plan; 'edgeai disasm' prints it, and EdgeAI.Runtime's Executor executes it without an EdgeRuntime.",
    };

    private static readonly Option<string?> Format = new("--format") { Description = $"Form of the answer: {string.Join(", ", Formats)} (dot is for Graphviz, html is a page with graph and timeline). Default: that of --report's name, else text." };

    private static readonly Option<string?> Report = new("--report") { Description = "Writes the answer to this file instead: plan.html, plan.json, plan.dot." };

    private static readonly Option<string?> Lock = new("--lock") { Description = "Writes coverage, predicted time, energy, segments and the place of each operator to this file, as a contract." };

    private static readonly Option<string?> Check = new("--check") { Description = "Only compares with a contract that --lock wrote, and writes no file: exit code 3 and the difference where something got worse." };

    private static readonly Option<double> Tolerance = new("--tolerance") { Description = "Part by which --check lets predicted time and energy grow: 0.05 is 5 %." };

    private static readonly Option<int> WhatIfs = new("--what-if")
    {
        Description = "For how many kinds of refused operators to find out what their support would win; 0 for none.",
        DefaultValueFactory = _ => DefaultWhatIfs,
    };

    public static Command Create()
    {
        var options = new CommonOptions();
        const string Description = """
            Shows which operator runs where, at what predicted cost, and why not elsewhere.

            Examples:
              edgeai plan keyword.onnx --profile hub
              edgeai plan keyword.onnx --report plan.html
              edgeai plan keyword.onnx --output keyword.edgeai
              edgeai plan keyword.onnx --lock plan.lock
              edgeai plan keyword.onnx --check plan.lock --tolerance 0.05

            Exit codes: 0 done, 1 wrong usage, 2 bad input or missing device, 3 --check found something that got worse.
            """;
        var command = Verb.Create("plan", Description, options, parsed => Run(parsed, options));
        options.AddTo(command);
        foreach (var option in (Option[])[Output, Format, Report, Lock, Check, Tolerance, WhatIfs])
        {
            command.Add(option);
        }

        return command;
    }

    private static int Run(ParseResult parsed, CommonOptions options)
    {
        CheckPaths(parsed);
        var format = ChooseFormat(parsed, options);
        var contract = parsed.GetValue(Check) is { } path ? ReadLock(path) : null;
        using var runtime = options.CreateRuntime(parsed);
        using var model = runtime.Load(options.ModelPath(parsed), options.CreateLoadOptions(parsed, runtime) with { MaxWhatIfs = parsed.GetValue(WhatIfs) });
        var plan = model.Plan;
        if (contract is not null)
        {
            return Compare(contract, plan, parsed.GetValue(Tolerance), format);
        }

        WriteReport(parsed, format, plan);
        WriteFiles(parsed, model);
        return 0;
    }

    private static void CheckPaths(ParseResult parsed)
    {
        foreach (var option in (Option<string?>[])[Output, Report, Lock, Check])
        {
            if (parsed.GetValue(option) is "")
            {
                throw new IOException($"{option.Name}: the path is empty; expected a file{(option == Check ? "" : " to write")}.");
            }
        }

        if (parsed.GetValue(Check) is not null && ((Option<string?>[])[Output, Report, Lock]).FirstOrDefault(option => parsed.GetValue(option) is not null) is { } other)
        {
            throw new TensorMismatchException($"{other.Name} does not go with --check, which only compares: leave one out.");
        }

        if (parsed.GetValue(Tolerance) is not (>= 0 and <= 1000))
        {
            throw new TensorMismatchException($"--tolerance {parsed.GetValue(Tolerance)}: expected a number of at least 0; 0.05 is 5 %.");
        }

        if (parsed.GetValue(WhatIfs) is < 0 or > 1000)
        {
            throw new TensorMismatchException($"--what-if {parsed.GetValue(WhatIfs)}: expected a number of 0 to 1000.");
        }
    }

    private static string ChooseFormat(ParseResult parsed, CommonOptions options)
    {
        var byName = parsed.GetValue(Report) is { } report ? Path.GetExtension(report).TrimStart('.').ToLowerInvariant() : "";
        var format = parsed.GetValue(Format) ?? (parsed.GetValue(options.Json) ? "json" : Formats.Contains(byName) ? byName : "text");
        return Formats.Contains(format) ? format : throw new TensorMismatchException($"--format '{format}': expected {string.Join(", ", Formats)}.");
    }

    private static PlanLock ReadLock(string path)
    {
        try
        {
            return PlanLock.Read(File.ReadAllBytes(path));
        }
        catch (ExecutableFormatException error)
        {
            throw new ExecutableFormatException($"{path}: {error.Message}", error);
        }
    }

    private static int Compare(PlanLock contract, Plan plan, double tolerance, string format)
    {
        var differences = contract.Compare(plan, tolerance);
        var isWorse = differences.Any(difference => difference.IsWorse);
        if (format == "json")
        {
            Verb.WriteJson(json => PlanJson.WriteComparison(json, contract, differences));
            return isWorse ? Verb.Worse : 0;
        }

        foreach (var difference in differences)
        {
            Console.WriteLine($"{(difference.IsWorse ? "worse" : "other")}  {difference.What}: {difference.Text}");
        }

        Console.WriteLine(isWorse ? $"The plan of '{plan.Model}' is worse than its contract. If that is meant, write it again with --lock."
            : differences.IsEmpty ? $"The plan of '{plan.Model}' is that of its contract."
            : $"The plan of '{plan.Model}' holds its contract; --lock would keep what got better.");
        return isWorse ? Verb.Worse : 0;
    }

    private static void WriteReport(ParseResult parsed, string format, Plan plan)
    {
        var text = format switch
        {
            "json" => Verb.ToJson(json => PlanJson.Write(json, plan)),
            "dot" => PlanDot.Of(plan),
            "html" => PlanPage.Of(plan),
            _ => plan.Explain(),
        };
        if (parsed.GetValue(Report) is { } path)
        {
            WholeFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }
        else
        {
            Console.WriteLine(text.TrimEnd('\n'));
        }
    }

    private static void WriteFiles(ParseResult parsed, EdgeModel model)
    {
        if (parsed.GetValue(Output) is { } path)
        {
            Save(model, path);
        }

        if (parsed.GetValue(Lock) is { } lockPath)
        {
            WholeFile.Write(lockPath, PlanLock.Of(model.Plan).Write);
        }
    }

    private static void Save(EdgeModel model, string path)
    {
        if (path.EndsWith(PlanBundle.Extension, StringComparison.Ordinal))
        {
            model.Save(path);
        }
        else
        {
            WholeFile.Write(path, stream => PlanWriter.Write(model.Plan, stream));
        }
    }
}
