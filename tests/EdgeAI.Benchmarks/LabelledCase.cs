using EdgeAI.Cli;
using EdgeAI.Hal;
using EdgeAI.Testing;

namespace EdgeAI.Benchmarks;

/// <summary>An input, and whether an answer to it is right; the float model's answer is there for what has no label.</summary>
internal sealed record LabelledInput(EdgeTensor Feed, Func<ModelResult, ModelResult, bool> IsRight);

/// <summary>A network of others with the inputs that are at hand for it.</summary>
/// <param name="File">Below models/.</param>
/// <param name="Figure">What is counted.</param>
/// <param name="Calibration">Inputs for calibration, none of which is tested on.</param>
/// <param name="Tests">Inputs for the test.</param>
internal sealed record LabelledCase(string File, string Figure, Func<TensorSpec, IEnumerable<EdgeTensor>> Calibration, Func<TensorSpec, IEnumerable<LabelledInput>> Tests)
{
    private const int CalibrationDigits = 200;
    private const float LeastFaceScore = 0.7f;
    private const float FaceOverlap = 0.3f;

    private static readonly SampleSettings ByteRange = new(1, [], [], false, 16000, int.MaxValue);
    private static readonly SampleSettings UnitRange = ByteRange with { Divisor = 255 };
    private static readonly SampleSettings SignedRange = ByteRange with { Mean = [127], Deviation = [128] };

    /// <summary>Photographs with what is in them: persons that fill much of the picture, and faces.</summary>
    private static readonly (string File, bool HasPerson, int Faces)[] Pictures =
    [
        ("astronaut.png", true, 1), ("grace_hopper.bmp", true, 1), ("face.jpg", true, 4), ("cat_720p.jpg", false, 0), ("banana.jpg", false, 0),
        ("owl.jpg", false, 0), ("sunflower.bmp", false, 0), ("tomato.jpg", false, 0), ("yolox_dog.jpg", false, 0),
    ];

    public static IReadOnlyList<LabelledCase> All { get; } =
    [
        new("cls/mnist_cntk.onnx", "digits right", Digits, LabelledDigits),
        new("cls/mnist_cnn_pytorch.onnx", "digits right", Digits, LabelledDigits),
        new("cls/mlperf_tiny_vww_mobilenetv1_fp32.onnx", "person or none, right", input => Mirrored(input, UnitRange), input => Photographs(input, UnitRange, (picture, found, _) => Best(found) == (picture.HasPerson ? 1 : 0))),
        new("cls/mlperf_tiny_resnet8_fp32.onnx", "class of the float model", input => Mirrored(input, ByteRange), input => Photographs(input, ByteRange, (_, found, real) => Best(found) == Best(real))),
        new("det/ultraface_rfb320.onnx", "pictures with as many faces found as there are", input => Mirrored(input, SignedRange), input => Photographs(input, SignedRange, (picture, found, _) => Faces(found) == picture.Faces)),
    ];

    public string Name => Path.GetFileNameWithoutExtension(File);

    public string FloatPath => SharedData.Path(["models", .. File.Split('/')]);

    private static IEnumerable<EdgeTensor> Digits(TensorSpec input) => LabelledDigits().Take(CalibrationDigits).Select(digit => digit.Feed);

    private static IEnumerable<LabelledInput> LabelledDigits(TensorSpec input) => LabelledDigits().Skip(CalibrationDigits);

    private static IEnumerable<LabelledInput> LabelledDigits() =>
        MnistFile.Read().Select(digit => new LabelledInput(EdgeTensor.Of<float>(digit.Pixels, 1, 1, MnistFile.Side, MnistFile.Side), (found, _) => Best(found) == digit.Label));

    private static IEnumerable<LabelledInput> Photographs(TensorSpec input, SampleSettings settings, Func<(string File, bool HasPerson, int Faces), ModelResult, ModelResult, bool> isRight) =>
        Pictures.Select(picture => new LabelledInput(Photograph(input, settings, picture.File), (found, real) => isRight(picture, found, real)));

    /// <summary>Left and right changed, as nothing else is at hand that looks like the test.</summary>
    private static IEnumerable<EdgeTensor> Mirrored(TensorSpec input, SampleSettings settings) => Pictures.Select(picture => Mirrored(Photograph(input, settings, picture.File)));

    private static EdgeTensor Mirrored(EdgeTensor picture)
    {
        var elements = picture.AsSpan<float>().ToArray();
        var width = (int)picture.Shape[3].Value;
        for (var row = 0; row < elements.Length; row += width)
        {
            elements.AsSpan(row, width).Reverse();
        }

        return EdgeTensor.Of<float>(elements, picture.Shape.ToArray());
    }

    private static EdgeTensor Photograph(TensorSpec input, SampleSettings settings, string file) => PictureFile.Read(input, SharedData.Path("inputs", "images", file), settings);

    private static int Best(ModelResult result)
    {
        var scores = result[0].AsSpan<float>();
        return scores.IndexOf(scores.ToArray().Max());
    }

    /// <summary>Of outputs scores [1,n,2] and boxes [1,n,4].</summary>
    private static int Faces(ModelResult result)
    {
        var (scores, boxes) = (result["scores"].AsSpan<float>().ToArray(), result["boxes"].AsSpan<float>().ToArray());
        var sure = Enumerable.Range(0, scores.Length / 2).Where(i => scores[(2 * i) + 1] >= LeastFaceScore)
            .Select(i => new DetectionBox(1, boxes[4 * i], boxes[(4 * i) + 1], boxes[(4 * i) + 2], boxes[(4 * i) + 3], scores[(2 * i) + 1]));
        return DetectionAccuracy.Suppress(sure, FaceOverlap).Count;
    }
}
