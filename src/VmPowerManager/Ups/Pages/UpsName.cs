using Microsoft.Extensions.Localization;

namespace VmPowerManager.Ups.Pages;

/// <summary>A UPS's name as pages show it where no chip says that it is simulated. Pure.</summary>
public static class UpsName
{
    public static string Of(UpsStreamView ups, IStringLocalizer l) =>
        ups.IsSimulated ? l["{0} (simulated)", ups.Name] : ups.Name;
}
