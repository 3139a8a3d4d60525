using System.Text;
using EdgeAI.Hal.Cpu;

namespace EdgeAI.Hal.Tests.Cpu;

public sealed class ProfileTests : CpuFixture
{
    [Test]
    public void Profile_TwoNodes_NamesThemInOrder()
    {
        var input = View(1f, 2f, 3f, 4f);
        var times = Device.Profile(Onnx(AddRelu()), [input, input], runs: 5);
        Assert.Multiple(() =>
        {
            Assert.That(times.Select(time => time.Operator), Is.EqualTo(new[] { "Add", "Relu" }));
            Assert.That(times.Select(time => time.Node), Is.EqualTo(new[] { "Add_sum", "Relu_y" }));
            Assert.That(times.Select(time => time.Count), Is.All.EqualTo(5));
            Assert.That(times.Select(time => time.MeanMicroseconds), Is.All.GreaterThanOrEqualTo(0));
        });
    }

    [Test]
    public void Profile_HeavyNode_TakesTime()
    {
        var x = Device.Allocate(256 * 256 * 4);
        var times = Device.Profile(Onnx(LongChain(2, 256)), [new BufferView(x)], runs: 3);
        Assert.That(times.Select(time => time.LeastMicroseconds), Is.All.GreaterThan(50));
    }

    [Test]
    public void Profile_BadModel_IsRefused() =>
        Assert.That(() => Device.Profile(Onnx([1, 2, 3]), []), Throws.TypeOf<ExecutableFormatException>());

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[{\"cat\":\"Node\",\"name\":\"x_kernel_time\"}]")]
    [TestCase("[{\"cat\":5}]")]
    public void Read_NotAProfile_IsAFault(string text) =>
        Assert.That(() => Profiler.Read(Encoding.UTF8.GetBytes(text), 1, 1), Throws.TypeOf<DeviceFaultException>());
}
