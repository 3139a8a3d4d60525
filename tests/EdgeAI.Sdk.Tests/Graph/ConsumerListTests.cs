using EdgeAI.Graph;

namespace EdgeAI.Sdk.Tests.Graph;

public sealed class ConsumerListTests
{
    [TestCase(5)]
    [TestCase(40)]
    [TestCase(300)]
    public void ConsumerList_RandomChanges_StaysLikeAPlainList(int nodeCount)
    {
        var seed = Environment.TickCount;
        TestContext.Out.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var graph = new ModelGraph("g");
        var nodes = Enumerable.Range(0, nodeCount).Select(_ => graph.AddNode("Relu", [], [])).ToArray();
        var (plain, list) = (new List<Node>(), new ConsumerList());
        for (var i = 0; i < 4000; i++)
        {
            var node = nodes[random.Next(nodeCount)];
            if (random.Next(2000) < 1000 + (i < 2000 ? 200 : -200))
            {
                plain.Add(node);
                list.Add(node);
            }
            else
            {
                Assert.That(list.Remove(node), Is.EqualTo(plain.Remove(node)));
            }

            Assert.That(list, Has.Count.EqualTo(plain.Count));
            Assert.That(list.Contains(node), Is.EqualTo(plain.Contains(node)));
            if (i % 50 == 0)
            {
                Assert.That(list.ToArray(), Is.EqualTo(plain));
                Assert.That(Enumerable.Range(0, plain.Count).All(place => ReferenceEquals(list[place], plain[place])));
            }
        }
    }

    [TestCase(3)]
    [TestCase(100)]
    public void ConsumerList_ChangedWhileEnumerated_Throws(int count)
    {
        var graph = new ModelGraph("g");
        var list = new ConsumerList();
        Enumerable.Range(0, count).Select(_ => graph.AddNode("Relu", [], [])).ToList().ForEach(list.Add);
        Assert.That(
            () =>
            {
                foreach (var node in list)
                {
                    list.Remove(node);
                }
            },
            Throws.InvalidOperationException);
    }

    [TestCase(3)]
    [TestCase(60)]
    public void Outputs_AddedReplacedAndTakenOff_AreFound(int count)
    {
        var graph = new ModelGraph("g");
        var values = Enumerable.Range(0, count).Select(i => graph.AddValue($"v{i}")).ToArray();
        var other = graph.AddValue("other");
        foreach (var value in values.Append(values[0]))
        {
            graph.AddOutput(value);
            graph.AddInput(value);
        }

        Assert.That(graph.Outputs.Contains(values[0]) && !graph.Outputs.Contains(other));
        graph.SetOutput(0, other);
        graph.RemoveInput(values[0]);
        Assert.That(graph.Outputs.Contains(values[0]) && graph.Inputs.Contains(values[0]) && graph.Outputs.Contains(other), "they stood there twice");
        graph.ReplaceUses(values[0], values[1]);
        graph.RemoveInput(values[0]);
        Assert.That(graph.Outputs.Contains(values[0]) || graph.Inputs.Contains(values[0]), Is.False);
        Assert.That(graph.Outputs[count], Is.SameAs(values[1]));
        graph.ClearOutputs();
        Assert.That(graph.Outputs.Contains(values[1]), Is.False);
    }

    [Test]
    public void UniqueValueName_ManyWishesForOneName_CountsOn()
    {
        var graph = new ModelGraph("g");
        var names = Enumerable.Range(0, 200).Select(_ => graph.AddValue(graph.UniqueValueName("v")).Name).ToList();
        Assert.That(names, Is.EqualTo(Enumerable.Range(0, 200).Select(i => i == 0 ? "v" : $"v_{i}")));
    }
}
