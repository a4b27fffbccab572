using Microsoft.Extensions.Localization;
using MudBlazor;

namespace VmPowerManager.Components;

/// <summary>The few texts that MudBlazor's own components say, such as the name of a close button. They are in the language
/// files under MudBlazor's keys; English is its own.</summary>
internal sealed class MudTexts(IStringLocalizer<Strings> l) : MudLocalizer
{
    public override LocalizedString this[string key] => l[key];

    public override LocalizedString this[string key, params object[] arguments] => l[key, arguments];
}
