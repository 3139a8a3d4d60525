// Targets: Build, Test, Demo, Bench, Format. Run them with ./build.sh (or build.ps1); plain `dotnet build` and `dotnet test` work too.
using System.Text.Json;
using System.Xml.Linq;

var target = Argument("target", "Build");
// The demo is built without analyzers (Debug): it should be there soon, on any SDK. The rest is judged (Release).
var configuration = Argument("configuration", target.Equals("demo", StringComparison.OrdinalIgnoreCase) ? "Debug" : "Release");
var solution = "./EdgeAI.sln";
var artifacts = Directory("./artifacts");
var results = artifacts + Directory("tests");
var summary = artifacts + File("tests.txt");
var rest = Argument("args", "");

/// The packages that `nuget` mode needs: all of them, or the mode is `portable`.
var nugetPackages = new[] { "Microsoft.ML.OnnxRuntime" };

Task("Build").Does(() => BuildQuietly(solution));

Task("Test").IsDependentOn("Build").Does(() =>
{
    CleanDirectory(results);
    var ended = false;
    try
    {
        DotNetTest(solution, new DotNetTestSettings
        {
            Configuration = configuration,
            NoBuild = true,
            NoLogo = true,
            Loggers = ["trx", "console;verbosity=minimal"],
            // A test that hangs is ended and named; it must not take the machine's day.
            ArgumentCustomization = arguments => arguments.Append("--blame-hang-timeout 5m --blame-hang-dump-type none"),
            MSBuildSettings = Properties(),
        });
        ended = true;
    }
    finally
    {
        WriteSummary(ended);
    }
});

Task("Demo").Does(() => RunProject("./samples/VoiceSwitch"));

Task("Bench").Does(() => RunProject("./tests/EdgeAI.Benchmarks"));

Task("Format").Does(() => DotNetFormat(solution, new DotNetFormatSettings { VerifyNoChanges = HasArgument("verify") }));

RunTarget(target);

void BuildQuietly(string path) => DotNetBuild(path, new DotNetBuildSettings
{
    Configuration = configuration,
    NoLogo = true,
    Verbosity = DotNetVerbosity.Quiet,
    ArgumentCustomization = arguments => arguments.Append("-clp:NoSummary"),
    MSBuildSettings = Properties(),
});

void RunProject(string project)
{
    BuildQuietly(project);
    DotNetRun(project, rest, new DotNetRunSettings { Configuration = configuration, NoBuild = true });
}

DotNetMSBuildSettings Properties() => new DotNetMSBuildSettings().WithProperty("EdgeAIPackages", PackageMode());

/// Decided by hand (--EdgeAIPackages=…), or asked of the feed once and remembered in artifacts/.
string PackageMode()
{
    var answer = artifacts + File("packages-mode.txt");
    if (HasArgument("EdgeAIPackages")) return Argument<string>("EdgeAIPackages");
    if (FileExists(answer)) return System.IO.File.ReadAllText(answer).Trim();
    var missing = nugetPackages.Where(id => !FeedHas(id)).ToList();
    var mode = missing.Count == 0 ? "nuget" : "portable";
    Console.WriteLine($"EdgeAIPackages={mode}" + (missing.Count == 0 ? "" : $": the package feed lacks {string.Join(", ", missing)}"));
    EnsureDirectoryExists(artifacts);
    System.IO.File.WriteAllText(answer, mode);
    return mode;
}

/// Does the feed have this package in the version that Directory.Packages.props (or OnnxRuntime.props) wants?
bool FeedHas(string id)
{
    var arguments = $"package search {id} --exact-match --format json";
    var exitCode = StartProcess("dotnet", new ProcessSettings { Arguments = arguments, RedirectStandardOutput = true, RedirectStandardError = true }, out var lines);
    if (exitCode != 0) return false;
    try
    {
        using var answer = JsonDocument.Parse(string.Join('\n', lines));
        return answer.RootElement.GetProperty("searchResult").EnumerateArray()
            .SelectMany(source => source.GetProperty("packages").EnumerateArray())
            .Any(package => package.GetProperty("version").GetString() == WantedVersion(id));
    }
    catch (Exception e) when (e is JsonException or KeyNotFoundException)
    {
        Warning($"'dotnet {arguments}' gave no readable answer: {e.Message}");
        return false;
    }
}

string WantedVersion(string id) => id == "Microsoft.ML.OnnxRuntime"
    ? XmlPeek("./hal/EdgeAI.Hal.Cpu/build/OnnxRuntime.props", "/Project/PropertyGroup/OnnxRuntimeVersion/text()")
    : XmlPeek("./Directory.Packages.props", $"/Project/ItemGroup/PackageVersion[@Include='{id}']/@Version");

/// One line for people and scripts, from the test hosts' own result files.
void WriteSummary(bool ended)
{
    var counters = GetFiles($"{results}/**/*.trx")
        .Select(file => XDocument.Load(file.FullPath).Descendants().First(element => element.Name.LocalName == "Counters")).ToList();
    int Sum(string name) => counters.Sum(counter => (int)counter.Attribute(name));
    var (total, passed) = (Sum("total"), Sum("passed"));
    var failed = Sum("failed") + Sum("error") + Sum("timeout") + Sum("aborted");
    var skipped = total - passed - failed;
    if (!ended && failed == 0)
    {
        Error("The test run failed although no test did: a test host crashed or hung. It is counted as one failure.");
        failed = 1;
    }
    System.IO.File.WriteAllText(summary, $"{passed} passed, {failed} failed, {skipped} skipped\n");
}
