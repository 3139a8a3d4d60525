using System.Runtime.InteropServices;

namespace EdgeAI.Drivers.Tests.Dsp;

/// <summary>Programs written by hand, with results and cycles computed by hand.</summary>
public sealed class DspProgramTests
{
    [Test]
    public void VectorLoop_MultiplyAddOfTwoInputs_ResultAndCyclesByHand()
    {
        var (a, b) = (new float[] { 1, 2, 3, 4, 5 }, new float[] { 10, 20, 30, 40, 50 });
        var result = DspBench.Run(
            """
            .image scratch=0 tcm=0 constants=[] inputs=[20,20] outputs=[20]
            loop [5] reduce=0 horizontal tile=32
              stream input0+0:Float32[1]
              stream input1+0:Float32[1]
              stream output0+0:Float32[1]
              load r0 s0
              load r1 s1
              const r2 #0.5
              fma r3 r0 r1 r2
              sub r3 r3 #1
              store s2 r3
             next
            end
            """, out var statistics, a, b);
        Assert.That(result, Is.EqualTo([9.5f, 39.5f, 89.5f, 159.5f, 249.5f]));

        // One step of 6 slots and one row of 2 on 2 threads: C = 4. 60 bytes at 8 per cycle: D = 8. One tile: 24 + 8 + 4.
        Assert.That(statistics.Cycles, Is.EqualTo(36));
        Assert.That(statistics.SimulatedSeconds, Is.EqualTo(36 / 600e6));
    }

    [Test]
    public void VectorLoop_RowBroadcast_EachRowTakesItsOwnElement()
    {
        var result = DspBench.Run<float>(
            """
            .image scratch=0 tcm=0 constants=[] inputs=[24,8] outputs=[24]
            loop [2,3] reduce=0 horizontal tile=32
              stream input0+0:Float32[3,1]
              stream input1+0:Float32[1,0]
              stream output0+0:Float32[3,1]
              load r0 s0
              load r1 s1
              mul r2 r0 r1
              store s2 r2
             next
            """, [1, 2, 3, 4, 5, 6], [10, 100]);
        Assert.That(result, Is.EqualTo([10f, 20, 30, 400, 500, 600]));
    }

    [Test]
    public void VectorLoop_SumOfRows_InThirtyTwoLanes()
    {
        var x = DspBench.Random(2 * 1100, 1);
        var result = DspBench.Run(
            """
            .image scratch=0 tcm=0 constants=[] inputs=[8800] outputs=[8]
            loop [2,1100] reduce=1 horizontal tile=64
              stream input0+0:Float32[1100,1]
              stream output0+0:Float32[1,0]
              load r0 s0
              accsum r1 r0
             epilogue
              mul r2 r1 #2
              store s1 r2
             next
            """, x);
        Assert.That(result, Is.EqualTo([2 * LaneSum(x.AsSpan(0, 1100)), 2 * LaneSum(x.AsSpan(1100))]));
    }

    [Test]
    public void VectorLoop_SumOfColumns_RowByRow()
    {
        var result = DspBench.Run<float>(
            """
            .image scratch=0 tcm=0 constants=[] inputs=[24] outputs=[24]
            loop [3,2] reduce=1 vertical tile=32
              stream input0+0:Float32[1,3]
              stream output0+0:Float32[1,0]
              stream output0+12:Float32[1,0]
              load r0 s0
              accsum r1 r0
              accmax r2 r0
             epilogue
              store s1 r1
              store s2 r2
             next
            """, [1, 2, 3, 10, 1, 30]);
        Assert.That(result, Is.EqualTo([11f, 3, 33, 10, 2, 30]));
    }

    [Test]
    public void VectorLoop_SelectCompareAndRound_ByHand()
    {
        var result = DspBench.Run<float>(
            """
            .image scratch=0 tcm=0 constants=[] inputs=[20] outputs=[20]
            loop [5] reduce=0 horizontal tile=32
              stream input0+0:Float32[1]
              stream output0+0:Float32[1]
              load r0 s0
              lt r1 r0 #0
              mul r2 r0 #0.5
              round r3 r0
              select r4 r1 r2 r3
              store s1 r4
             next
            """, [-3, 0.5f, 1.5f, 2.5f, float.NaN]);
        Assert.That(result, Is.EqualTo([-1.5f, 0, 2, 2, float.NaN]));
    }

    [Test]
    public void Softmax_OfRowsAndColumns_SumsToOneAndAgrees()
    {
        var x = DspBench.Random(7 * 600, 2, 8);
        var rows = DspBench.Run(Softmax("softmax", 7, 600, 1), x);
        var columns = DspBench.Run(Softmax("softmax", 1, 7, 600), x);
        var logarithms = DspBench.Run(Softmax("logsoftmax", 7, 600, 1), x);
        for (var row = 0; row < 7; row++)
        {
            var slice = x.AsSpan(row * 600, 600).ToArray();
            var sum = slice.Sum(value => Math.Exp(value));
            for (var i = 0; i < 600; i++)
            {
                var expected = Math.Exp(slice[i]) / sum;
                Assert.That(rows[(row * 600) + i], Is.EqualTo(expected).Within(1e-6 * expected));
                Assert.That(logarithms[(row * 600) + i], Is.EqualTo(Math.Log(expected)).Within(2e-6));
            }
        }

        for (var i = 0; i < 600; i++)
        {
            Assert.That(Enumerable.Range(0, 7).Sum(row => (double)columns[(row * 600) + i]), Is.EqualTo(1).Within(1e-6));
        }

        static string Softmax(string name, int outer, int count, int inner) =>
            $".image scratch=0 tcm=0 constants=[] inputs=[16800] outputs=[16800]\n{name} [{outer},{count},{inner}] input0+0:Float32 output0+0:Float32\n";
    }

    [TestCase(1, 5, 3, ExpectedResult = true)]
    [TestCase(4, 17, 40, ExpectedResult = true)]
    [TestCase(7, 64, 19, ExpectedResult = true)]
    [TestCase(9, 1, 8, ExpectedResult = true)]
    public bool MatrixProduct_AnyShape_EqualsChainOfFusedMultiplyAdds(int rows, int depth, int columns)
    {
        var (a, b, bias) = (DspBench.Random(rows * depth, 3), DspBench.Random(depth * columns, 4), DspBench.Random(columns, 5));
        var result = DspBench.Run(
            $"""
            .image scratch=0 tcm=0 constants=[] inputs=[{rows * depth * 4},{depth * columns * 4},{columns * 4}] outputs=[{rows * columns * 4}]
            matmul [1,{rows},{depth},{columns}] input0+0:Float32[{depth},0] input1+0:Float32[{columns},0] output0+0:Float32[{columns},0] input2+0:Float32[0,0]
            """, a, b, bias);
        for (var i = 0; i < result.Length; i++)
        {
            var sum = 0f;
            for (var k = 0; k < depth; k++)
            {
                sum = MathF.FusedMultiplyAdd(a[(i / columns * depth) + k], b[(k * columns) + (i % columns)], sum);
            }

            Assert.That(result[i], Is.EqualTo(sum + bias[i % columns]), $"element {i}");
        }

        return true;
    }

    [TestCase(512, true)]
    [TestCase(400, true)]
    [TestCase(400, false)]
    [TestCase(15, true)]
    [TestCase(15, false)]
    [TestCase(14, true)]
    [TestCase(1, true)]
    [TestCase(2, false)]
    [TestCase(127, true)]
    [TestCase(97 * 3, false)]
    public void Fourier_AnyLength_AgreesWithTheDefinition(int length, bool isOneSided)
    {
        const int Frames = 11;
        const int Hop = 5;
        var signal = DspBench.Random(((Frames - 1) * Hop) + length, length);
        var window = DspBench.Random(length, 77);
        var bins = isOneSided ? (length / 2) + 1 : length;
        var result = DspBench.Run(
            $"""
            .image scratch=0 tcm=0 constants=[] inputs=[{signal.Length * 4},{length * 4}] outputs=[{Frames * bins * 8}]
            fourier [1,{Frames},{Hop},{length}] {(isOneSided ? "onesided" : "full")} input0+0:Float32 [0] output0+0:Float32 input1+0:Float32
            """, signal, window);
        var worst = 0.0;
        for (var frame = 0; frame < Frames; frame++)
        {
            for (var k = 0; k < bins; k++)
            {
                var (real, imaginary) = (0.0, 0.0);
                for (var t = 0; t < length; t++)
                {
                    var angle = -2 * Math.PI * ((long)k * t % length) / length;
                    var sample = (double)(signal[(frame * Hop) + t] * window[t]);
                    (real, imaginary) = (real + (sample * Math.Cos(angle)), imaginary + (sample * Math.Sin(angle)));
                }

                var place = ((frame * bins) + k) * 2;
                worst = Math.Max(worst, Math.Max(Math.Abs(result[place] - real), Math.Abs(result[place + 1] - imaginary)));
            }
        }

        Assert.That(worst, Is.LessThan(4e-7 * Math.Sqrt(length) * Math.Max(1, Math.Log2(length))));
    }

    [Test]
    public void StridedCopy_TransposeAndFill_MovesBytes()
    {
        var result = DspBench.Run<byte>(
            """
            .image scratch=16 tcm=0 constants=[] inputs=[6] outputs=[8]
            fill [8] output0+0:UInt8[1] 0x7F
            copy [3,2] input0+0:UInt8[1,3] scratch+2:UInt8[2,1]
            copy [6] scratch+2:UInt8[1] output0+6:UInt8[-1]
            """, [1, 2, 3, 4, 5, 6]);
        Assert.That(result, Is.EqualTo(new byte[] { 0x7F, 6, 3, 5, 2, 4, 1, 0x7F }));
    }

    /// <summary>
    /// One number over the bits of many results: it must be the same on every host. It was measured on x64 with AVX-512, with
    /// AVX2, with SSE4.2 and with no vector instructions at all.
    /// </summary>
    [Test]
    public void Results_OnEveryHost_HaveTheSameBits()
    {
        var x = DspBench.Random(4096, 11, 5);
        var bits = new List<byte>();
        foreach (var operation in new[] { "exp", "log", "tanh", "sigmoid", "erf", "sqrt", "rsqrt", "recip", "round" })
        {
            bits.AddRange(MemoryMarshal.AsBytes(DspBench.Run(
                $"""
                .image scratch=0 tcm=0 constants=[] inputs=[16384] outputs=[16640]
                loop [64,64] reduce=1 horizontal tile=64
                  stream input0+0:Float32[64,1]
                  stream output0+0:Float32[64,1]
                  stream output0+16384:Float32[1,0]
                  load r0 s0
                  {operation} r1 r0
                  store s1 r1
                  accsum r2 r0
                 epilogue
                  store s2 r2
                 next
                """, x).AsSpan()).ToArray());
        }

        bits.AddRange(MemoryMarshal.AsBytes(DspBench.Run(
            """
            .image scratch=0 tcm=0 constants=[] inputs=[16384] outputs=[16384]
            fourier [1,7,500,480] onesided input0+0:Float32 [0] output0+0:Float32
            matmul [1,5,37,29] input0+0:Float32[37,0] input0+2000:Float32[29,0] output0+13900:Float32[29,0]
            softmax [3,150,1] input0+0:Float32 output0+14480:Float32
            """, x).AsSpan()).ToArray());
        for (var i = 0; i < bits.Count; i += 4)
        {
            if (float.IsNaN(BitConverter.ToSingle([.. bits.GetRange(i, 4)])))
            {
                (bits[i], bits[i + 1], bits[i + 2], bits[i + 3]) = (0, 0, 0xC0, 0x7F); // which NaN is not said
            }
        }

        Assert.That(Convert.ToHexString(System.Security.Cryptography.SHA256.HashData([.. bits])), Is.EqualTo("838F3EC798AAA2320E4ED62DF2403AB67443C9714FEE28F976202E7465973078"));
    }

    private static float LaneSum(ReadOnlySpan<float> values)
    {
        var lanes = new float[32];
        for (var i = 0; i < values.Length; i++)
        {
            lanes[i % 32] += values[i];
        }

        for (var half = 16; half > 0; half /= 2)
        {
            for (var i = 0; i < half; i++)
            {
                lanes[i] += lanes[i + half];
            }
        }

        return lanes[0];
    }
}
