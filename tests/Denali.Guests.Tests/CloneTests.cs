// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel;
using Denali.Kernel.Memory;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>VMs that are made of one that had booted: each is another one, and there are more than slots.</summary>
public sealed class CloneTests
{
    private const ushort Port = 7000;

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(60)).Token;

    [Fact]
    public async Task Clones_OfOneTemplate_DifferInWhatMustDiffer()
    {
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        using LoadedImage template = host.MakeTemplate("twin");
        GuestMachine[] clones = [.. Enumerable.Range(0, 8).Select(_ => host.Clone(template))];

        var answers = new List<Answer>();
        foreach (GuestMachine clone in clones)
        {
            Answer answer = await AskAsync(host, network, clone);
            Assert.Equal((clone.Id, 1u, 1u), (answer.Id, answer.Count, answer.IsWhole));
            answers.Add(answer);
            answers.Add(await AskAsync(host, network, clone));
        }

        Assert.Equal(answers.Count, answers.Select(answer => answer.Random).Distinct().Count());
        double now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
        Assert.All(answers, answer => Assert.InRange(answer.WallNs / 1e9, now - 60, now + 1));
        Assert.Equal(0u, host.Kernel.SlotUsage.ParkedBytes);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Clones_MoreThanSlots_AnswerAndRememberThroughParking(int slots)
    {
        const int Clones = 40;
        const int Rounds = 4;
        using var host = new GuestHost(slotLimit: slots);
        using var network = new HostNetwork(host.Kernel);
        using LoadedImage template = host.MakeTemplate("twin");
        GuestMachine[] clones = [.. Enumerable.Range(0, Clones).Select(_ => host.Clone(template))];
        Assert.True(host.Kernel.SlotUsage.Slots <= slots);

        for (uint round = 1; round <= Rounds; round++)
        {
            await Parallel.ForEachAsync(
                clones,
                new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Patience },
                async (clone, _) =>
                {
                    Answer answer = await AskAsync(host, network, clone);
                    Assert.Equal((clone.Id, round, 1u), (answer.Id, answer.Count, answer.IsWhole));
                });
        }

        SlotUsage usage = host.Kernel.SlotUsage;
        Assert.True(usage.Slots <= slots);
        Assert.True(usage.Parks >= Clones * (Rounds - 1), $"{usage}");
    }

    [Fact]
    public void CreateTemplate_GuestThatEndsBefore_SaysWhatItPrinted()
    {
        using var host = new GuestHost();

        AggregateException e = Assert.Throws<AggregateException>(() => host.MakeTemplate("echo", "no port"));

        Assert.Equal(
            "the guest did not become ready, so it cannot be a template: it terminated with code 2; "
            + "it printed: usage: echo [PORT]",
            Assert.IsType<KernelException>(e.InnerException).Message);
    }

    private static async Task<Answer> AskAsync(GuestHost host, HostNetwork network, GuestMachine clone)
    {
        var address = new IpEndpoint(host.Kernel.Switch.AddressOf(clone.Id), Port);
        await using HostStream stream = await network.ConnectAsync(address, Patience);
        using var reader = new StreamReader(stream);
        string line = await reader.ReadToEndAsync(Patience);
        ulong[] values = [.. line.Trim().Split(' ').Select(pair => ulong.Parse(
            pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..],
            System.Globalization.CultureInfo.InvariantCulture))];
        return new Answer(values[0], (uint)values[1], (uint)values[2], values[3], values[4]);
    }

    private sealed record Answer(ulong Id, uint Count, uint IsWhole, ulong Random, ulong WallNs);
}
