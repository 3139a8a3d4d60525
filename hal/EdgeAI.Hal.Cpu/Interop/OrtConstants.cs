using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace EdgeAI.Hal.Cpu.Interop;

/// <summary>
/// Weights that lie beside a model. Measured with 1.30 (256 MB of weights, memory-mapped): AddExternalInitializers copies
/// them once, its variant for files in memory twice at the peak, AddInitializer on top of the first saves only the lasting
/// copy and relies on no optimizer rewriting an initializer under its name. Only initializers that are added to the graph
/// over foreign memory (AddInitializerToGraph) are read in place, with no copy at any time. So:
/// <list type="bullet">
/// <item><description>a constant with the name of a graph input becomes that input's initializer, not copied;</description></item>
/// <item><description>any other constant is a file in memory for initializers whose external location names it, copied.</description></item>
/// </list>
/// </summary>
internal static unsafe class OrtConstants
{
    // ONNX Runtime wants initializers under this size inside the model, for shape inference.
    private const long SmallestForeign = 128;

    /// <summary>Offers all constants as files in memory. What is returned must live as long as the options.</summary>
    public static IDisposable OfferAsFiles(OnnxRuntimeLibrary library, SessionOptionsHandle options, ImmutableArray<PinnedConstant> constants)
    {
        var names = constants.Select(constant => NativeText.OfPath(constant.Name)).ToArray();
        var namePointers = names.Select(name => (nint)name.Pointer).ToArray();
        var files = constants.Select(constant => (nint)constant.Pointer).ToArray();
        var lengths = constants.Select(constant => (nuint)constant.Length).ToArray();
        fixed (nint* name = namePointers)
        fixed (nint* file = files)
        fixed (nuint* length = lengths)
        {
            library.Check(library.Api.AddExternalInitializersFromFilesInMemory(
                options.Item, (void**)name, (byte**)file, length, (nuint)constants.Length));
        }

        return new Many(names);
    }

    /// <summary>Turns inputs named as constants into initializers. What is returned must live as long as the session.</summary>
    public static IReadOnlyList<IDisposable> Bind(OnnxRuntimeLibrary library, SessionHandle session, ImmutableArray<PinnedConstant> constants)
    {
        var inputs = OrtSignature.Inputs(library, session.Item);
        var byName = constants.ToDictionary(constant => constant.Name);
        if (!inputs.Any(input => byName.ContainsKey(input.Spec.Name)))
            return [];
        var held = new List<IDisposable>();
        using var graph = CreateGraph(library);
        try
        {
            SetInputs(library, session, graph, inputs, byName);
            foreach (var input in inputs)
            {
                if (byName.TryGetValue(input.Spec.Name, out var constant))
                    AddInitializer(library, graph, input, constant, held);
            }

            Apply(library, session, graph);
            return held;
        }
        catch
        {
            held.ForEach(item => item.Dispose());
            throw;
        }
    }

    private static EditorGraphHandle CreateGraph(OnnxRuntimeLibrary library)
    {
        nint graph;
        library.Check(library.Api.CreateGraph(&graph));
        return new EditorGraphHandle(library.Api, graph);
    }

    private static void SetInputs(
        OnnxRuntimeLibrary library, SessionHandle session, EditorGraphHandle graph, ImmutableArray<OrtPort> inputs, Dictionary<string, PinnedConstant> constants)
    {
        var infos = new List<ValueInfoHandle>();
        for (var i = 0; i < inputs.Length; i++)
        {
            if (constants.ContainsKey(inputs[i].Spec.Name))
                continue;
            using var name = new NativeText(inputs[i].Spec.Name);
            using var type = OrtSignature.InputType(library, session.Item, i);
            nint info;
            library.Check(library.Api.CreateValueInfo(name.Pointer, type.Item, &info));
            infos.Add(new ValueInfoHandle(library.Api, info));
        }

        var items = infos.Select(info => info.Item).ToArray();
        fixed (nint* item = items)
            library.Check(library.Api.SetGraphInputs(graph.Item, item, (nuint)items.Length));
        infos.ForEach(info => info.GiveAway());
    }

    private static void AddInitializer(
        OnnxRuntimeLibrary library, EditorGraphHandle graph, OrtPort input, PinnedConstant constant, List<IDisposable> held)
    {
        var spec = input.Spec;
        if (input.Kind != OnnxType.Tensor || !spec.HasByteCount || spec.ByteCount != constant.Length)
        {
            throw new ExecutableFormatException(
                $"Constant '{constant.Name}' has {constant.Length} bytes; the input that it stands for is {spec}"
                + (spec.HasByteCount ? $" of {spec.ByteCount} bytes." : ", whose size is not fixed."));
        }

        var isForeign = constant.Length >= SmallestForeign;
        using var value = isForeign ? Foreign(library, spec, constant, held) : Copy(library, spec, constant);
        using var name = new NativeText(spec.Name);
        library.Check(library.Api.AddInitializerToGraph(graph.Item, name.Pointer, value.Item, isForeign));
        value.GiveAway();
    }

    private static ValueHandle Copy(OnnxRuntimeLibrary library, TensorSpec spec, PinnedConstant constant)
    {
        var value = OrtTensor.Allocate(library, spec.Type, spec.Shape.ToArray());
        new ReadOnlySpan<byte>(constant.Pointer, constant.Length).CopyTo(new Span<byte>(OrtTensor.Data(library, value.Item), constant.Length));
        return value;
    }

    // Native kernels may assume that elements are aligned to their own size; a slice of a model file need not be.
    private static ValueHandle Foreign(OnnxRuntimeLibrary library, TensorSpec spec, PinnedConstant constant, List<IDisposable> held)
    {
        var data = constant.Pointer;
        if ((nuint)data % (nuint)Math.Max(1, spec.Type.BitCount() / 8) != 0)
        {
            var aligned = new AlignedCopy(data, constant.Length);
            held.Add(aligned);
            data = aligned.Pointer;
        }

        return OrtTensor.Over(library, data, constant.Length, spec.Type, spec.Shape.ToArray());
    }

    private static void Apply(OnnxRuntimeLibrary library, SessionHandle session, EditorGraphHandle graph)
    {
        nint item;
        library.Check(library.Api.CreateModel(null, null, 0, &item));
        using var model = new EditorModelHandle(library.Api, item);
        library.Check(library.Api.AddGraphToModel(item, graph.Item));
        graph.GiveAway();
        library.Check(library.Api.ApplyModelToModelEditorSession(session.Item, item));
    }

    private sealed class Many(IEnumerable<IDisposable> items) : IDisposable
    {
        public void Dispose()
        {
            foreach (var item in items)
                item.Dispose();
        }
    }

    private sealed class AlignedCopy : IDisposable
    {
        private void* _memory;

        public AlignedCopy(byte* source, int length)
        {
            _memory = NativeMemory.AlignedAlloc((nuint)length, HostBuffer.Alignment);
            Buffer.MemoryCopy(source, _memory, length, length);
        }

        ~AlignedCopy() => Free();

        public byte* Pointer => (byte*)_memory;

        public void Dispose()
        {
            Free();
            GC.SuppressFinalize(this);
        }

        private void Free()
        {
            NativeMemory.AlignedFree(_memory);
            _memory = null;
        }
    }
}
