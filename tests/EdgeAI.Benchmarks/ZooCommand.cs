using EdgeAI.Onnx;
using EdgeAI.Testing;
using EdgeAI.Testing.Networks;

namespace EdgeAI.Benchmarks;

/// <summary>Lists the zoo, or writes its networks as files.</summary>
internal static class ZooCommand
{
    public const string Help = """
        zoo: public network topologies with seeded weights.

          zoo [name part]                          lists them: nodes, parameters, products, where the topology is published
          zoo [name part] --write folder           writes name.onnx for each
          zoo [name part] --write folder --int8    writes name_int8.onnx, in DQ-op-Q groups
          zoo [name part] --write folder --norms   with BatchNormalization as nodes, as exporters write it

        Examples:
          dotnet run -c Release --project tests/EdgeAI.Benchmarks -- zoo mobilenet
          dotnet run -c Release --project tests/EdgeAI.Benchmarks -- zoo resnet50 --write /tmp/zoo

        Exit codes: 0 done, 1 wrong usage.
        """;

    public static int Run(ReadOnlySpan<string> arguments)
    {
        var (part, folder, int8, norms) = ("", (string?)null, false, false);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--write" when i + 1 < arguments.Length: folder = arguments[++i]; break;
                case "--int8": int8 = true; break;
                case "--norms": norms = true; break;
                case ['-', ..]: return Refuse($"'{arguments[i]}' is no option of zoo, or lacks its value.");
                default: part = arguments[i]; break;
            }
        }

        var networks = Zoo.All.Where(network => network.Name.Contains(part, StringComparison.OrdinalIgnoreCase)).ToList();
        return networks.Count == 0 ? Refuse($"No network's name contains '{part}'.")
            : int8 && norms ? Refuse("--int8 folds normalizations: leave --norms out.")
            : folder is null ? List(networks) : Write(networks, folder, int8, norms);
    }

    private static int Refuse(string reason)
    {
        Console.Error.WriteLine($"{reason}\n\n{Help}");
        return 1;
    }

    private static int List(List<ZooNetwork> networks)
    {
        var table = new MarkdownTable("network", "nodes", "million parameters", "million products", "published");
        foreach (var network in networks)
        {
            var statistics = NetworkStatistics.Of(network.Bytes);
            table.Add(network.Name, $"{statistics.Nodes}", $"{statistics.Parameters / 1e6:F2}", $"{statistics.MultiplyAccumulates / 1e6:F1}", network.Source);
        }

        Console.WriteLine(table);
        return 0;
    }

    private static int Write(List<ZooNetwork> networks, string folder, bool int8, bool norms)
    {
        Directory.CreateDirectory(folder);
        foreach (var network in networks)
        {
            var path = Path.Combine(folder, $"{network.Name}{(int8 ? "_int8" : "")}.onnx");
            File.WriteAllBytes(path, int8 ? network.Int8Bytes : norms ? OnnxWriter.ToBytes(network.Build(norms: true)) : network.Bytes);
            Console.WriteLine($"{path}  {new FileInfo(path).Length} bytes");
        }

        return 0;
    }
}
