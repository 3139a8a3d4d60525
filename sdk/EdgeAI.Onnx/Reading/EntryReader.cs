using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>Reads StringStringEntryProto.</summary>
internal static class EntryReader
{
    public static KeyValuePair<string, string> Read(ReadOnlyMemory<byte> message, Place place)
    {
        var reader = new ProtoReader(message, place);
        var (key, value) = ("", "");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case EntryFields.Key: key = reader.Text(); break;
                case EntryFields.Value: value = reader.Text(); break;
                default: reader.Skip(); break;
            }
        }

        return new(key, value);
    }

    /// <summary>Adds an entry to a list that is made when there is a first one.</summary>
    public static void AddTo(ref List<KeyValuePair<string, string>>? entries, ReadOnlyMemory<byte> message, Place place) =>
        (entries ??= []).Add(Read(message, place));
}
