// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Api;
using Denali.Control.Sites;
using Denali.Diagnostics;
using Denali.Kernel;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>Commands over the local socket, on sites whose VMs the test plays.</summary>
public sealed class ApiTests
{
    private static CancellationToken Patience => new CancellationTokenSource(Events.Patience).Token;

    [Fact]
    public async Task Create_ASite_TellsAllAboutItOnceItServes()
    {
        await using ApiLab lab = await ApiLab.StartAsync();

        SiteDetail made = await lab.AddAsync("Docs.localhost");

        Assert.Equal(("docs", SiteState.Ready), (made.Site.Name, made.Site.State));
        Assert.Equal("http://docs/", made.Url);
        Assert.Equal(lab.Content, made.Directory);
        Assert.True(File.Exists(made.Disk));
        Assert.Equal((1UL, "10.1.0.6", 123_456UL), (made.Site.Machine, made.Site.Ipv4, made.Site.MemoryBytes));
        Assert.Equal(("a template", 1_000_000UL, 42UL), (made.Template, made.MemoryLimitBytes, made.Exits));
        Assert.True(made.UptimeSeconds >= 0);

        // A record compares what is in it; the time goes on.
        SiteDetail again = await lab.Client.InspectAsync("docs", Patience);
        Assert.Equal(made, again with { UptimeSeconds = made.UptimeSeconds });
    }

    [Fact]
    public async Task Create_OfASiteThatFails_TellsWhy()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        lab.Host.Refusal = "no room";

        SiteDetail made = await lab.AddAsync("docs");

        Assert.Equal((SiteState.Failed, "no room"), (made.Site.State, made.Site.Message));
        Assert.Null(made.Site.Machine);
    }

    [Theory]
    [InlineData("docs", "there is a site 'docs' already", Refusal.Conflict)]
    [InlineData("bad_name", "'bad_name' is not a host name", Refusal.Invalid)]
    public async Task Create_ThatCannotBe_IsRefused(string name, string part, Refusal refusal)
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        _ = await lab.AddAsync("docs");

        var error = await Assert.ThrowsAsync<ControlException>(() => lab.AddAsync(name));

        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.Equal(refusal, error.Refusal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("relative")]
    [InlineData("/nonexistent/directory")]
    public async Task Create_WithoutADirectoryThatIsThere_IsRefused(string? directory)
    {
        await using ApiLab lab = await ApiLab.StartAsync();

        var error = await Assert.ThrowsAsync<ControlException>(
            () => lab.Client.CreateAsync(new NewSite("docs", directory), Patience));

        Assert.Contains("directory", error.Message, StringComparison.Ordinal);
        Assert.Empty(lab.Control.List(new SiteFilter(), "", 10).Sites);
    }

    [Fact]
    public async Task ParkAndWake_MoveTheVm()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        _ = await lab.AddAsync("docs");

        await lab.Client.ParkAsync("docs", Patience);
        SiteRow parked = (await lab.Client.InspectAsync("docs", Patience)).Site;
        await lab.Client.SwapOutAsync("docs", Patience);
        SiteRow swapped = (await lab.Client.InspectAsync("docs", Patience)).Site;
        await lab.Client.WakeAsync("docs", Patience);
        SiteRow woken = (await lab.Client.InspectAsync("docs", Patience)).Site;

        Assert.Equal((Residence.Parked, 777UL), (parked.Residence, parked.KeptBytes));
        Assert.Equal(Residence.Swapped, swapped.Residence);
        Assert.Equal(Residence.Bound, woken.Residence);
    }

    [Fact]
    public async Task Park_OfAVmWithWork_IsRefused()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        _ = await lab.AddAsync("docs");
        lab.Machines.IsIdle = false;

        var error = await Assert.ThrowsAsync<ControlException>(() => lab.Client.ParkAsync("docs", Patience));

        Assert.Contains("cannot be parked now: it has work", error.Message, StringComparison.Ordinal);
        Assert.Equal(Refusal.Conflict, error.Refusal);
    }

    [Fact]
    public async Task ExplainPages_OfASite_TellsThemAll()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        _ = await lab.AddAsync("docs");
        await lab.Client.ParkAsync("docs", Patience);

        PageList pages = await lab.Client.ExplainPagesAsync("docs", Patience);

        Assert.Equal((Residence.Parked, 777UL), (pages.Residence, pages.KeptBytes));
        Assert.Equal((true, false), (pages.IsKnown, pages.IsWhole));
        PageRow page = Assert.Single(pages.Pages);
        Assert.Equal(("21000", 5, 22, "heap", true),
            (page.Address, page.Bytes, page.CompressedBytes, page.Place, page.HasMore));
        Assert.Equal(new PagePart("a thing", 8), Assert.Single(page.Parts));
    }

    [Fact]
    public async Task ExplainPages_ThatCannotBe_IsRefused()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        _ = await lab.AddAsync("docs");
        lab.Machines.IsIdle = false;

        var busy = await Assert.ThrowsAsync<ControlException>(() => lab.Client.ExplainPagesAsync("docs", Patience));
        var none = await Assert.ThrowsAsync<ControlException>(() => lab.Client.ExplainPagesAsync("dosc", Patience));

        Assert.Equal((Refusal.Conflict, Refusal.NotFound), (busy.Refusal, none.Refusal));
        Assert.Contains("was not looked into", busy.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ExplainPages_ClientHangsUp_IsGivenUp()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        _ = await lab.AddAsync("docs");
        var begun = new TaskCompletionSource();
        var givenUp = new TaskCompletionSource();
        lab.Machines.BeforeExplaining = async cancellation =>
        {
            using CancellationTokenRegistration registration = cancellation.Register(givenUp.SetResult);
            begun.SetResult();
            await givenUp.Task;
            cancellation.ThrowIfCancellationRequested();
        };

        using var hangUp = new CancellationTokenSource();
        Task<PageList> pages = lab.Client.ExplainPagesAsync("docs", hangUp.Token);
        await begun.Task.WaitAsync(Events.Patience, Patience);
        await hangUp.CancelAsync();

        await givenUp.Task.WaitAsync(Events.Patience, Patience);
        _ = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pages);
    }

    [Fact]
    public async Task Kill_EndsTheVm_AndTheSiteStartsAnother()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        _ = await lab.AddAsync("docs");

        await lab.Client.KillAsync("docs", Patience);
        _ = lab.Host.WaitFor(1);
        _ = lab.Events.WaitFor(SiteState.Ready, 2);

        SiteRow site = (await lab.Client.InspectAsync("docs", Patience)).Site;
        Assert.Equal((2UL, 2), (site.Machine, site.Starts));
    }

    [Fact]
    public async Task Kill_OfASiteWithoutAVm_IsRefused()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        lab.Host.Refusal = "no room";
        _ = await lab.AddAsync("docs");

        var error = await Assert.ThrowsAsync<ControlException>(() => lab.Client.KillAsync("docs", Patience));

        Assert.Contains("has no VM now, it is Failed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clone_ServesWhatTheOtherDoes_FromItsVm()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        SiteDetail made = await lab.AddAsync("docs");

        SiteDetail clone = await lab.Client.CloneAsync("docs", "copy", Patience);

        Assert.Equal(("copy", SiteState.Ready, 1_000_001UL), (clone.Site.Name, clone.Site.State, clone.Site.Machine));
        Assert.Equal((made.Directory, made.Disk), (clone.Directory, clone.Disk));

        // When that VM ends, the site is one like any other.
        await lab.Client.KillAsync("copy", Patience);
        Assert.True(lab.Host.WaitFor(2).Id < 1000);
    }

    [Fact]
    public async Task Clone_ThatCannotBe_IsRefused()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        _ = await lab.AddAsync("docs");

        var taken = await Assert.ThrowsAsync<ControlException>(() => lab.Client.CloneAsync("docs", "docs", Patience));
        var none = await Assert.ThrowsAsync<ControlException>(() => lab.Client.CloneAsync("dosc", "a", Patience));
        var wrong = await Assert.ThrowsAsync<ControlException>(() => lab.Client.CloneAsync("docs", "b_d", Patience));

        Assert.Equal(
            (Refusal.Conflict, Refusal.NotFound, Refusal.Invalid), (taken.Refusal, none.Refusal, wrong.Refusal));
        Assert.Equal(1, lab.Host.Count);
    }

    [Fact]
    public async Task Destroy_RemovesSiteAndVm()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        _ = await lab.AddAsync("docs");

        await lab.Client.DestroyAsync("docs", Patience);

        var error = await Assert.ThrowsAsync<ControlException>(() => lab.Client.InspectAsync("docs", Patience));
        Assert.Equal(Refusal.NotFound, error.Refusal);
        Assert.True(lab.Host.Find(1)!.IsAskedToEnd);
        _ = await lab.AddAsync("docs");
    }

    [Fact]
    public async Task Name_ThatIsAlmostRight_IsGuessed()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        foreach (string name in new[] { "docs", "docks", "shop" })
        {
            _ = await lab.AddAsync(name);
        }

        var near = await Assert.ThrowsAsync<ControlException>(() => lab.Client.KillAsync("doks", Patience));
        var far = await Assert.ThrowsAsync<ControlException>(() => lab.Client.KillAsync("elsewhere", Patience));

        Assert.Contains("is it 'docks' or 'docs'?", near.Message, StringComparison.Ordinal);
        Assert.Contains("denali ls shows", far.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_InParts_HasEverySiteOnce()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        string[] names = [.. Enumerable.Range(0, 23).Select(i => $"s{i:00}")];
        await Task.WhenAll(names.Select(lab.AddAsync));
        List<string> found = [];
        string? cursor = "";
        while (cursor is not null)
        {
            SitePage page = await lab.Client.ListAsync(new SiteFilter(), cursor, 5, Patience);
            found.AddRange(page.Sites.Select(site => site.Name));
            cursor = page.Next;
        }

        Assert.Equal(names, found);
    }

    [Fact]
    public async Task List_WithAFilter_HasThoseOnly()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        foreach (string name in new[] { "a1", "a2", "b1" })
        {
            _ = await lab.AddAsync(name);
        }

        lab.Host.Refusal = "no room";
        _ = await lab.AddAsync("a3");
        await lab.Client.ParkAsync("a2", Patience);
        await lab.Client.ParkAsync("b1", Patience);

        Assert.Equal(["a1", "a2", "a3"], await NamesAsync(new SiteFilter("a")));
        Assert.Equal(["a3"], await NamesAsync(new SiteFilter(State: SiteState.Failed)));
        Assert.Equal(["a2"], await NamesAsync(new SiteFilter("a", SiteState.Ready, Residence.Parked)));

        async Task<string[]> NamesAsync(SiteFilter filter) =>
            [.. (await lab.Client.ListAsync(filter, "", 100, Patience)).Sites.Select(site => site.Name)];
    }

    [Fact]
    public async Task Sample_CountsSites()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        _ = await lab.AddAsync("a");
        _ = await lab.AddAsync("b");
        lab.Host.Refusal = "no room";
        _ = await lab.AddAsync("c");

        KernelSample sample = await lab.Client.SampleAsync(Patience);

        Assert.Equal(new SiteCounts(0, 2, 1), sample.Sites);
        Assert.Equal((3, 5, 7UL), (sample.Slots, sample.SlotLimit, sample.Wakes));
        Assert.Equal(Environment.ProcessId, sample.Process);
        Assert.True(sample.ResidentBytes > 0 && sample.ProcessorSeconds > 0);
    }

    [Fact]
    public async Task Clients_AHundredAtOnce_AreAllServed()
    {
        await using ApiLab lab = await ApiLab.StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
        {
            using var client = new ApiClient(lab.SocketPath);
            string name = $"s{i}";
            SiteDetail made = await client.CreateAsync(new NewSite(name, lab.Content), Patience);
            Assert.Equal(name, made.Site.Name);
            await client.ParkAsync(name, Patience);
            Assert.Equal(
                Residence.Parked, (await client.InspectAsync(name, Patience)).Site.Residence);
            if (i % 2 == 0)
            {
                await client.DestroyAsync(name, Patience);
            }
        }));

        SitePage page = await lab.Client.ListAsync(new SiteFilter(), "", 1000, Patience);
        Assert.Equal(50, page.Sites.Count);
        Assert.All(page.Sites, site => Assert.Equal(Residence.Parked, site.Residence));
    }
}
