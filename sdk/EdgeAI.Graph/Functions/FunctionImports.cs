namespace EdgeAI.Graph.Functions;

/// <summary>Functions import operator sets of their own; after inlining there is one version of each.</summary>
/// <param name="Target">The newest version of ai.onnx that the model or a function imports.</param>
/// <param name="NeedsLifting">True where they differ.</param>
internal readonly record struct FunctionImports(long Target, bool NeedsLifting)
{
    /// <summary>Adds the imports of the functions that were called to the model's.</summary>
    /// <exception cref="ModelFormatException">Two versions of a set that cannot be lifted.</exception>
    public static FunctionImports Merge(Model model, IEnumerable<ModelFunction> called)
    {
        var own = model.Opset("");
        var target = own;
        var needsLifting = false;
        foreach (var function in called)
        {
            foreach (var (domain, version) in function.OpsetImports)
            {
                if (domain.Length > 0)
                {
                    Add(model, function, domain, version);
                    continue;
                }

                needsLifting |= version != own;
                target = Math.Max(target, version);
            }
        }

        if (own == 0 && target > 0)
        {
            model.OpsetImports[""] = target;
        }

        return target > ModelUpgrade.NewestOpset && needsLifting
            ? throw new ModelFormatException($"A function imports version {target} of ai.onnx, the model {own}; the newest that is lifted to is {ModelUpgrade.NewestOpset}.")
            : new(target, needsLifting);
    }

    private static void Add(Model model, ModelFunction function, string domain, long version)
    {
        if (!model.OpsetImports.TryAdd(domain, version) && model.OpsetImports[domain] != version && !IsOnlyFunctions(model, domain))
        {
            throw new ModelFormatException(
                $"Function '{FunctionTable.NameOf(function)}' imports version {version} of operator set '{domain}', the model {model.OpsetImports[domain]}; only ai.onnx can be lifted.");
        }
    }

    /// <summary>A domain of the model's own functions has no operators: its version says nothing.</summary>
    private static bool IsOnlyFunctions(Model model, string domain) =>
        model.Functions.Any(function => function.Domain == domain) && Operators.OperatorRegistry.All.All(schema => schema.Domain != domain);
}
