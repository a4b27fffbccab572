using MudBlazor;

namespace VmPowerManager.Components;

/// <summary>The one theme, and how a browser wants it: two cookies that live.js keeps. Contrast AA on both grounds.</summary>
/// <param name="Choice"><c>light</c>, <c>dark</c> or <c>system</c>.</param>
/// <param name="Dark">What that comes to, as far as the server knows.</param>
public sealed record Look(string Choice, bool Dark)
{
    public const string ChoiceCookie = "vmpm-theme";
    public const string SystemDarkCookie = "vmpm-system-dark";

    public static MudTheme Theme { get; } =
        new()
        {
            PaletteLight = new PaletteLight
            {
                Primary = "#1f5fbf",
                Secondary = "#4a5a6e",
                Success = "#17713a",
                Warning = "#8a5200",
                Error = "#b3211c",
                Info = "#0b5cad",
                TextPrimary = "#17202b",
                TextSecondary = "#4d5b6c",
                Background = "#f3f5f8",
                Surface = "#ffffff",
                AppbarBackground = "#ffffff",
                AppbarText = "#17202b",
                DrawerBackground = "#ffffff",
                DrawerText = "#2b3846",
                DrawerIcon = "#4d5b6c",
                ActionDefault = "#4d5b6c",
                LinesDefault = "#d5dce4",
                LinesInputs = "#7c8998",
                TableLines = "#e1e6ec",
                Divider = "#d5dce4",
            },
            PaletteDark = new PaletteDark
            {
                Primary = "#86b7ff",
                PrimaryContrastText = "#0c1420",
                Secondary = "#a9b7c6",
                Success = "#66d597",
                SuccessContrastText = "#06140c",
                Warning = "#ffbe5c",
                WarningContrastText = "#1c1200",
                Error = "#ff8f86",
                ErrorContrastText = "#240504",
                Info = "#7cc4ff",
                InfoContrastText = "#04121e",
                TextPrimary = "#e8edf3",
                TextSecondary = "#a7b4c2",
                TextDisabled = "#7d8a98",
                Background = "#0e1318",
                Surface = "#171e26",
                AppbarBackground = "#12181f",
                AppbarText = "#e8edf3",
                DrawerBackground = "#12181f",
                DrawerText = "#cbd5df",
                DrawerIcon = "#a7b4c2",
                ActionDefault = "#a7b4c2",
                LinesDefault = "#2c3743",
                LinesInputs = "#718092",
                TableLines = "#26313c",
                Divider = "#2c3743",
            },
            LayoutProperties = new LayoutProperties
            {
                DefaultBorderRadius = "8px",
                AppbarHeight = "56px",
                DrawerWidthLeft = "220px",
            },
            Typography = new Typography
            {
                Default = new DefaultTypography
                {
                    FontFamily =
                    [
                        "Inter",
                        "system-ui",
                        "-apple-system",
                        "Segoe UI",
                        "Roboto",
                        "Noto Sans",
                        "DejaVu Sans",
                        "sans-serif",
                    ],
                    FontSize = "0.9rem",
                },
                H4 = new H4Typography
                {
                    FontSize = "1.6rem",
                    FontWeight = "650",
                    LineHeight = "1.2",
                },
                H5 = new H5Typography
                {
                    FontSize = "1.25rem",
                    FontWeight = "650",
                    LineHeight = "1.3",
                },
                H6 = new H6Typography
                {
                    FontSize = "1.05rem",
                    FontWeight = "650",
                    LineHeight = "1.35",
                },
                Button = new ButtonTypography { TextTransform = "none", FontWeight = "600" },
            },
        };

    public static Look Of(HttpContext? http)
    {
        var choice = http?.Request.Cookies[ChoiceCookie] is "light" or "dark"
            ? http.Request.Cookies[ChoiceCookie]!
            : "system"; // not null: just matched
        return new Look(
            choice,
            choice == "dark" || (choice == "system" && http?.Request.Cookies[SystemDarkCookie] == "1")
        );
    }
}
