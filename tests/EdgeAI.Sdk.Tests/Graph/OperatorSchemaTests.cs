using System.Globalization;
using EdgeAI.Graph;
using EdgeAI.Graph.Operators;
using EdgeAI.Graph.Schemas;
using EdgeAI.Hal;
using ValueType = EdgeAI.Graph.ValueType;

namespace EdgeAI.Sdk.Tests.Graph;

/// <summary>All schemas at once: their texts can be read, and no operands or attributes bring a rule down.</summary>
public sealed class OperatorSchemaTests
{
    private static readonly long[] Numbers = [0, 1, 2, 3, -1, -2, 7, 64, int.MaxValue, long.MaxValue, long.MinValue];

    private static IEnumerable<string> Names => OperatorRegistry.All.Select(schema => schema.ToString());

    [Test]
    public void Registry_EveryRow_FindsTheSchemaOfItsName()
    {
        foreach (var schema in OperatorRegistry.All)
        {
            Assert.That(OperatorRegistry.Find(schema.Domain, schema.Name), Is.SameAs(schema));
        }
    }

    [Test]
    public void Schemas_All_CanBeReadInEveryVersion()
    {
        foreach (var schema in OperatorRegistry.All)
        {
            Assert.That(schema.Since, Is.Ordered.And.Unique, schema.ToString());
            foreach (var version in schema.Since)
            {
                var operands = schema.InputsAt(version).Concat(schema.OutputsAt(version)).ToList();
                Assert.That(operands.Select(operand => operand.Types.Bits), Has.All.GreaterThan(0UL), schema.ToString());
                Assert.That(operands.Where(operand => !operand.IsVariable).Select(operand => TypeSet.Parse(operand.Type)), Has.All.Not.Null, schema.ToString());
                Assert.That(schema.InputsAt(version).SkipLast(1).Select(operand => operand.Arity), Does.Not.Contain(OperandArity.Variadic), schema.ToString());
            }

            Assert.That(schema.AllAttributes.Select(attribute => attribute.Name), Is.All.Not.Empty);
        }
    }

    [Test]
    public void Versions_OfSqueeze_HaveAxesAsAttributeOrOperand()
    {
        var schema = OperatorRegistry.Find("", "Squeeze")!;
        Assert.That((schema.InputsAt(11).Length, schema.InputsAt(13).Length), Is.EqualTo((1, 2)));
        Assert.That((schema.Attribute("axes", 11)?.Kind, schema.Attribute("axes", 13)), Is.EqualTo(((AttributeKind?)AttributeKind.Ints, (AttributeSchema?)null)));
        Assert.That((schema.SinceVersion(12), schema.SinceVersion(22)), Is.EqualTo((11, 21)));
    }

    [Test]
    public void Find_OperatorOfAnOldSet_IsCarriedUnlessItNeverChanged()
    {
        var test = new TestGraph(opset: 1);
        var same = test.Node("Not", "", test.Input("bool[2]"));
        var other = test.Node("Relu", "", test.Input("f32[2]"));
        ShapeInference.Infer(test.Model);
        Assert.That((same.Type?.ToString(), other.Type), Is.EqualTo(("Boolean[2]", (ValueType?)null)));
    }

    [TestCaseSource(nameof(Names))]
    public void Infer_AnyOperandsAndAttributes_GivesTypesOrATypedError(string name)
    {
        var schema = OperatorRegistry.All.Single(item => item.ToString() == name);
        for (var seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var test = Make(schema, random);
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
            catch (Exception exception) when (exception is not AssertionException)
            {
                Assert.Fail($"seed {seed}: {GraphPrinter.Print(test.Model)}{exception}");
            }
        }
    }

    private static TestGraph Make(OperatorSchema schema, Random random)
    {
        var version = schema.Since[random.Next(schema.Since.Length)];
        var test = new TestGraph(Math.Max(version, 7));
        test.Model.OpsetImports[schema.Domain] = schema.Domain.Length == 0 ? Math.Max(version, 7) : version;
        var inputs = new List<Value?>();
        foreach (var operand in schema.InputsAt(version))
        {
            var count = operand.Arity == OperandArity.Variadic ? random.Next(1, 4) : 1;
            for (var i = 0; i < count; i++)
            {
                inputs.Add(operand.Arity == OperandArity.Optional && random.Next(2) == 0 ? null : Operand(test, operand.Types, random));
            }
        }

        var attributes = schema.AllAttributes.Where(item => item.Versions.Contains(version) && (item.IsRequired || random.Next(2) == 0))
            .Select(item => (item.Name, Value: Attribute(item, random))).Where(item => item.Value is not null)
            .Select(item => new NodeAttribute(item.Name, item.Value!));
        var outputs = Enumerable.Range(0, Math.Max(1, schema.OutputsAt(version).Length)).Select(i => test.Graph.AddValue($"out{i}")).ToList();
        test.Graph.AddNode(schema.Name, inputs, outputs, new(attributes), domain: schema.Domain);
        test.Output(test.Node("Identity", "", outputs[0]));
        return test;
    }

    private static Value Operand(TestGraph test, TypeSet types, Random random)
    {
        var choices = Enum.GetValues<DataType>().Where(type => type != DataType.Undefined && types.Contains(type)).ToArray();
        var type = choices[random.Next(choices.Length)];
        if (random.Next(3) == 0)
        {
            var items = Enumerable.Range(0, random.Next(5)).Select(_ => Numbers[random.Next(Numbers.Length)]).ToArray();
            var text = string.Join(',', items.Select(item => item.ToString(CultureInfo.InvariantCulture)));
            switch (type)
            {
                case DataType.Int64: return test.Operand($"i64={text}")!;
                case DataType.Float32: return test.Operand($"f32={text}")!;
                case DataType.Int32: return test.Operand($"i32={string.Join(',', items.Select(item => (int)item))}")!;
                default: break;
            }
        }

        var input = test.Input("f32[]");
        input.Type = new TensorType(type, random.Next(8) == 0 ? Shape.Unknown : new([.. Enumerable.Range(0, random.Next(6)).Select(_ => Extent(random))]));
        return input;
    }

    private static Dimension Extent(Random random) => random.Next(8) switch
    {
        0 => Dimension.Unknown,
        1 => Dimension.Named("N"),
        2 => 0,
        3 => long.MaxValue / 2,
        _ => random.Next(1, 6),
    };

    private static AttributeValue? Attribute(AttributeSchema schema, Random random) => schema.Kind switch
    {
        AttributeKind.Int => new AttributeValue.Int(Numbers[random.Next(Numbers.Length)]),
        AttributeKind.Float => new AttributeValue.Float(random.NextSingle()),
        AttributeKind.Text => new AttributeValue.Text("ij,jk->ik"u8.ToArray()),
        AttributeKind.Ints => new AttributeValue.Ints([.. Enumerable.Range(0, random.Next(6)).Select(_ => Numbers[random.Next(Numbers.Length)])]),
        AttributeKind.Floats => new AttributeValue.Floats([.. Enumerable.Range(0, random.Next(6)).Select(_ => random.NextSingle() * 3)]),
        AttributeKind.Tensor => new AttributeValue.Tensor(random.Next(2) == 0 ? ConstantTensor.Of<long>(new Shape(0L)) : ConstantTensor.Of(new Shape(1L), 5L)),
        _ => null,
    };
}
