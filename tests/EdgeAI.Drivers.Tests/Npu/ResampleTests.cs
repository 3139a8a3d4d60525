using EdgeAI.Hal;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>Commands that pick or mix pixels by tables, hand-computed; what a table says never reaches outside the map.</summary>
public sealed class ResampleTests
{
    [Test]
    public void Gather_RowsAndColumns_PicksThemAndPadsOutside()
    {
        // Map 2×2 of two channels; rows 1, −1, 0; columns 0, 1, 2, of which row −1 and column 2 lie outside.
        var rig = new StreamRig();
        var gather = new Gather
        {
            Input = FeatureMap.Dense(rig.Place([1, 2, 3, 4, 5, 6, 7, 8]), 2, 2, 2), Output = FeatureMap.Dense(rig.Reserve(18), 3, 3, 2),
            Table = rig.Place(StreamRig.BytesOf(new[] { 1, -1, 0, 0, 1, 2 })), PadValue = 9,
        };
        rig.Add(gather);
        byte[] expected = [5, 6, 7, 8, 9, 9, 9, 9, 9, 9, 9, 9, 1, 2, 3, 4, 9, 9];
        Assert.That(rig.Run().AsSpan((int)gather.Output.Address.Offset, 18).ToArray(), Is.EqualTo(expected));
    }

    [TestCase(int.MinValue)]
    [TestCase(int.MaxValue)]
    public void Interpolate_PositionsOutside_AreLimitedToTheMap(int position)
    {
        var rig = new StreamRig();
        var (output, table) = (FeatureMap.Dense(rig.Reserve(1), 1, 1, 1), rig.Place(Table((position, position, 1f, 0f), (0, 0, 1f, 0f))));
        rig.Add(new Interpolate { Input = FeatureMap.Dense(rig.Place([10, 20]), 2, 1, 1), Output = output, Table = table, InputScale = 1, OutputScale = 1 });
        Assert.That(rig.Run()[(int)output.Address.Offset], Is.EqualTo(position < 0 ? 10 : 20));
    }

    [Test]
    public void Interpolate_HandComputed_WeighsFourPixels()
    {
        // (8 4; 0 12) less 4, times 0.5: (2 0; −2 4). Rows 1/4 and 3/4, columns 1/2 each: 0.25 − 0.75 + 1.5 = 1, divided by 0.25, plus 100.
        var rig = new StreamRig();
        var output = FeatureMap.Dense(rig.Reserve(1), 1, 1, 1);
        rig.Add(new Interpolate
        {
            Input = FeatureMap.Dense(rig.Place([8, 4, 0, 12]), 2, 2, 1), Output = output, Table = rig.Place(Table((0, 1, 0.25f, 0.75f), (0, 1, 0.5f, 0.5f))),
            InputZeroPoint = 4, InputScale = 0.5f, OutputScale = 0.25f, OutputZeroPoint = 100,
        });
        Assert.That(rig.Run()[(int)output.Address.Offset], Is.EqualTo(104));
    }

    [Test]
    public void Gather_TableThatReachesOutOfSram_IsRefused()
    {
        var rig = new StreamRig();
        var map = FeatureMap.Dense(rig.Place(new byte[16]), 4, 4, 1);
        rig.Add(new Gather { Input = map, Output = map with { Address = rig.Reserve(16) }, Table = rig.Place(new byte[16]) });
        Assert.That(() => rig.Run(), Throws.InstanceOf<ExecutableFormatException>().With.Message.Contains("table reaches byte"));
    }

    private static byte[] Table(params (int First, int Second, float FirstWeight, float SecondWeight)[] entries) =>
        [.. entries.SelectMany(entry => (byte[])[.. StreamRig.BytesOf(new[] { entry.First, entry.Second }), .. StreamRig.BytesOf(new[] { entry.FirstWeight, entry.SecondWeight })])];
}
