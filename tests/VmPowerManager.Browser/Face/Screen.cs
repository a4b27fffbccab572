namespace VmPowerManager.Browser.Face;

/// <summary>What somebody looks at the pages with.</summary>
public sealed record Screen(string Name, int Width, int Height, bool Dark = false)
{
    public static readonly Screen Phone = new("phone", 390, 844);
    public static readonly Screen Laptop = new("laptop", 1280, 800);
    public static readonly Screen Desk = new("desk", 1920, 1080);
    public static readonly Screen Portrait = new("portrait", 1080, 1920);

    public Screen AtNight => this with { Dark = true };

    public override string ToString() => $"{Name}-{(Dark ? "dark" : "light")}";
}
