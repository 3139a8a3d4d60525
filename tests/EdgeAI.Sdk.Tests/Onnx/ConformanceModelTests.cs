using System.Diagnostics;
using EdgeAI.Onnx;

namespace EdgeAI.Sdk.Tests.Onnx;

/// <summary>Every model of ONNX's own backend tests: all operators, types and odd forms, each in a file of a few hundred bytes.</summary>
public sealed class ConformanceModelTests
{
    private string _folder = "";

    [OneTimeSetUp]
    public void Unpack()
    {
        var archive = SharedData.Path("conformance", "onnx-node-simple-light-1.23dev.tar.xz");
        _folder = Directory.CreateTempSubdirectory("edgeai-conformance").FullName;
        try
        {
            using var tar = Process.Start(new ProcessStartInfo("tar", ["-xJf", archive, "-C", _folder, "--wildcards", "*/model.onnx", "*/light/*.onnx"]) { RedirectStandardError = true })!;
            var error = tar.StandardError.ReadToEnd();
            tar.WaitForExit();
            if (tar.ExitCode != 0)
            {
                Assert.Ignore($"'tar -xJ' cannot unpack the conformance models here: {error}");
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("there is no 'tar' here to unpack the conformance models");
        }
    }

    [OneTimeTearDown]
    public void Delete()
    {
        if (_folder.Length > 0)
        {
            Directory.Delete(_folder, true);
        }
    }

    [Test]
    public void Read_EveryConformanceModel_IsWrittenWithoutLossAndStably()
    {
        var files = Directory.GetFiles(_folder, "*.onnx", SearchOption.AllDirectories);
        Assert.That(files, Has.Length.GreaterThan(1800));
        foreach (var file in files)
        {
            var model = OnnxReader.Read(file);
            var written = OnnxWriter.ToBytes(model);
            var again = OnnxReader.Read(written, name: file);
            ModelComparer.AssertEqual(again, model, file);
            Assert.That(OnnxWriter.ToBytes(again).AsSpan().SequenceEqual(written), file);
        }
    }
}
