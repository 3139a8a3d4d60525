using static EdgeAI.Sdk.Tests.Functions.FunctionModel;

namespace EdgeAI.Sdk.Tests.Functions;

/// <summary>Models with functions that ONNX Runtime takes as they are.</summary>
internal static class FunctionModels
{
    private const int FloatKind = 1;
    private const int IntKind = 2;

    public static FunctionModel Nested()
    {
        var model = new FunctionModel();
        model.Function("AddOne", "x", (body, x) => [body.Node("Add", "", x[0], body.Node("Constant", "value_float=1.0"))]);
        model.Function("Twice", "x", (body, x) => [body.Node("local/AddOne", "", body.Node("local/AddOne", "", x[0]))]);
        model.Main.Output(model.Main.Node("local/Twice", "", model.Main.Input("f32[2]")));
        return model;
    }

    public static FunctionModel AttributesGivenAndByDefault()
    {
        var model = new FunctionModel();
        model.Function("Leaky", "x", (body, x) => [Node(body, "LeakyRelu", With("alpha", Reference("slope", FloatKind)), x[0])], "slope=0.25");
        var input = model.Main.Input("f32[2,3]");
        model.Main.Output(model.Main.Node("local/Leaky", "slope=0.75", input));
        model.Main.Output(model.Main.Node("local/Leaky", "", input));
        return model;
    }

    /// <summary>What neither call nor defaults give is left out, so that the operator's own default holds.</summary>
    public static FunctionModel AttributeThatNobodyGives()
    {
        var model = new FunctionModel();
        model.Function("Leaky", "x", (body, x) => [Node(body, "LeakyRelu", With("alpha", Reference("slope", FloatKind)), x[0])], "slope");
        model.Main.Output(model.Main.Node("local/Leaky", "", model.Main.Input("f32[2,3]")));
        return model;
    }

    public static FunctionModel AttributePassedOn()
    {
        var model = new FunctionModel();
        model.Function("Inner", "x", (body, x) => [Node(body, "Softmax", With("axis", Reference("axis", IntKind)), x[0])], "axis=1");
        model.Function("Outer", "x", (body, x) => [Node(body, "local/Inner", With("axis", Reference("along", IntKind)), x[0])], "along=0");
        var input = model.Main.Input("f32[2,3]");
        model.Main.Output(model.Main.Node("local/Outer", "", input));
        model.Main.Output(model.Main.Node("local/Outer", "along=1", input));
        model.Main.Output(model.Main.Node("local/Inner", "", input));
        return model;
    }

    public static FunctionModel OptionalOperandLeftOut()
    {
        var model = new FunctionModel();
        model.Function("Limit", "x low high", (body, x) => [body.Node("Clip", "", x[0], x[1], x[2])]);
        var input = model.Main.Input("f32[2,3]");
        var limit = model.Main.Constant(Hal.Shape.Scalar, 0.5f);
        model.Main.Output(model.Main.Node("local/Limit", "", input, null, limit));
        model.Main.Output(model.Main.Node("local/Limit", "", input, limit));
        return model;
    }

    public static FunctionModel BranchesThatCapture()
    {
        var model = new FunctionModel();
        model.Function("Scale", "x", (body, x) => [body.Node("Mul", "", x[0], body.Node("Constant", "value_float=3.0"))]);
        model.Function("Choose", "x c", (body, x) =>
        {
            var sum = body.Node("Add", "", x[0], x[0]);
            return [If(body, x[1], inner => inner.Node("local/Scale", "", sum), inner => inner.Node("Sub", "", x[0], sum))];
        });
        var (input, condition) = (model.Main.Input("f32[2]"), model.Main.Input("bool[]"));
        model.Main.Output(model.Main.Node("local/Choose", "", input, condition));
        model.Main.Output(model.Main.Node("local/Choose", "", model.Main.Node("Neg", "", input), model.Main.Node("Not", "", condition)));
        return model;
    }

    public static FunctionModel CallInsideABranch()
    {
        var model = new FunctionModel();
        model.Function("Scale", "x", (body, x) => [body.Node("Mul", "", x[0], body.Node("Constant", "value_float=3.0"))]);
        var (input, condition) = (model.Main.Input("f32[2]"), model.Main.Input("bool[]"));
        model.Main.Output(If(model.Main, condition, inner => inner.Node("local/Scale", "", input), inner => inner.Node("Neg", "", input)));
        return model;
    }

    /// <summary>Names that the caller has taken already.</summary>
    public static FunctionModel NamesThatClash()
    {
        var model = new FunctionModel();
        model.Function("Square", "x", (body, x) => [body.Node("Mul", "", x[0], x[0])]);
        var input = model.Main.Input("f32[2]", "Square_1/v0");
        model.Main.Output(model.Main.Node("local/Square", "", model.Main.Node("local/Square", "", input)));
        return model;
    }

    public static FunctionModel AnotherDomainInTheBody()
    {
        var model = new FunctionModel();
        model.Function("Smooth", "x", (body, x) => [body.Node("com.microsoft/QuickGelu", "alpha=1.5", x[0])]);
        var body = model.Model.Functions[0];
        model.Model.Functions[0] = body with { OpsetImports = body.OpsetImports.Add("com.microsoft", 1) };
        model.Main.Output(model.Main.Node("local/Smooth", "", model.Main.Input("f32[2,3]")));
        return model;
    }
}
