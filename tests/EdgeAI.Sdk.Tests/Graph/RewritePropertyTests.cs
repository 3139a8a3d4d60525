using EdgeAI.Graph;
using EdgeAI.Graph.Inference;
using EdgeAI.Hal;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>Random graphs over integers: rewrites keep them valid and keep their results.</summary>
public sealed class RewritePropertyTests
{
    private static readonly GraphRewrite[] Rewrites =
    [
        .. GraphRewrites.Exact(null, null), GraphRewrites.UniqueDequantize,
    ];

    [Test]
    public void Rewrites_OfRandomGraphs_KeepResultsNamesAndTypes([Range(1, 60)] int seed)
    {
        var expected = Results(Make(seed).Model, seed);
        var random = new Random(seed);
        var test = Make(seed);
        ShapeInference.Infer(test.Model);
        var signature = Signature(test.Model);
        for (var step = 0; step < 6; step++)
        {
            var rewrite = Rewrites[random.Next(Rewrites.Length)];
            rewrite.Apply(test.Model);
            GraphVerifier.Verify(test.Model);
            GraphVerifier.VerifyTypes(test.Model);
            ShapeInference.Infer(test.Model);
            Assert.That(Signature(test.Model), Is.EqualTo(signature), $"seed {seed}, after {rewrite.Name}");
        }

        Assert.That(Results(test.Model, seed), Is.EqualTo(expected), $"seed {seed}");
    }

    [Test]
    public void Simplify_OfRandomGraphs_LeavesNothingToDo([Range(1, 20)] int seed)
    {
        var test = Make(seed);
        GraphRewrites.Simplify(test.Model);
        var again = GraphRewrites.Simplify(test.Model);
        Assert.That(again.Sum(step => step.Count), Is.Zero, $"seed {seed}: {string.Join(", ", again)}");
    }

    [Test]
    public void Infer_DamagedGraphs_ThrowTypedErrorsOnly([Range(1, 60)] int seed)
    {
        var random = new Random(seed);
        var test = Make(seed);
        for (var damage = 0; damage < 3; damage++)
        {
            Damage(test, random);
        }

        try
        {
            GraphVerifier.Verify(test.Model);
            ShapeInference.Infer(test.Model);
            GraphRewrites.Simplify(test.Model);
        }
        catch (ModelFormatException exception)
        {
            Assert.That(exception.Message, Is.Not.Empty);
        }
    }

    private static void Damage(TestGraph test, Random random)
    {
        var node = test.Graph.Nodes[random.Next(test.Graph.Nodes.Count)];
        var values = test.Graph.Values.Values.ToList();
        switch (random.Next(4))
        {
            case 0 when node.Inputs.Count > 0:
                ModelGraph.SetInput(node, random.Next(node.Inputs.Count), values[random.Next(values.Count)]);
                break;
            case 1:
                node.Attributes = node.Attributes.With("axis", new AttributeValue.Int(random.NextInt64(-9, 9)));
                break;
            case 2:
                node.Attributes = node.Attributes.With("perm", new AttributeValue.Ints([random.NextInt64(), 0]));
                break;
            default:
                values[random.Next(values.Count)].Type = TestGraph.TypeOf(random.Next(2) == 0 ? "f32[3]" : "i64[2,2,9]");
                break;
        }
    }

    /// <summary>Every result is an Int64 vector of four elements or a matrix of 2×2, so that everything fits everything of its kind.</summary>
    private static TestGraph Make(int seed)
    {
        var random = new Random(seed);
        var test = new TestGraph();
        var vectors = new List<Value> { test.Input("i64[4]"), test.Input("i64[4]"), test.Vector(1L, 2L, 3L, 4L), test.Vector(0L, -1L, 1L, 5L) };
        for (var i = 0; i < 25; i++)
        {
            vectors.Add(Step(test, random, vectors));
        }

        foreach (var output in vectors.Where(value => value.Producer is not null).OrderBy(_ => random.Next()).Take(3).ToList())
        {
            test.Output(output);
        }

        return test;
    }

    private static Value Step(TestGraph test, Random random, List<Value> vectors)
    {
        Value Any() => vectors[random.Next(vectors.Count)];
        return random.Next(12) switch
        {
            0 => test.Node("Identity", "", Any()),
            1 => test.Node("Cast", "to=7", Any()),
            2 => test.Node("Cast", "to=7", test.Node("Cast", "to=9", Any())),
            3 => test.Node("Reshape", "", Any(), test.Vector(4L)),
            4 => test.Node("Constant", "value_ints=[4,3,2,1]"),
            5 => test.Node("Reshape", "", test.Node("Transpose", "perm=[1,0]", test.Node("Reshape", "", Any(), test.Vector(2L, -1L))), test.Vector(-1L)),
            6 => test.Node("Gather", "axis=0", Any(), test.Vector(3L, 0L, -2L, 1L)),
            7 => test.Node("Slice", "", Any(), test.Vector(-1L), test.Vector(-9L), test.Vector(0L), test.Vector(-1L)),
            8 => test.Node("Concat", "axis=0", test.Node("Slice", "", Any(), test.Vector(0L), test.Vector(2L)), test.Node("Slice", "", Any(), test.Vector(1L), test.Vector(3L))),
            9 => test.Node("Where", "", test.Node("Less", "", Any(), Any()), Any(), Any()),
            10 => test.Node("Squeeze", "", test.Node("Unsqueeze", "", Any(), test.Vector(0L)), test.Vector(0L)),
            _ => test.Node(new[] { "Add", "Sub", "Min", "Max" }[random.Next(4)], "", Any(), Any()),
        };
    }

    /// <summary>The results when the inputs are these numbers: all integers, so inference itself knows them.</summary>
    private static string[] Results(Model model, int seed)
    {
        var random = new Random(seed + 1000);
        foreach (var input in model.Graph.Inputs.ToList())
        {
            var elements = Enumerable.Range(0, 4).Select(_ => random.NextInt64(-5, 6)).ToArray();
            model.Graph.RemoveInput(input);
            model.Graph.SetConstant(input, ConstantTensor.Of<long>(new Shape(4L), elements));
        }

        var engine = new InferenceEngine(model);
        engine.Run();
        return [.. model.Graph.Outputs.Select(output => $"{output.Name}={engine.IntegersOf(output)}")];
    }

    private static string Signature(Model model) => string.Join("; ", model.Graph.Inputs.Concat(model.Graph.Outputs));
}
