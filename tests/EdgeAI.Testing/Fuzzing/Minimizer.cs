using System.Diagnostics;

namespace EdgeAI.Testing.Fuzzing;

/// <summary>Makes a failing input smaller while it fails in the same way: first whole fields go, then ranges of bytes.</summary>
/// <param name="fails">True while the input still fails in that way.</param>
/// <param name="limit">Ends the search.</param>
public sealed class Minimizer(Func<ReadOnlyMemory<byte>, bool> fails, TimeSpan limit)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>A smaller input that fails, or the same one.</summary>
    public ReadOnlyMemory<byte> Minimize(ReadOnlyMemory<byte> bytes) => DropRanges(DropFields(bytes));

    private bool IsOver => _clock.Elapsed > limit;

    private ReadOnlyMemory<byte> DropFields(ReadOnlyMemory<byte> bytes)
    {
        if (WireMessage.Parse(bytes, MessageKind.Model) is not { } tree)
        {
            return bytes;
        }

        for (var hasDropped = true; hasDropped && !IsOver;)
        {
            hasDropped = false;
            foreach (var message in tree.All())
            {
                hasDropped |= DropFields(tree, message);
            }
        }

        return fails(tree.ToBytes()) ? tree.ToBytes() : bytes;
    }

    private bool DropFields(WireMessage tree, WireMessage message)
    {
        var hasDropped = false;
        for (var length = Math.Max(1, message.Fields.Count / 2); length > 0 && !IsOver; length /= 2)
        {
            for (var start = 0; start + length <= message.Fields.Count && !IsOver;)
            {
                var dropped = message.Fields.GetRange(start, length);
                message.Fields.RemoveRange(start, length);
                if (fails(tree.ToBytes()))
                {
                    hasDropped = true;
                }
                else
                {
                    message.Fields.InsertRange(start, dropped);
                    start += length;
                }
            }
        }

        return hasDropped;
    }

    private ReadOnlyMemory<byte> DropRanges(ReadOnlyMemory<byte> bytes)
    {
        for (var length = bytes.Length / 2; length > 0 && !IsOver; length /= 2)
        {
            for (var start = 0; start + length <= bytes.Length && !IsOver;)
            {
                var shorter = new byte[bytes.Length - length];
                bytes[..start].CopyTo(shorter);
                bytes[(start + length)..].CopyTo(shorter.AsMemory(start));
                if (fails(shorter))
                {
                    bytes = shorter;
                }
                else
                {
                    start += length;
                }
            }
        }

        return bytes;
    }
}
