using System.Collections.Immutable;
using EdgeAI.Graph;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>Reads SequenceProto and OptionalProto, which test data holds beside tensors.</summary>
internal static class StructureReader
{
    /// <summary>The tensors of a sequence of tensors.</summary>
    public static ImmutableArray<ConstantTensor> Sequence(ReadOnlyMemory<byte> message)
    {
        var tensors = new TensorReader(OnnxReadOptions.Default, new ExternalFiles(null));
        var items = ImmutableArray.CreateBuilder<ConstantTensor>();
        var reader = new ProtoReader(message, "sequence");
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case SequenceFields.Tensor: items.Add(tensors.Read(reader.Bytes(), "tensor").Tensor); break;
                case SequenceFields.ElementType: CheckElement(reader.Int64()); break;
                default: reader.Skip(); break;
            }
        }

        return items.ToImmutable();
    }

    private static void CheckElement(long kind)
    {
        if (kind is not (0 or SequenceFields.TensorElement))
        {
            throw new ModelFormatException($"sequence: the elements are of kind {kind}; expected {SequenceFields.TensorElement}, dense tensors.");
        }
    }

    /// <summary>The message inside of an optional; null where it holds nothing.</summary>
    public static ReadOnlyMemory<byte>? Optional(ReadOnlyMemory<byte> message)
    {
        var reader = new ProtoReader(message, "optional");
        while (reader.Next())
        {
            if (reader.Field is OptionalFields.Tensor or OptionalFields.Sequence)
            {
                return reader.Bytes();
            }

            reader.Skip();
        }

        return null;
    }
}
