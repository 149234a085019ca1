// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Denali.Control.Sites;
using Denali.Sites.Tests.Support;
using Xunit;

namespace Denali.Sites.Tests.Load;

/// <summary>VMs that break under load: their own visitors see it, and nobody else does.</summary>
public sealed class FailureTests(ITestOutputHelper output)
{
    // A busy machine moves the p99 of a quiet site by itself; waiting for a VM to be started again moves it far more.
    private const int FactorMax = 10;

    private static readonly TimeSpan s_floor = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_phase = TimeSpan.FromSeconds(4);

    [Fact]
    [Trait("Speed", "Slow")]
    public void Vm_KilledUnderLoad_IsStartedAgain_AndOthersNoticeNothing() =>
        AssertOthersNoticeNothing("web", lab => lab.Kill("victim"));

    [Theory]
    [InlineData("/fault")]
    [InlineData("/memory")]
    [Trait("Speed", "Slow")]
    public void Vm_BreaksUnderLoad_IsStartedAgain_AndOthersNoticeNothing(string path) =>
        AssertOthersNoticeNothing("fragile", lab => lab.Ask("victim", path));

    private void AssertOthersNoticeNothing(string guest, Action<SiteLab> end)
    {
        using var lab = new SiteLab(guest);

        // What the guest that breaks always answers.
        byte[] content = [.. Enumerable.Range(0, 20_000).Select(i => unchecked((byte)(i * 7)))];
        lab.Set("victim", ("file.bin", content));
        lab.Set("other", ("file.bin", content));
        _ = lab.Events.WaitFor(SiteState.Ready, 2);

        using var victims = new SiteLoad(lab.Ingress, "victim", "/file.bin", content, 3);
        using var others = new SiteLoad(lab.Ingress, "other", "/file.bin", content, 2);
        Wait(s_warmUp);
        _ = others.TakeP99();
        Wait(s_phase);
        TimeSpan before = others.TakeP99();
        long start = Stopwatch.GetTimestamp();
        int ends = 0;
        while (Stopwatch.GetElapsedTime(start) < s_phase)
        {
            end(lab);
            ends++;
            _ = lab.Events.WaitFor(SiteState.Failed, ends);
            _ = lab.Events.WaitFor(SiteState.Ready, 2 + ends);
        }

        TimeSpan during = others.TakeP99();
        victims.Dispose();
        others.Dispose();

        output.WriteLine($"{ends} ends; p99 of the other site {before} before, {during} during; "
            + string.Join(", ", victims.Statuses.Select(status => $"{status.Key}: {status.Value}")));
        Assert.True(victims.IsExplained && victims.Statuses[200] > 0);
        Assert.Equal([200], others.Statuses.Keys);
        Assert.Equal(0, others.WrongCount);
        Assert.Equal(ends + 1, lab.Sites.Find("victim")!.StartCount);
        Assert.Equal(1, lab.Sites.Find("other")!.StartCount);
        Assert.True(
            during < s_floor || during < before * FactorMax, $"p99 of the other site was {before}, then {during}");
    }

    // Time has to pass for load to be measured; nothing else is waited for.
    private static void Wait(TimeSpan time) => new ManualResetEventSlim().Wait(time);
}
