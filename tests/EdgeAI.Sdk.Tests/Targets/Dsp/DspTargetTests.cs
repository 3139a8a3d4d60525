using EdgeAI.Compiler;
using EdgeAI.Hal.Dsp;
using EdgeAI.Hal.Dsp.Isa;

namespace EdgeAI.Sdk.Tests.Targets.Dsp;

public sealed class DspTargetTests
{
    [Test]
    public void Compile_ChainOfElements_IsOneLoopWithOneLoadAndOneStore()
    {
        var test = Chain();
        var image = DspImage.Parse(test.Compile().Code.Span);
        var loop = (VectorLoop)image.Instructions.Single();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(loop.Streams, Has.Length.EqualTo(2));
            Assert.That(loop.Body.Count(operation => operation.Opcode == VectorOpcode.Load), Is.EqualTo(1));
            Assert.That(loop.Body.Count(operation => operation.Opcode == VectorOpcode.Store), Is.EqualTo(1));
            Assert.That(image.ScratchBytes + image.TcmBytes, Is.Zero);
        }

        test.AssertAgrees(2e-6, 1e-6);
    }

    [Test]
    public void Compile_Twice_GivesTheSameBytes() =>
        Assert.That(Chain().Compile().Code.ToArray(), Is.EqualTo(Chain().Compile().Code.ToArray()));

    [Test]
    public void Compile_LongChainWithManyOperands_StaysWithinTheRegisters()
    {
        var test = new DspCase().Random("x", [40, 30], 0.5f, 1);
        var last = "x";
        for (var i = 0; i < 40; i++)
        {
            test.RandomConstant($"c{i}", [30], 0.9f, 1.1f, i);
            test.Node(i % 3 == 0 ? "Mul" : i % 3 == 1 ? "Add" : "Max", $"{last} c{i}", $"v{i}");
            if (i % 5 == 4)
            {
                test.Node("Add", $"v{i} v{i - 4}", $"w{i}");
                last = $"w{i}";
            }
            else
            {
                last = $"v{i}";
            }
        }

        test.Node("Tanh", last, "y").Output("y", "v7").AssertAgrees(1e-5, 1e-6);
    }

    [Test]
    public void Compile_ReductionBehindAChain_SharesItsLoop()
    {
        var test = new DspCase().Random("x", [20, 100, 2]).Constant("axes", [1], 2L)
            .Node("Mul", "x x", "s").Node("ReduceSum", "s axes", "y", ("keepdims", 0)).Output("y");
        var image = DspImage.Parse(test.Compile().Code.Span);
        Assert.That(image.Instructions.Single(), Is.TypeOf<VectorLoop>().With.Property(nameof(VectorLoop.IsVertical)).True);
        test.AssertAgrees(1e-6);
    }

    [Test]
    public void Compile_InnerTensors_LieInTightlyCoupledMemoryWhenTheyFit()
    {
        var small = DspImage.Parse(Two(100).Compile().Code.Span);
        var large = DspImage.Parse(Two(5000).Compile().Code.Span);
        Assert.That((small.TcmBytes, small.ScratchBytes), Is.EqualTo((6400L, 0L)));
        Assert.That((large.TcmBytes, large.ScratchBytes), Is.EqualTo((0L, 320_000L)));
        Two(5000).AssertAgrees(2e-6, 1e-9);

        static DspCase Two(int rows) => new DspCase().Random("x", [rows, 16]).Node("Softmax", "x", "p").Node("Transpose", "p", "y").Output("y");
    }

    [Test]
    public void Compile_SourceMap_NamesTheNodesOfEachInstruction()
    {
        var executable = new DspCase().Random("x", [4, 8]).Node("Exp", "x", "e").Node("Neg", "e", "n").Node("Softmax", "n", "y").Output("y").Compile();
        Assert.That(executable.SourceMap.Select(range => (range.Start, range.End, range.Node)), Is.EqualTo(new[] { (0L, 1L, "Exp_1 + Neg_1"), (1L, 2L, "Softmax_1") }));
        var text = DspImage.Parse(executable.Code.Span).Disassemble(executable.SourceMap);
        Assert.That(text, Does.Contain("; Exp_1 + Neg_1\nloop [32]").And.Contain("softmax [4,8,1]"));
    }

    [Test]
    public void Check_WhatCannotRun_SaysWhyByConstraint()
    {
        Assert.That($"{new DspCase().Random("x", [1, 1, 4, 4]).Node("MaxPool", "x", "y", ("kernel_shape", new long[] { 2, 2 })).Output("y").Check()}", Is.EqualTo("operator: there is no vector program for MaxPool"));
        Assert.That($"{new DspCase().Random("x", [4]).Random("e", [4]).Node("Pow", "x e", "y").Output("y").Check()}", Does.StartWith("parameters: input 1 'e' is"));
        Assert.That($"{new DspCase().Input("x", [4], 1L, 2, 3, 4).Node("Neg", "x", "y").Output("y").Check()}", Is.EqualTo("parameters: 'x' is Int64; expected Float32"));
        Assert.That($"{new DspCase().Random("x", [4, 0]).Node("Neg", "x", "y").Output("y").Check()}", Is.EqualTo("static-shape: 'x' is [4,0] and has no elements"));
        Assert.That($"{new DspCase().Random("x", [4]).Constant("p", [2], -1L, 0).Node("Pad", "x p", "y").Output("y").Check()}", Does.Contain("no cropping"));
        Assert.That($"{Stft(3000).Check()}", Does.StartWith("fits: ").And.Contain("bytes of tiles").And.Contain("the unit has 16384"));
        Assert.That(Stft(100).Check(), Is.Null);

        static DspCase Stft(int length) => new DspCase { Configuration = DspConfiguration.HubDsp with { TcmKibibytes = 16 } }
            .Random("x", [1, 4000, 1]).Constant("hop", [], 10L).RandomConstant("w", [length]).Node("STFT", "x hop w", "y").Output("y");
    }

    [Test]
    public void Check_QuantizedGroupWithAnIntegerRule_IsRefusedAndOthersRunWithinOneStep()
    {
        Assert.That($"{Group("Add").Check()}", Does.StartWith("integer-rule: "));
        var test = Group("Sub");
        Assert.That(test.Check(), Is.Null);
        var (expected, found) = (test.RunReference()[0].Data, test.RunDsp()[0]);
        Assert.That(found.Zip(expected, (a, b) => Math.Abs(a - b)).Max(), Is.LessThanOrEqualTo(1));

        static DspCase Group(string op) => new DspCase().Input("a", [256], [.. Enumerable.Range(0, 256).Select(i => (byte)i)]).Input("b", [256], [.. Enumerable.Range(0, 256).Select(i => (byte)(i * 7))])
            .Constant("s", [], 0.1f).Constant<byte>("z", [], 12)
            .Node("DequantizeLinear", "a s z", "da").Node("DequantizeLinear", "b s z", "db").Node(op, "da db", "f").Node("QuantizeLinear", "f s z", "y").Output("y");
    }

    [TestCase(1L, 1L, 1L, 3L)]
    [TestCase(2L, 3L)]
    public void Check_SlopeThatDoesNotBroadcastToTheOperand_IsRefused(params long[] slope) => Assert.That(
        $"{new DspCase().Random("x", [1, 3]).RandomConstant("slope", slope).Node("PRelu", "x slope", "y").Output("y").Check()}", Does.Contain("broadcasts to [1,3]"));

    [Test]
    public void Estimate_FusedSegment_CostsNoMoreThanItsUnits()
    {
        var segment = Chain().Segment();
        var target = new DspTarget(DspConfiguration.HubDsp);
        var units = segment.Units.Select(target.Estimate).ToList();
        var whole = ((CompileSuccess)target.Compile(segment)).Cost!.Value;
        Assert.That(units, Has.All.Property(nameof(UnitCost.Seconds)).Positive);
        Assert.That(whole.Seconds, Is.LessThan(units.Sum(unit => unit.Seconds) / 2));
        Assert.That(whole.BytesMoved, Is.EqualTo(8000));
    }

    [Test]
    public void Constraints_Always_HaveFixedNames() =>
        Assert.That(
            new DspTarget(DspConfiguration.PhoneDsp).Constraints.Select(constraint => constraint.Name),
            Is.EqualTo(["operator", "integer-rule", "static-shape", "parameters", "fits"]));

    private static DspCase Chain() => new DspCase().Random("x", [10, 100], 0, 5).Constant("floor", [], 1e-5f).Constant("mean", [1], -3f).Constant("scale", [1, 1], 0.5f)
        .Node("Add", "x floor", "a").Node("Log", "a", "l").Node("Sub", "l mean", "c").Node("Mul", "c scale", "s").Node("Tanh", "s", "y").Output("y");
}
