using EdgeAI.Hal;
using EdgeAI.Runtime;

namespace EdgeAI.Sdk.Tests.Bundles;

/// <summary>Bundles with one bit changed and a hash that fits again: each is refused by a typed error, or runs.</summary>
internal static class SealedMutations
{
    public static (int Refused, int Ran) Try(EdgeRuntime runtime, byte[] bundle, int seed, int rounds, Action<EdgeModel> run)
    {
        var random = new Random(seed);
        var (refused, ran) = (0, 0);
        for (var round = 0; round < rounds; round++)
        {
            var mutated = bundle.ToArray();
            mutated[random.Next(64, mutated.Length)] ^= (byte)(1 << random.Next(8));
            BundleFormatTests.Seal(mutated);
            try
            {
                using var loaded = runtime.Load(PlanBundle.Read(mutated));
                run(loaded);
                ran++;
            }
            catch (EdgeException)
            {
                refused++;
            }
            catch (Exception error)
            {
                Assert.Fail($"seed {seed}, round {round}: {error}");
            }
        }

        TestContext.Out.WriteLine($"seed {seed}: {refused} refused, {ran} ran");
        return (refused, ran);
    }
}
