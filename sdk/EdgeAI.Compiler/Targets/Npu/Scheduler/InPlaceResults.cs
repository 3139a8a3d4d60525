using System.Collections.Immutable;
using EdgeAI.Compiler.Targets.Npu.Layers;

namespace EdgeAI.Compiler.Targets.Npu.Scheduler;

/// <summary>
/// Results that may lie over an operand of theirs: the layer works element by element, the operand is not read after it, and both
/// storages hold each element at the same byte. Only what is resident takes part; the first resident operand gives its place.
/// </summary>
internal sealed class InPlaceResults
{
    private readonly LayerProgram _program;
    private readonly Dictionary<Storage, ImmutableArray<Storage>> _operands = [];

    public InPlaceResults(LayerProgram program)
    {
        _program = program;
        for (var i = 0; i < program.Layers.Count; i++)
        {
            var (layer, result) = (program.Layers[i], program.Layers[i].Output.Storage);
            if (result.Kind == StorageKind.Internal && result.FirstLayer == i && result.EndLayer > i + 1)
            {
                _operands[result] = [.. layer.Inputs.Select(map => map.Storage).Distinct()
                    .Where(operand => operand.EndLayer == i + 1 && operand.FirstLayer < i && Fits(layer, operand))];
            }
        }
    }

    /// <summary>The storage whose place a result takes, or null.</summary>
    public Storage? Giver(Storage result, Residency residency) => _operands.GetValueOrDefault(result, []).FirstOrDefault(residency.Contains);

    /// <summary>True when a storage takes no bytes of its own at a layer, because it lies there where another one does.</summary>
    public bool IsFree(Storage storage, int layer, Residency residency)
    {
        if (layer == storage.FirstLayer && Giver(storage, residency) is not null)
        {
            return true;
        }

        var result = _program.Layers[layer].Output.Storage;
        var givers = layer == storage.EndLayer - 1 && residency.Contains(result) ? _operands.GetValueOrDefault(result, []) : [];
        return givers.Contains(storage) && !givers.Any(other => other != storage && residency.Contains(other));
    }

    /// <summary>True where a layer's result may lie over an operand that is not read any more.</summary>
    public static bool Fits(Layer layer, Storage operand) =>
        layer.WritesInPlace && layer.Output.Storage != operand && operand.Kind == StorageKind.Internal && operand.Bytes == layer.Output.Storage.Bytes
        && layer.Inputs.All(map => map.Storage != operand || map.HasSamePlaces(layer.Output));
}
