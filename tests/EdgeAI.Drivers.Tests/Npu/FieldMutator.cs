using System.Collections.Immutable;
using EdgeAI.Hal;
using EdgeAI.Hal.Npu;
using EdgeAI.Hal.Npu.Isa;

namespace EdgeAI.Drivers.Tests.Npu;

/// <summary>
/// Changes fields of one command so that a verifier might be taken in: strides of 0 and 1, extents that grow wherever they stand, operands
/// over one another or at the end of SRAM.
/// </summary>
internal sealed class FieldMutator(NpuImage image, Random random)
{
    private static readonly int[] Strides = [0, 0, 0, 1, 1, 2, 4, 5, 8];
    private static readonly float[] Reals = [0, -1, float.NaN, float.PositiveInfinity, float.MaxValue, 1e-30f, 300];
    private readonly ImmutableArray<ICommand> _commands = CommandReader.ReadAll(image.Commands);

    /// <summary>The changed stream.</summary>
    public byte[] Mutate()
    {
        var index = Compute();
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            Change(_commands[index]);
        }

        if (random.Next(2) == 0)
        {
            Slide(index);
        }

        var writer = new CommandWriter();
        foreach (var command in _commands)
        {
            writer.Add(command);
        }

        return writer.Bytes.ToArray();
    }

    private static bool IsExtent(string name) => name.EndsWith(".height", StringComparison.Ordinal) || name.EndsWith(".width", StringComparison.Ordinal)
        || name.EndsWith(".channels", StringComparison.Ordinal) || name is "count" or "depth" or "outputs";

    private static bool IsStride(string name) => name.EndsWith(".row", StringComparison.Ordinal) || name.EndsWith(".pixel", StringComparison.Ordinal)
        || name.EndsWith(".channel", StringComparison.Ordinal);

    /// <summary>One of the commands under test.</summary>
    private int Compute()
    {
        var places = Enumerable.Range(0, _commands.Length).Where(i => _commands[i] is EngineCommand).ToArray();
        return places[random.Next(places.Length)];
    }

    private void Change(ICommand command)
    {
        var fields = Fields(command);
        switch (random.Next(7))
        {
            case 0: EveryStride(command, Pick(fields.Ints.Where(IsStride)).Split('.')[0]); break;
            case 1: Set(command, Pick(fields.Ints.Where(IsStride)), _ => Pick(Strides)); break;
            case 2 or 3: Grow(command, Pick(fields.Ints.Where(IsExtent))); break;
            case 4: Overlap(command, Pick(fields.Addresses)); break;
            case 5: Set(command, Pick(fields.Ints), value => random.Next(3) == 0 ? random.Next(-2, 300) : value + random.Next(-2, 3)); break;
            default: Flag(command); break;
        }
    }

    private void EveryStride(ICommand command, string map)
    {
        var stride = Pick(Strides);
        command.Visit(new Editor { Int = (name, value) => IsStride(name) && name.StartsWith(map + ".", StringComparison.Ordinal) ? stride : value });
    }

    /// <summary>An extent becomes another in all maps that have it, which then may stand still.</summary>
    private void Grow(ICommand command, string field)
    {
        var (old, grown) = (0, random.Next(3) == 0 ? random.Next(1, 9) : 1 << random.Next(21));
        command.Visit(new Editor { Int = (name, value) => name == field ? old = value : value });
        var everywhere = random.Next(3) > 0;
        var maps = new HashSet<string>();
        int Edit(string name, int value)
        {
            if (name != field && !(everywhere && IsExtent(name) && value == old))
            {
                return value;
            }

            maps.Add(name.Split('.')[0]);
            return grown;
        }

        command.Visit(new Editor { Int = Edit });
        var still = random.Next(12);
        if (still < 3)
        {
            command.Visit(new Editor { Int = (name, value) => IsStride(name) && maps.Contains(name.Split('.')[0]) && (still > 0 || !name.EndsWith(".channel", StringComparison.Ordinal)) ? 0 : value });
        }
    }

    private void Overlap(ICommand command, string field)
    {
        var target = new Address();
        var other = Pick(Fields(command).Addresses);
        var distance = Pick([0, 1, 1, 2, -1, 4, 16]);
        command.Visit(new Editor { Place = (name, address) => name == other ? target = address : address });
        command.Visit(new Editor { Place = (name, address) => name == field ? target with { Offset = Math.Max(0, target.Offset + distance) } : address });
    }

    private void Flag(ICommand command)
    {
        var real = Pick(Reals);
        var at = random.Next(4);
        if (random.Next(2) == 0)
        {
            command.Flags ^= (CommandFlags)(1 << random.Next(5));
        }
        else
        {
            command.Visit(new Editor { Real = value => at-- == 0 ? real : value });
        }
    }

    /// <summary>An operand moves to where it ends with SRAM.</summary>
    private void Slide(int index)
    {
        try
        {
            var operands = StreamVerifier.Operands(index, _commands[index], RegionTable.Of(image));
            var operand = operands[random.Next(operands.Length)];
            var alignment = operand.Name is "weights" or "table" ? 16 : 4;
            var offset = (image.SramBytes - operand.ByteCount) / alignment * alignment;
            _commands[index].Visit(new Editor { Place = (name, address) => name == operand.Name ? address with { Offset = offset } : address });
        }
        catch (ExecutableFormatException)
        {
            // Refused where it stands, and to be refused.
        }
    }

    private static void Set(ICommand command, string field, Func<int, int> edit) =>
        command.Visit(new Editor { Int = (name, value) => name == field ? edit(value) : value });

    private static (List<string> Ints, List<string> Addresses) Fields(ICommand command)
    {
        var (ints, addresses) = (new List<string>(), new List<string>());
        int Note(string name, int value)
        {
            ints.Add(name);
            return value;
        }

        Address NotePlace(string name, Address value)
        {
            addresses.Add(name);
            return value;
        }

        command.Visit(new Editor { Int = Note, Place = NotePlace });
        return (ints, addresses);
    }

    private T Pick<T>(IEnumerable<T> from)
    {
        var all = from.ToArray();
        return all[random.Next(all.Length)];
    }

    private sealed class Editor : IFieldVisitor
    {
        public Func<string, int, int> Int { get; init; } = (_, value) => value;

        public Func<float, float> Real { get; init; } = value => value;

        public Func<string, Address, Address> Place { get; init; } = (_, value) => value;

        void IFieldVisitor.Int(string name, ref int value) => value = Int(name, value);

        void IFieldVisitor.Float(string name, ref float value) => value = Real(value);

        void IFieldVisitor.Address(string name, ref Address value) => value = Place(name, value);
    }
}
