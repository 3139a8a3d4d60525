using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>Reads StringStringEntryProto.</summary>
internal static class EntryReader
{
    public static (string Key, string Value) Read(ReadOnlyMemory<byte> message, string place)
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

        return (key, value);
    }
}
