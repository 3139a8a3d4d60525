namespace EdgeAI.Cli.Pages;

/// <summary>A colour per device, the same in pictures and tables.</summary>
internal static class DeviceColours
{
    private static readonly string[] Others = ["#a56cc1", "#c0566b", "#4aa3a2", "#8a7f4a", "#5b6ee1"];

    public static string Of(string device) => device switch
    {
        "cpu" => "#8795a8",
        "npu" => "#2f9e6e",
        "dsp" => "#d9902f",
        _ => Others[device.Sum(letter => letter) % Others.Length],
    };
}
