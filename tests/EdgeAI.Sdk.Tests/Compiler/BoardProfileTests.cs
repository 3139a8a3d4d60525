using System.Text;
using System.Text.Json;
using EdgeAI.Compiler;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Compiler;

/// <summary>Board profiles: those that come with the library, and JSON of anybody.</summary>
public sealed class BoardProfileTests
{
    private const string Valid = """
        {"name": "mine", "description": "d", "npu": "micro-128",
         "cpu": {"floatMacsPerSecond": 1e9, "integerMacsPerSecond": 2e9, "elementsPerSecond": 3e9, "memoryBytesPerSecond": 4e9, "nodeSeconds": 1e-6, "activeWatts": 2},
         "launchSeconds": {"cpu": 1e-6, "npu": 2e-6},
         "links": {"npu": {"bytesPerSecond": 1e9, "latencySeconds": 1e-6, "joulesPerByte": 1e-12}}}
        """;

    [TestCaseSource(typeof(BoardProfile), nameof(BoardProfile.Names))]
    public void ByName_EachOfTheLibrary_IsThatProfile(string name)
    {
        var profile = BoardProfile.ByName(name);
        Assert.Multiple(() =>
        {
            Assert.That(profile.Name, Is.EqualTo(name));
            Assert.That(profile.Description, Is.Not.Empty);
            Assert.That(profile.Cpu.FloatMacsPerSecond, Is.Positive);
            Assert.That(profile.Cpu.MemoryBytesPerSecond, Is.Positive);
        });
    }

    [TestCaseSource(typeof(BoardProfile), nameof(BoardProfile.Names))]
    public void ByName_EachOfTheLibrary_HasASourceForEachFigure(string name)
    {
        using var json = JsonDocument.Parse(typeof(BoardProfile).Assembly.GetManifestResourceStream($"EdgeAI.Compiler.Costs.Profiles.{name}.json")!);
        var figures = Figures(json.RootElement, "").ToList();
        Assert.That(figures, Has.Count.GreaterThan(6));
        Assert.That(BoardProfile.ByName(name).Sources.Keys, Is.EquivalentTo(figures));
        Assert.That(BoardProfile.ByName(name).Sources.Values, Has.None.Empty);
    }

    [Test]
    public void ByName_Unknown_NamesTheKnown() =>
        Assert.That(() => BoardProfile.ByName("toaster"), Throws.TypeOf<DeviceUnavailableException>().With.Message.EqualTo(
            "There is no board profile 'toaster'. Known: desktop, hub, phone, raspberry-pi-5; or give a JSON file."));

    [Test]
    public void Read_Valid_HasItsFigures()
    {
        var profile = Read(Valid);
        Assert.Multiple(() =>
        {
            Assert.That((profile.Name, profile.Npu, profile.Dsp), Is.EqualTo(("mine", "micro-128", (string?)null)));
            Assert.That(profile.LaunchSeconds("npu"), Is.EqualTo(2e-6));
            Assert.That(profile.LaunchSeconds("dsp"), Is.Zero);
            Assert.That(profile.Link("npu"), Is.EqualTo(new LinkProfile(1e9, 1e-6, 1e-12)));
            Assert.That(profile.Link("dsp").BytesPerSecond, Is.EqualTo(4e9), "memory speed where nothing is said");
        });
    }

    [TestCase("{", "not JSON")]
    [TestCase("", "not JSON")]
    [TestCase("[]", "'name' is missing")]
    [TestCase("{\"name\": 5}", "'name'")]
    [TestCase("{\"name\": \"x\"}", "'cpu' is missing")]
    public void Read_Other_SaysWhatIsWrong(string json, string part) => Refused(json, part);

    [TestCase("\"nodeSeconds\": 1e-6", "\"nodeSeconds\": -1", "'nodeSeconds' is -1; expected a number of at least 0")]
    [TestCase("\"nodeSeconds\": 1e-6", "\"nodeSeconds\": \"fast\"", "'nodeSeconds' is fast; expected a number of at least 0")]
    [TestCase("\"nodeSeconds\": 1e-6", "\"nodeSeconds\": 1e400", "'nodeSeconds'")]
    [TestCase("\"nodeSeconds\": 1e-6,", "", "'nodeSeconds' is missing")]
    [TestCase("{\"cpu\": 1e-6, \"npu\": 2e-6}", "5", "'launchSeconds'")]
    [TestCase("{\"cpu\": 1e-6, \"npu\": 2e-6}", "{\"cpu\": null}", "'cpu'")]
    [TestCase("{\"npu\": {\"bytesPerSecond\": 1e9, \"latencySeconds\": 1e-6, \"joulesPerByte\": 1e-12}}", "[]", "'links'")]
    [TestCase("\"bytesPerSecond\": 1e9", "\"bytesPerSecond\": 0", "'bytesPerSecond'")]
    [TestCase("\"nodeSeconds\": 1e-6", "\"nodeSeconds\": 1e-6, \"nodeSecond\": 1", "there is no property 'cpu.nodeSecond'. Known here: floatMacsPerSecond")]
    [TestCase("\"name\": \"mine\"", "\"name\": \"mine\", \"gpu\": null", "there is no property 'gpu'")]
    [TestCase("\"bytesPerSecond\": 1e9", "\"bytesPerSecond\": 1e9, \"speed\": 1", "there is no property 'links.speed'")]
    [TestCase("\"name\": \"mine\"", "\"name\": \"mine\", \"sources\": {\"cpu.nodeSeconds\": 5}", "source of 'cpu.nodeSeconds' is Number")]
    [TestCase("\"memoryBytesPerSecond\": 4e9", "\"memoryBytesPerSecond\": 0", "'memoryBytesPerSecond'")]
    public void Read_OnePropertyWrong_NamesIt(string found, string replacement, string part)
    {
        Assert.That(Valid, Does.Contain(found));
        Refused(Valid.Replace(found, replacement, StringComparison.Ordinal), part);
    }

    private static IEnumerable<string> Figures(JsonElement element, string place) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(item => Figures(item.Value, place.Length == 0 ? item.Name : $"{place}.{item.Name}")),
        JsonValueKind.Number => [place],
        _ => [],
    };

    private static void Refused(string json, string part) =>
        Assert.That(() => Read(json), Throws.TypeOf<ExecutableFormatException>().With.Message.StartsWith("Board profile: ").And.Message.Contains(part));

    private static BoardProfile Read(string json)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(json));
        return BoardProfile.Read(stream);
    }
}
