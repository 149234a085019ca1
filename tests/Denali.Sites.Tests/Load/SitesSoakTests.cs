// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using Denali.Control.Sites;
using Denali.Guests.Tests;
using Denali.Sites.Tests.Support;
using Xunit;

namespace Denali.Sites.Tests.Load;

/// <summary>
/// Many sites under mixed load, with VMs that are killed, sites that come and go with the sites file and change, and
/// slow visitors: no byte is wrong, and memory does not grow.
/// </summary>
/// <remarks><c>DENALI_SOAK_SECONDS</c> says how long, <c>DENALI_SEED</c> repeats the choices of a run.</remarks>
public sealed class SitesSoakTests(ITestOutputHelper output)
{
    private const int Loads = 6;
    private const long GrowthMax = 400L << 20;

    [Fact]
    [Trait("Speed", "Slow")]
    public void MixedLoad_ForAShortWhile_HasNoWrongByte() => Run(TimeSpan.FromSeconds(8), 8);

    [Fact]
    [Trait("Speed", "Soak")]
    public void MixedLoad_ForLong_HasNoWrongByteAndKeepsItsMemory() => Run(TestSettings.SoakTime, 50);

    private void Run(TimeSpan time, int siteCount)
    {
        using var lab = new SiteLab();
        var random = new Random(TestSettings.FirstSeed);
        output.WriteLine($"seed {TestSettings.FirstSeed}");
        byte[][] contents = [.. Enumerable.Range(0, siteCount).Select(i => Bytes(i))];
        for (int i = 0; i < siteCount; i++)
        {
            lab.List($"s{i}", ("file.bin", contents[i]));
        }

        List<string> warnings = [];
        lab.FollowFile(warnings.Add);
        _ = lab.Events.WaitFor(SiteState.Ready, siteCount);
        List<SiteLoad> loads =
        [
            .. Enumerable.Range(0, Loads).Select(i =>
                new SiteLoad(lab.Ingress, $"s{i % siteCount}", "/file.bin", contents[i % siteCount], 1)),
        ];
        using Crowd slow = Crowd.Connect(lab.Ingress, 100);
        long start = Stopwatch.GetTimestamp();
        HashSet<int> gone = [];
        long warm = 0;
        int steps = 0;
        var pause = new ManualResetEventSlim();
        while (Stopwatch.GetElapsedTime(start) < time)
        {
            Step(lab, random, slow, gone, contents);
            pause.Wait(200);
            steps++;
            warm = warm == 0 && Stopwatch.GetElapsedTime(start) > time / 4 ? Environment.WorkingSet : warm;
        }

        long now = Environment.WorkingSet;
        loads.ForEach(load => load.Dispose());
        output.WriteLine($"{steps} steps, {warm >> 20} MiB after a quarter, {now >> 20} MiB at the end; "
            + string.Join("; ", loads.Select(load =>
                string.Join(", ", load.Statuses.Select(status => $"{status.Key}: {status.Value}")))));

        // A site that is gone for a moment is 404.
        Assert.All(loads, load => Assert.Equal(0, load.WrongCount));
        Assert.All(loads, load => Assert.All(
            load.Statuses.Keys, status => Assert.Contains(status, new[] { 0, 200, 404, 502, 503 })));
        Assert.All(loads, load => Assert.True(load.Statuses[200] > 0));
        Assert.Empty(warnings);
        Assert.True(now < warm + GrowthMax, $"memory was {warm >> 20} MiB, and is {now >> 20} MiB");
    }

    private static void Step(SiteLab lab, Random random, Crowd slow, HashSet<int> gone, byte[][] contents)
    {
        int site = random.Next(contents.Length);
        switch (random.Next(6))
        {
            case 0:
                lab.Kill($"s{site}");
                break;
            case 1 when gone.Count == 0:
                lab.Unlist($"s{site}");
                _ = gone.Add(site);
                break;
            case 1 or 2 when gone.Count > 0:
                int back = gone.First();
                lab.List($"s{back}", ("file.bin", contents[back]));
                _ = gone.Remove(back);
                break;
            case 2:
                lab.List($"s{site}", ("file.bin", contents[site]), ("more.bin", Bytes(random.Next())));
                break;
            default:
                slow.SendAll(random.Next(2) == 0 ? "G" : $"ET /file.bin HTTP/1.1\r\nHost: s{site}\r\n\r\n");
                break;
        }
    }

    private static byte[] Bytes(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[random.Next(random.Next(300_000))];
        random.NextBytes(bytes);
        return bytes;
    }
}
