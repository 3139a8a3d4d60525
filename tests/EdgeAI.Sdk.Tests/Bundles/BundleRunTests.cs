using EdgeAI.Hal;
using EdgeAI.Runtime;
using EdgeAI.Sdk.Tests.Api;

namespace EdgeAI.Sdk.Tests.Bundles;

/// <summary>Models that were compiled before: they give the same answers, and what the verifier refuses does not reach ONNX Runtime.</summary>
public sealed class BundleRunTests : ApiFixture
{
    private static readonly float[] A = [1, -2, 3, -4, 5, -6];

    [Test]
    public void Load_SavedModel_RunsWithoutCompilerToTheSameAnswers()
    {
        using var model = Load(AddRelu());
        var path = Save(model);
        var stages = 0;
        using var loaded = Runtime.Load(path, LoadOptions.Default with { OnStage = (_, _) => stages++ });
        Assert.Multiple(() =>
        {
            Assert.That(Answers(loaded), Is.EqualTo(Answers(model)));
            Assert.That(stages, Is.Zero, "stages of the compiler");
            Assert.That(loaded.Inputs, Is.EqualTo(model.Inputs));
            Assert.That(loaded.Plan.Explain(), Is.EqualTo(model.Plan.Explain()));
        });
    }

    [Test]
    public void Load_BundleOfSymbolicModel_RunsItsShapesAndNamesThemForOthers()
    {
        using var model = Runtime.Load(FileOf(DoubleBatch()), LoadOptions.Default with { Dimensions = LoadOptions.Default.Dimensions.Add("batch", 2) });
        using var loaded = Runtime.Load(Save(model));
        Assert.That(loaded.Run<float>(A).AsSpan<float>().ToArray(), Is.EqualTo(A.Select(x => 2 * x)));
        Assert.That(() => loaded.Run<float>(A.AsSpan(0, 3)), Throws.TypeOf<TensorMismatchException>().With.Message.Contains("was compiled for x[2,3]; it is fed with x[1,3]"));
    }

    [Test]
    public void Save_OfALoadedBundle_GivesTheSameBytes()
    {
        using var model = Load(AddRelu());
        var path = Save(model);
        using var loaded = Runtime.Load(path);
        loaded.Save(path + ".again");
        Assert.That(File.ReadAllBytes(path + ".again"), Is.EqualTo(File.ReadAllBytes(path)));
    }

    [Test]
    public void Load_TruncatedFile_NamesTheFile()
    {
        using var model = Load(AddRelu());
        var path = Save(model);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..100]);
        Assert.That(() => Runtime.Load(path), Throws.TypeOf<ExecutableFormatException>().With.Message.StartsWith(path).And.Message.Contains("truncated"));
    }

    [Test]
    public void Load_CodeWithAnUnguardedDivision_IsRefusedBeforeOnnxRuntimeSeesIt()
    {
        var evil = new TinyOnnx().Input("a", DataType.Int32, 2, 3).Input("b", DataType.Int32, 2, 3).Output("y", DataType.Int32, 2, 3).Node("Div", "a b", "y").Build();
        Refused(Swap(evil, DataType.Int32), "lacks guards");
    }

    [Test]
    public void Load_BundleOfAGuardedDivision_DividesAsTheTypeDoes()
    {
        using var model = Load(new TinyOnnx().Input("a", DataType.Int32, 2).Input("b", DataType.Int32, 2).Output("y", DataType.Int32, 2).Node("Div", "a b", "y").Build());
        using var loaded = Runtime.Load(Save(model));
        var found = loaded.Run([EdgeTensor.Of<int>([int.MinValue, 7], 2), EdgeTensor.Of<int>([-1, 2], 2)])[0];
        Assert.That(found.AsSpan<int>().ToArray(), Is.EqualTo(new[] { int.MinValue, 3 }));
    }

    [Test]
    public void Load_CodeWithACycle_IsRefused()
    {
        var evil = new TinyOnnx().Input("a", DataType.Float32, 2, 3).Input("b", DataType.Float32, 2, 3).Output("y", DataType.Float32, 2, 3)
            .Node("Add", "a z", "y").Node("Add", "y b", "z").Build();
        Refused(Swap(evil, DataType.Float32), "its ONNX code is refused");
    }

    [Test]
    public void Load_CodeWithFilesBesideIt_IsRefused()
    {
        var evil = new TinyOnnx().Input("a", DataType.Float32, 2, 3).Input("b", DataType.Float32, 2, 3).Output("y", DataType.Float32, 2, 3)
            .External("w", DataType.Float32, [2, 3], "/etc/hostname", 0, 24).Node("Add", "a w", "y").Build();
        Refused(Swap(evil, DataType.Float32), "read from memory");
    }

    [Test]
    public void Load_ConstantOfAnotherSize_IsRefused()
    {
        using var model = Load(AddRelu());
        var plan = model.Plan;
        var executable = plan.Executables[0] with { Executable = plan.Executables[0].Executable with { Constants = [new ConstantBlob("a", new byte[5])] } };
        Refused(plan with { Executables = [executable] }, "constant 'a' has 5 bytes");
    }

    [Test]
    public void Load_ConstantOfASizeBeyondAllNumbers_IsRefused()
    {
        var evil = new TinyOnnx().Input("a", DataType.Float32, 2, 3).Input("b", DataType.Float32, 2, 3).Input("w", DataType.Float32, 1L << 40, 1L << 40).Output("y", DataType.Float32, 2, 3)
            .Node("Add", "a b", "y").Build();
        var plan = Swap(evil, DataType.Float32);
        Refused(plan with { Executables = [plan.Executables[0] with { Executable = plan.Executables[0].Executable with { Constants = [new ConstantBlob("w", new byte[5])] } }] }, "constant 'w' has 5 bytes");
    }

    [Test]
    public void Load_SignatureWithAnInputTwice_IsRefused()
    {
        using var model = Load(AddRelu());
        var executable = model.Plan.Executables[0];
        var inputs = executable.Executable.Signature.Inputs;
        var doubled = executable.Executable.Signature with { Inputs = [inputs[0], inputs[0]] };
        Refused(model.Plan with { Executables = [executable with { Executable = executable.Executable with { Signature = doubled } }] }, "has an input twice");
    }

    [Test]
    public void Load_PlanThatAsksForMoreThanTheLimit_IsRefused()
    {
        using var model = Load(AddRelu());
        Assert.That(() => Runtime.Load(Bundle(model.Plan), LoadOptions.Default with { MaxPlanBytes = 16 }), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains("MaxPlanBytes"));
    }

    [Test]
    public void Load_BytesMutatedAndSealedAgain_GivesAnAnswerOrATypedError([Values(11, 12)] int seed)
    {
        using var model = Load(AddRelu());
        var bytes = BundleFormatTests.Bytes(Bundle(model.Plan));
        var (refused, _) = SealedMutations.Try(Runtime, bytes, seed, 300, loaded => Answers(loaded));
        Assert.That(refused, Is.GreaterThan(0));
    }

    private static float[] Answers(EdgeModel model) =>
        model.Run([EdgeTensor.Of<float>(A, 2, 3), EdgeTensor.Of<float>(A, 2, 3)]).AsSpan<float>().ToArray();

    private static string Save(EdgeModel model)
    {
        var path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{Guid.NewGuid():N}{PlanBundle.Extension}");
        model.Save(path);
        return path;
    }

    /// <summary>The plan of y = Relu(a + b) with other code for it.</summary>
    private Plan Swap(byte[] code, DataType type)
    {
        using var model = Load(AddRelu());
        var plan = model.Plan;
        var executable = plan.Executables[0].Executable;
        TensorSpec Typed(TensorSpec spec) => spec with { Type = type };
        var signature = new ExecutableSignature([.. executable.Signature.Inputs.Select(Typed)], [.. executable.Signature.Outputs.Select(Typed)]);
        return plan with
        {
            Tensors = [.. plan.Tensors.Select(tensor => tensor with { Spec = Typed(tensor.Spec) })],
            Executables = [plan.Executables[0] with { Executable = executable with { Code = code, Signature = signature, Constants = [] } }],
        };
    }

    private PlanBundle Bundle(Plan plan)
    {
        var inputs = plan.Inputs.Select(index => plan.Tensors[index].Spec);
        var outputs = plan.Outputs.Select(index => plan.Tensors[index].Spec);
        return new PlanBundle(new BundleKey(BundleKey.ThisLibrary, BundleKey.DevicesOf(Runtime.Devices), [], []), [.. inputs], [.. outputs], plan);
    }

    private void Refused(Plan plan, string part) =>
        Assert.That(() => Runtime.Load(PlanBundle.Read(BundleFormatTests.Bytes(Bundle(plan)))), Throws.TypeOf<ExecutableFormatException>().With.Message.Contains(part));
}
