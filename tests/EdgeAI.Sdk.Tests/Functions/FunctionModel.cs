using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Sdk.Tests.Graph;

namespace EdgeAI.Sdk.Tests.Functions;

/// <summary>Builds models with functions in a few words; the functions are of domain "local".</summary>
internal sealed class FunctionModel
{
    public const string Domain = "local";

    public FunctionModel(long opset = 18)
    {
        Main = new TestGraph(opset);
        Main.Model.IrVersion = 10;
        Main.Model.OpsetImports[Domain] = 1;
    }

    public TestGraph Main { get; }

    public Model Model => Main.Model;

    /// <summary>
    /// A function with operands and results by name. <paramref name="build"/> gets the body and its operands and gives the results.
    /// Attributes: "alpha" is one that calls must give, "alpha=0.5" one with a default.
    /// </summary>
    public FunctionModel Function(
        string name, string inputs, Func<TestGraph, Value[], Value[]> build, string attributes = "", long opset = 18, string overload = "", string domain = Domain)
    {
        var body = new TestGraph(opset);
        body.Graph.Name = name;
        var operands = inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(input => body.Graph.AddValue(input)).ToArray();
        foreach (var operand in operands)
        {
            body.Graph.AddInput(operand);
        }

        foreach (var result in build(body, operands))
        {
            body.Output(result);
        }

        var words = attributes.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Model.OpsetImports.TryAdd(domain, 1);
        Model.Functions.Add(new ModelFunction(
            domain, name, overload, [.. operands.Select(operand => operand.Name)], [.. body.Graph.Outputs.Select(output => output.Name)],
            [.. words.Where(word => !word.Contains('='))], [.. TestGraph.AttributesOf(string.Join(' ', words.Where(word => word.Contains('='))))],
            new Dictionary<string, long> { [""] = opset, [Domain] = 1 }.ToImmutableSortedDictionary(), body.Graph));
        return this;
    }

    /// <summary>A reference to an attribute of the function.</summary>
    public static AttributeValue Reference(string name, int kind) => new AttributeValue.Reference(name, kind);

    public static AttributeList With(string attribute, AttributeValue value) => AttributeList.Empty.With(attribute, value);

    /// <summary>A node with attributes that TestGraph's texts cannot say.</summary>
    public static Value Node(TestGraph graph, string opType, AttributeList attributes, params Value?[] inputs)
    {
        var result = graph.Node(opType, "", inputs);
        result.Producer!.Attributes = attributes;
        return result;
    }

    /// <summary>An If whose branches are built over values around them.</summary>
    public static Value If(TestGraph graph, Value condition, Func<TestGraph, Value> then, Func<TestGraph, Value> otherwise)
    {
        AttributeValue Branch(string name, Func<TestGraph, Value> build)
        {
            var branch = new TestGraph(18, graph.Graph);
            branch.Graph.Name = name;
            var value = build(branch);
            branch.Graph.Rename(value, $"{name}_{value.Name}");
            branch.Output(value);
            return new AttributeValue.Graph(branch.Graph);
        }

        return Node(graph, "If", With("then_branch", Branch("then", then)).With("else_branch", Branch("else", otherwise)), condition);
    }
}
