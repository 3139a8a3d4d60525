using EdgeAI.Scheduling;

namespace EdgeAI.Sdk.Tests.Scheduling;

[TestFixture]
internal sealed class PlacementValidatorTests
{
    private static readonly PlacementProblem Problem = SmallProblems.Create([[1, SmallProblems.Refused], [5, 1], [1, 9]], SmallProblems.Chain(3));
    private static readonly Placement Right = PlacementSolver.Solve(Problem);

    [Test]
    public void Validate_SolversAnswer_IsLegal() => Assert.That(PlacementValidator.Validate(Problem, Right), Is.Empty);

    [Test]
    public void Validate_RefusedDevice_NamesTheReason() => Complains(Right with { Devices = [1, 1, 0] }, "'op0' is on 'NPU', which refuses it: no op0 here.");

    [Test]
    public void Validate_ItemMissing_Complains() => Complains(Right with { Segments = Right.Segments.RemoveAt(1) }, "every item exactly once");

    [Test]
    public void Validate_WrongOrder_NamesBothItems() => Complains(Right with { Segments = [.. Right.Segments.Reverse()] }, "'op1' runs before 'op0'");

    [Test]
    public void Validate_SplitSegment_Complains() =>
        Complains(Right with { Devices = [0, 0, 0], Segments = [new(0, [0, 1]), new(0, [2])] }, "on the device of the one before it");

    [Test]
    public void Validate_MissingTransfer_NamesTheValue() => Complains(Right with { Transfers = Right.Transfers.RemoveAt(0) }, "Value 'v0' is copied");

    [Test]
    public void Validate_LateTransfer_NamesTheValue() =>
        Complains(Right with { Transfers = [.. Right.Transfers.Select(transfer => transfer with { BeforeSegment = 3 })] }, "reads value 'v0', which is not on 'NPU'");

    [Test]
    public void Validate_WrongCosts_Complains() => Complains(Right with { ItemCost = Right.ItemCost / 2 }, "The additive cost is said to be");

    [Test]
    public void Validate_BoundAboveValue_Complains() =>
        Complains(Right with { Certificate = Right.Certificate with { LowerBound = 99 } }, "The certificate says");

    private static void Complains(Placement placement, string expected) =>
        Assert.That(PlacementValidator.Validate(Problem, placement), Has.Some.Contains(expected));
}
