using EdgeAI.Graph;
using EdgeAI.Onnx.Wire;

namespace EdgeAI.Onnx.Reading;

/// <summary>Reads ModelProto and FunctionProto.</summary>
internal sealed class ModelReader(OnnxReadOptions options, ExternalFiles files)
{
    private const int FirstIrWithFreeInitializers = 4;

    private readonly TypeReader _types = new(options);

    public Model Read(ReadOnlyMemory<byte> message)
    {
        var header = new Model(new ModelGraph("")) { IrVersion = 0 };
        var (graph, functions) = ReadHeader(message, header);
        GC.KeepAlive(message);
        if (graph is not { } bytes)
        {
            throw new ModelFormatException($"{message.Length} bytes without a graph: not an ONNX model, or truncated.");
        }

        if (header.IrVersion < 1)
        {
            throw new ModelFormatException($"ir_version is {header.IrVersion}; expected at least 1: not an ONNX model.");
        }

        // Models before operator sets were named (IR 1, 2) mean the first of them.
        if (header.OpsetImports.Count == 0)
        {
            header.OpsetImports[""] = 1;
        }

        return Build(header, bytes, functions);
    }

    private static (ReadOnlyMemory<byte>? Graph, List<ReadOnlyMemory<byte>> Functions) ReadHeader(ReadOnlyMemory<byte> message, Model header)
    {
        var reader = new ProtoReader(message, "not an ONNX model, or truncated");
        ReadOnlyMemory<byte>? graph = null;
        var functions = new List<ReadOnlyMemory<byte>>();
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case ModelFields.IrVersion: header.IrVersion = reader.Int64(); break;
                case ModelFields.ProducerName: header.ProducerName = reader.Text(); break;
                case ModelFields.ProducerVersion: header.ProducerVersion = reader.Text(); break;
                case ModelFields.Domain: header.Domain = reader.Text(); break;
                case ModelFields.ModelVersion: header.ModelVersion = reader.Int64(); break;
                case ModelFields.DocString: header.DocString = reader.Text(); break;
                case ModelFields.Graph: graph = reader.Bytes(); break;
                case ModelFields.OpsetImport: AddOpset(header.OpsetImports, reader.Bytes()); break;
                case ModelFields.Metadata: header.Metadata.Add(EntryReader.Read(reader.Bytes(), "metadata")); break;
                case ModelFields.Functions: functions.Add(reader.Bytes()); break;
                default: reader.Skip(); break;
            }
        }

        return (graph, functions);
    }

    /// <summary>Nodes mostly stand in order; only where they do not, the model is read again and sorted.</summary>
    private Model Build(Model header, ReadOnlyMemory<byte> graph, List<ReadOnlyMemory<byte>> functions)
    {
        var inOrder = Graphs(header, sort: false);
        return TryBuild(header, graph, functions, inOrder) ?? TryBuild(header, graph, functions, Graphs(header, sort: true))!;
    }

    /// <summary>The model; null where its nodes stand out of order and the reader does not sort them.</summary>
    private static Model? TryBuild(Model header, ReadOnlyMemory<byte> graph, List<ReadOnlyMemory<byte>> functions, GraphReader graphs)
    {
        try
        {
            return Build(header, graph, functions, graphs);
        }
        catch (ModelFormatException error)
        {
            return graphs.ShouldSort ? null : throw graphs.Locate(error);
        }
    }

    private GraphReader Graphs(Model header, bool sort) =>
        new(options, _types, new TensorReader(options, files), header.IrVersion < FirstIrWithFreeInitializers, sort);

    private static Model Build(Model header, ReadOnlyMemory<byte> graph, List<ReadOnlyMemory<byte>> functions, GraphReader graphs)
    {
        var model = new Model(graphs.Read(graph, null))
        {
            IrVersion = header.IrVersion, ProducerName = header.ProducerName, ProducerVersion = header.ProducerVersion,
            Domain = header.Domain, ModelVersion = header.ModelVersion, DocString = header.DocString,
        };
        foreach (var (domain, version) in header.OpsetImports)
        {
            model.OpsetImports[domain] = version;
        }

        foreach (var entry in header.Metadata)
        {
            model.Metadata.Add(entry);
        }

        var names = new HashSet<(string, string, string)>();
        foreach (var function in functions.Select(function => ReadFunction(function, graphs)))
        {
            model.Functions.Add(names.Add((function.Domain, function.Name, function.Overload)) ? function
                : throw new ModelFormatException($"Function '{function.Name}' of domain '{function.Domain}' is defined twice."));
        }

        return model;
    }

    private static ModelFunction ReadFunction(ReadOnlyMemory<byte> message, GraphReader graphs)
    {
        var reader = new ProtoReader(message, "function");
        List<KeyValuePair<string, string>>? metadata = null;
        var (name, domain, overload, docString) = ("", "", "", "");
        var (inputs, outputs, attributes) = (new List<string>(), new List<string>(), new List<string>());
        var (nodes, defaults, infos) = (new List<ReadOnlyMemory<byte>>(), new List<ReadOnlyMemory<byte>>(), new List<ReadOnlyMemory<byte>>());
        var opsets = new SortedDictionary<string, long>(StringComparer.Ordinal);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case FunctionFields.Name: name = reader.Text(); break;
                case FunctionFields.Domain: domain = reader.Text(); break;
                case FunctionFields.Overload: overload = reader.Text(); break;
                case FunctionFields.DocString: docString = reader.Text(); break;
                case FunctionFields.Input: inputs.Add(reader.Text()); break;
                case FunctionFields.Output: outputs.Add(reader.Text()); break;
                case FunctionFields.Attribute: attributes.Add(reader.Text()); break;
                case FunctionFields.Node: nodes.Add(reader.Bytes()); break;
                case FunctionFields.AttributeDefault: defaults.Add(reader.Bytes()); break;
                case FunctionFields.ValueInfo: infos.Add(reader.Bytes()); break;
                case FunctionFields.Metadata: EntryReader.AddTo(ref metadata, reader.Bytes(), "function metadata"); break;
                case FunctionFields.OpsetImport: AddOpset(opsets, reader.Bytes()); break;
                default: reader.Skip(); break;
            }
        }

        var body = graphs.ReadFunctionBody(name, inputs, outputs, nodes, infos);
        body.Metadata = metadata ?? body.Metadata;
        var imports = System.Collections.Immutable.ImmutableSortedDictionary.CreateRange(StringComparer.Ordinal, opsets);
        return new ModelFunction(domain, name, overload, [.. inputs], [.. outputs], [.. attributes], [.. defaults.Select(attribute => graphs.ReadAttribute(attribute, body))], imports, body, docString);
    }

    private static void AddOpset(SortedDictionary<string, long> imports, ReadOnlyMemory<byte> message)
    {
        var reader = new ProtoReader(message, "opset_import");
        var (domain, version) = ("", 0L);
        while (reader.Next())
        {
            switch (reader.Field)
            {
                case OpsetFields.Domain: domain = reader.Text(); break;
                case OpsetFields.Version: version = reader.Int64(); break;
                default: reader.Skip(); break;
            }
        }

        if (version < 1)
        {
            throw reader.Error($"operator set '{domain}' has version {version}; expected at least 1");
        }

        imports[domain is "ai.onnx" ? "" : domain] = version;
    }
}
