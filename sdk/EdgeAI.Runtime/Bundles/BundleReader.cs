using System.Text.Json;
using EdgeAI.Hal;
using EdgeAI.Runtime.Serialization;

namespace EdgeAI.Runtime.Bundles;

/// <summary>Reads what <see cref="BundleWriter"/> writes.</summary>
internal static class BundleReader
{
    public static PlanBundle Read(ReadOnlyMemory<byte> bytes)
    {
        var (manifest, planBytes) = BundleContainer.Split(bytes);
        try
        {
            using var document = JsonDocument.Parse(manifest);
            var root = document.RootElement;
            var plan = PlanReader.Read(planBytes);
            var bundle = new PlanBundle(Key(root), PlanHeaderReader.ReadSpecs(root, "inputs"), PlanHeaderReader.ReadSpecs(root, "outputs"), plan);
            CheckPorts(bundle);
            return bundle;
        }
        catch (Exception error) when (PlanReader.IsFormatError(error))
        {
            throw new ExecutableFormatException($"Bundle: its manifest is not valid: {error.Message}", error);
        }
    }

    /// <summary>The plan's inputs are the declared ones, with numbers for symbols. Files may be wrong about the shapes of outputs.</summary>
    private static void CheckPorts(PlanBundle bundle)
    {
        var plan = bundle.Plan;
        if (plan.Inputs.Length != bundle.Inputs.Length || plan.Outputs.Length != bundle.Outputs.Length)
        {
            throw new FormatException($"{bundle.Inputs.Length} inputs and {bundle.Outputs.Length} outputs are declared; the plan has {plan.Inputs.Length} and {plan.Outputs.Length}");
        }

        foreach (var (declared, index) in bundle.Inputs.Zip(plan.Inputs))
        {
            var found = plan.Tensors[index].Spec;
            if (found.Type != declared.Type || !declared.Shape.IsCompatibleWith(found.Shape))
            {
                throw new FormatException($"'{declared}' is declared; the plan has {found}");
            }
        }
    }

    private static BundleKey Key(JsonElement root) => new(
        Text(root.GetProperty("library")),
        [.. root.GetProperty("devices").EnumerateObject().Select(device => new BundleDevice(device.Name, Text(device.Value)))],
        [.. root.GetProperty("options").EnumerateArray().Select(Text)],
        [.. root.GetProperty("sources").EnumerateObject().Select(source => new BundleSource(source.Name, Text(source.Value)))]);

    private static string Text(JsonElement element) => element.GetString() ?? throw new FormatException("a text is null");
}
