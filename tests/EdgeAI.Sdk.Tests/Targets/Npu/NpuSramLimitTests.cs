using System.Globalization;
using System.Text.RegularExpressions;
using EdgeAI.Compiler;
using EdgeAI.Compiler.Targets.Npu;
using EdgeAI.Hal.Npu;

namespace EdgeAI.Sdk.Tests.Targets.Npu;

/// <summary>Networks under ever less SRAM: each limit gives the same answer, or a refusal that says what would be enough.</summary>
public sealed partial class NpuSramLimitTests
{
    private const int Largest = 256 << 10;
    private const int Smallest = 1024;

    [Test]
    public void Compile_UnderEverLessSram_EqualsOracleOrNamesWhatIsMissing([Range(1, 24)] int seed)
    {
        var model = NpuRandomGraphTests.Build(new Random(seed));
        var segment = NpuRig.Inner(model);
        var compiled = 0;
        for (var bytes = Largest; bytes >= Smallest; bytes = bytes * 3 / 4 / 16 * 16)
        {
            var machine = NpuConfiguration.Presets[seed % 4] with { Name = $"{bytes} bytes", SramBytes = bytes };
            var result = new NpuTarget(machine).Compile(segment);
            if (result is CompileFailure failure)
            {
                AssertRefused(machine, failure);
                AssertRefusedBelow(machine, segment);
                Assert.That(compiled, Is.GreaterThan(0), $"seed {seed}: {failure.Refusal}");
                return;
            }

            compiled++;
            NpuRig.AssertEqualToOracle(model, machine, seed, mustVary: false);
        }
    }

    /// <summary>The refusal names operator, need and found; with exactly that need the unit is taken, with 16 bytes less it is not.</summary>
    private static void AssertRefused(NpuConfiguration machine, CompileFailure failure)
    {
        Assert.That(failure.Refusal.Constraint, Is.EqualTo("sram-fit"));
        var match = Message().Match(failure.Refusal.Reason);
        Assert.That(match.Success, failure.Refusal.Reason);
        Assert.That(failure.Refusal.Reason, Does.Contain(failure.Unit.Anchor.ToString()));
        Assert.That(match.Groups[2].Value, Is.EqualTo(machine.SramBytes.ToString(CultureInfo.InvariantCulture)));
        var needed = int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        Assert.That(new NpuTarget(machine with { SramBytes = needed }).Check(failure.Unit), Is.Null);
        Assert.That(needed - 16 < Smallest || new NpuTarget(machine with { SramBytes = needed - 16 }).Check(failure.Unit)?.Constraint == "sram-fit");
    }

    private static void AssertRefusedBelow(NpuConfiguration machine, GraphSegment segment)
    {
        foreach (var bytes in new[] { machine.SramBytes - 16, machine.SramBytes / 2 / 16 * 16 }.Where(bytes => bytes >= Smallest))
        {
            Assert.That(new NpuTarget(machine with { SramBytes = bytes }).Compile(segment), Is.InstanceOf<CompileFailure>(), $"{bytes} bytes");
        }
    }

    [GeneratedRegex("needs ([0-9]+) bytes; the SRAM has ([0-9]+)$")]
    private static partial Regex Message();
}
