using System.Collections.Immutable;

namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>A model that ONNX Runtime has loaded and optimized.</summary>
internal sealed unsafe class OrtSession : IDisposable
{
    private readonly SessionHandle _handle;
    private readonly IReadOnlyList<IDisposable> _held;

    private OrtSession(OnnxRuntimeLibrary library, SessionHandle handle, IReadOnlyList<IDisposable> held)
    {
        (Library, _handle, _held) = (library, handle, held);
        Inputs = OrtSignature.Inputs(library, handle.Item);
        Outputs = OrtSignature.Outputs(library, handle.Item);
    }

    public OnnxRuntimeLibrary Library { get; }

    public ImmutableArray<OrtPort> Inputs { get; }

    public ImmutableArray<OrtPort> Outputs { get; }

    /// <summary>OrtSession.</summary>
    public nint Item => _handle.Item;

    /// <summary>Loads a model whose weights are all in its own bytes, which are not needed afterwards.</summary>
    /// <exception cref="OrtException">ONNX Runtime refuses the model.</exception>
    public static OrtSession Create(OnnxRuntimeLibrary library, ReadOnlySpan<byte> model, OrtSessionSettings settings)
    {
        using var options = settings.CreateOptions(library);
        fixed (byte* bytes = model)
        {
            nint item;
            library.Check(library.Api.CreateSessionFromArray(library.Environment, bytes, (nuint)model.Length, options.Item, &item));
            return new OrtSession(library, new SessionHandle(library.Api, item), []);
        }
    }

    /// <summary>Loads a model with weights beside it; see <see cref="OrtConstants"/>. Takes the constants over, also when it fails.</summary>
    /// <exception cref="OrtException">ONNX Runtime refuses the model.</exception>
    /// <exception cref="ExecutableFormatException">A constant does not fit the input that it stands for.</exception>
    public static OrtSession Create(
        OnnxRuntimeLibrary library, ReadOnlySpan<byte> model, OrtSessionSettings settings, ImmutableArray<PinnedConstant> constants)
    {
        var held = new List<IDisposable>(constants);
        SessionHandle? session = null;
        try
        {
            using var options = settings.CreateOptions(library);
            held.Add(OrtConstants.OfferAsFiles(library, options, constants));
            session = CreateEditable(library, model, options);
            held.AddRange(OrtConstants.Bind(library, session, constants));
            library.Check(library.Api.FinalizeModelEditorSession(session.Item, options.Item, 0));
            return new OrtSession(library, session, held);
        }
        catch
        {
            session?.Dispose();
            held.ForEach(item => item.Dispose());
            throw;
        }
    }

    /// <summary>Ends profiling and gives the file that the profile was written to.</summary>
    public string EndProfiling()
    {
        byte* text;
        Library.Check(Library.Api.SessionEndProfiling(Item, Library.Allocator, &text));
        var path = NativeText.Read(text);
        Library.Check(Library.Api.AllocatorFree(Library.Allocator, text));
        return path;
    }

    /// <summary>Nothing may run in the session any more.</summary>
    public void Dispose()
    {
        _handle.Dispose();
        foreach (var item in _held)
            item.Dispose();
    }

    private static SessionHandle CreateEditable(OnnxRuntimeLibrary library, ReadOnlySpan<byte> model, SessionOptionsHandle options)
    {
        fixed (byte* bytes = model)
        {
            nint item;
            library.Check(library.Api.CreateModelEditorSessionFromArray(library.Environment, bytes, (nuint)model.Length, options.Item, &item));
            return new SessionHandle(library.Api, item);
        }
    }
}
