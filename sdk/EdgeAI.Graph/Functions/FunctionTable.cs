using System.Diagnostics.CodeAnalysis;

namespace EdgeAI.Graph.Functions;

/// <summary>The functions of a model by what a call names.</summary>
internal sealed class FunctionTable
{
    private readonly Dictionary<(string Domain, string Name, string Overload), ModelFunction> _functions = [];

    public FunctionTable(Model model)
    {
        foreach (var function in model.Functions)
        {
            if (!_functions.TryAdd((Normal(function.Domain), function.Name, function.Overload), function))
            {
                throw new ModelFormatException($"Function '{NameOf(function)}' is defined twice.");
            }
        }
    }

    public IReadOnlyCollection<ModelFunction> All => _functions.Values;

    /// <summary>The function that a node calls.</summary>
    public bool TryGet(Node node, [NotNullWhen(true)] out ModelFunction? function) =>
        _functions.TryGetValue((Normal(node.Domain), node.OpType, node.Overload), out function);

    public static string NameOf(ModelFunction function) =>
        $"{function.Domain}.{function.Name}{(function.Overload.Length > 0 ? ":" + function.Overload : "")}";

    private static string Normal(string domain) => domain is "ai.onnx" ? "" : domain;
}
