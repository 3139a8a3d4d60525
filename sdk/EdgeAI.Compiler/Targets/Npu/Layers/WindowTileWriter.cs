using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Streams;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Compiler.Targets.Npu.Layers;

/// <summary>Writes the commands of a tiled window layer: loads, computation and stores, as if one after the other.</summary>
internal sealed class WindowTileWriter(WindowLayer layer, WindowTiling tiling, WindowSlots slots, bool inputResident, bool outputResident)
{
    private readonly Map _input = layer.Inputs[0];
    private readonly Map _output = layer.Output;
    private readonly List<Slot> _slots = [];

    public void Write(LayerWriter writer, ImmutableArray<Address> buffers)
    {
        var channelTiles = tiling.Channels.Tiles;
        var constants = Constants(writer, channelTiles);
        _slots.Clear();
        DealOut(buffers);
        foreach (var (spatial, channels) in Order(channelTiles))
        {
            WriteTile(writer, spatial, channelTiles[channels], channels, constants);
        }
    }

    /// <summary>Buffers that contents take in turn; what still lies in one is found again.</summary>
    private sealed class Slot(ImmutableArray<Address> addresses)
    {
        private readonly object?[] _contents = new object?[addresses.Length];
        private int _next;

        /// <summary>Where the content lies; <paramref name="isNew"/> when it must be loaded.</summary>
        public Address Place(object content, out bool isNew)
        {
            var found = Array.IndexOf(_contents, content);
            isNew = found < 0;
            if (isNew)
            {
                (found, _next) = (_next, (_next + 1) % addresses.Length);
                _contents[found] = content;
            }

            return addresses[found];
        }
    }

    private const int ConstantSlot = 0;
    private const int InputSlot = 1;
    private const int OutputSlot = 2;

    /// <summary>Deals the buffers out in the order in which the search lists them.</summary>
    private void DealOut(ImmutableArray<Address> buffers)
    {
        var at = 0;
        foreach (var count in (int[])[slots.Constants, slots.Inputs, slots.Outputs])
        {
            _slots.Add(new Slot([.. buffers.Skip(at).Take(count)]));
            at += count;
        }
    }

    private ImmutableArray<Address> Constants(LayerWriter writer, ImmutableArray<ChannelTile> tiles) =>
        [.. tiles.Select(tile => layer.Kernel.ConstantBytes(tile) is > 0 and var bytes
            ? writer.Constants.Add(bytes, destination => layer.Kernel.WriteConstants(tile, destination)) : default)];

    private IEnumerable<(MapBox Spatial, int Channels)> Order(ImmutableArray<ChannelTile> tiles)
    {
        var boxes = OutputBoxes().ToList();
        return tiling.ChannelsOutside
            ? Enumerable.Range(0, tiles.Length).SelectMany(channels => boxes.Select(box => (box, channels)))
            : boxes.SelectMany(box => Enumerable.Range(0, tiles.Length).Select(channels => (box, channels)));
    }

    private IEnumerable<MapBox> OutputBoxes()
    {
        for (var image = 0; image < _output.Batch; image++)
        {
            for (var row = 0; row < _output.Height; row += tiling.Area.Rows)
            {
                for (var column = 0; column < _output.Width; column += tiling.Area.Columns)
                {
                    yield return new MapBox(
                        image, row, Math.Min(tiling.Area.Rows, _output.Height - row), column, Math.Min(tiling.Area.Columns, _output.Width - column), 0, _output.Channels);
                }
            }
        }
    }

    private void WriteTile(LayerWriter writer, MapBox spatial, ChannelTile tile, int block, ImmutableArray<Address> constants)
    {
        var y = layer.Geometry.Y.InputOf(spatial.Row, spatial.Height, _input.Height);
        var x = layer.Geometry.X.InputOf(spatial.Column, spatial.Width, _input.Width);
        var inputBox = new MapBox(spatial.Image, y.Start, y.Count, x.Start, x.Count, tile.Input, tile.Inputs);
        var outputBox = spatial with { Channel = tile.Output, Channels = tile.Outputs };
        var weights = LoadConstants(writer, tile, block, constants[block]);
        var source = LoadInput(writer, inputBox);
        var target = outputResident ? outputBox.In(_output, writer.Locate(_output)) : Dense(_slots[OutputSlot].Place(outputBox, out _), outputBox);
        var pads = new WindowTilePads(layer.Geometry, y.PadBefore, x.PadBefore, y.PadAfter, x.PadAfter);
        var command = layer.Kernel.Command(source, target, pads, tile, weights);
        writer.Stream.Add(command, MemoryRange.Of(target), MemoryRange.Of(source), MemoryRange.Of(weights, layer.Kernel.ConstantBytes(tile)));
        if (!outputResident)
        {
            RegionCopy.Box(writer.Stream, writer.Locate(_output), _output, outputBox, target.Address, toDense: false);
        }
    }

    private Address LoadConstants(LayerWriter writer, ChannelTile tile, int block, Address source)
    {
        var bytes = layer.Kernel.ConstantBytes(tile);
        if (bytes == 0)
        {
            return default;
        }

        var address = _slots[ConstantSlot].Place(block, out var isNew);
        if (isNew)
        {
            RegionCopy.Emit(writer.Stream, LayerWriter.DmaFor(source), source, address, new CopyAxis(bytes, 1, 1));
        }

        return address;
    }

    private FeatureMap LoadInput(LayerWriter writer, MapBox box)
    {
        if (inputResident)
        {
            return box.In(_input, writer.Locate(_input));
        }

        var address = _slots[InputSlot].Place(box, out var isNew);
        if (isNew)
        {
            RegionCopy.Box(writer.Stream, writer.Locate(_input), _input, box, address, toDense: true);
        }

        return Dense(address, box);
    }

    private static FeatureMap Dense(Address address, MapBox box) => FeatureMap.Dense(address, box.Height, box.Width, box.Channels);
}
