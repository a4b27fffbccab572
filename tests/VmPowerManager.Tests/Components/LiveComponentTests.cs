using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using VmPowerManager.Components;

namespace VmPowerManager.Tests.Components;

public sealed class LiveComponentTests : ScreenContext
{
    private readonly Live<(int Shown, int Other)> _live = new((1, 1));

    [Fact]
    public void FirstRender_ShowsTheValueAsItIs()
    {
        var card = Render<Card>(p => p.Add(c => c.Source, _live));
        card.MarkupMatches("1");
    }

    [Fact]
    public async Task Change_RendersAtOnce_AndThoseThatFollowTogetherAfterThePause()
    {
        var card = Render<Card>(p => p.Add(c => c.Source, _live));
        _live.Set((2, 1));
        card.WaitForAssertion(() => card.MarkupMatches("2"));
        var renders = card.RenderCount;
        for (var i = 3; i <= 50; i++)
            _live.Set((i, 1));
        Assert.Equal(renders, card.RenderCount);
        await Soon.BecomesTrueAsync(() => Task.FromResult(Advance() && card.Markup == "50"), "the last one is shown");
        Assert.Equal(renders + 1, card.RenderCount);
    }

    [Fact]
    public void OtherPart_RendersNothing()
    {
        var card = Render<Card>(p => p.Add(c => c.Source, _live));
        _live.Set((1, 2));
        _live.Set((2, 2));
        card.WaitForAssertion(() => card.MarkupMatches("2"));
        Assert.Equal(2, card.RenderCount);
    }

    [Fact]
    public async Task Disposed_FollowsNoMore()
    {
        Render<Card>(p => p.Add(c => c.Source, _live));
        Assert.Equal(1, _live.Readers);
        await DisposeComponentsAsync();
        await Soon.BecomesTrueAsync(() => Task.FromResult(_live.Readers == 0), "no reader is left");
    }

    [Fact]
    public async Task Gone_CanBeAskedAfterTheEnd()
    {
        var card = Render<Card>(p => p.Add(c => c.Source, _live)).Instance;
        Assert.False(card.End.IsCancellationRequested);
        await DisposeComponentsAsync();
        Assert.True(card.End.IsCancellationRequested);
    }

    /// <summary>Lets the pause pass; the timer may not be set yet, so it is called until it was.</summary>
    private bool Advance()
    {
        Now.Advance(TimeSpan.FromMilliseconds(100));
        return true;
    }

    private sealed class Card : LiveComponent
    {
        private int _shown;

        [Parameter]
        public Live<(int Shown, int Other)> Source { get; set; } = new((0, 0));

        public CancellationToken End => Gone;

        protected override void OnInitialized() => Watch(Source, value => value.Shown, shown => _shown = shown);

        protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddContent(0, _shown);
    }
}
