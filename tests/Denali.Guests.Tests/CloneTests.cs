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
        Assert.Equal(0u, host.Kernel.SlotUsage.ParkedBytes);
    }

    [Fact]
    public async Task Clones_MadeLongAfterTheirTemplate_KnowWhatTimeItIs()
    {
        // More than a clock may be wrong by: one that stood still, or went on from the template's, is found out.
        const double AgeSeconds = 1;
        const double ToleranceSeconds = 0.5;
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        using LoadedImage template = host.MakeTemplate("twin");
        ulong capturedNs = template.Template!.CapturedNs;
        GuestMachine first = host.Clone(template);
        while (host.Kernel.Clock.NowNs - capturedNs < AgeSeconds * 1e9)
        {
            _ = await AskAsync(host, network, first);
        }

        foreach (GuestMachine clone in new[] { host.Clone(template), host.Clone(template), first })
        {
            ulong beforeNs = host.Kernel.Clock.NowNs;
            double before = UnixSeconds();
            Answer answer = await AskAsync(host, network, clone);
            Assert.InRange(answer.WallNs / 1e9, before - ToleranceSeconds, UnixSeconds() + ToleranceSeconds);

            // The clock that never goes back is the kernel's, so the clone's goes on from the template's.
            Assert.InRange(answer.MonotonicNs, beforeNs, host.Kernel.Clock.NowNs);
            Assert.True(answer.MonotonicNs - capturedNs >= AgeSeconds * 1e9);
        }

        static double UnixSeconds() => (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds;
    }

    [Fact]
    public async Task Clones_ThatDial_DoSoFromOtherPortsWithOtherSequenceNumbers()
    {
        const int Dials = 4;
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        using HostListener listener = network.Listen(0);
        using LoadedImage template = host.MakeTemplate("dialer");
        string order = $"tcp {GuestHost.TextOf(host.Kernel.Switch.Addressing.Ipv4Gateway)} {listener.Port}\n";
        string path = Path.GetTempFileName();
        try
        {
            using (host.Kernel.Switch.StartCapture(path))
            {
                // Two of the template, and two of one that has dialled.
                GuestMachine first = host.Clone(template);
                await DialAsync(first);
                await DialAsync(host.Clone(template));
                using LoadedImage captured = await host.Kernel.CaptureAsync(first.Id);
                await DialAsync(host.Clone(captured));
                await DialAsync(host.Clone(captured));
            }

            TcpFrame[] dials =
            [
                .. TcpFrame.Among(CaptureFile.Read(path))
                    .Where(frame => frame.IsSyn && frame.DestinationPort == listener.Port),
            ];
            string[] ports =
            [
                .. dials.GroupBy(frame => frame.Source)
                    .Select(own => string.Join(' ', own.Select(frame => frame.SourcePort).Distinct())),
            ];
            Assert.Equal(4, ports.Length);
            Assert.Equal(4, ports.Distinct().Count());
            Assert.True(dials.Length >= 4 * Dials);
            Assert.Equal(
                dials.Select(frame => (frame.Source, frame.SourcePort)).Distinct().Count(),
                dials.Select(frame => frame.Sequence).Distinct().Count());
        }
        finally
        {
            File.Delete(path);
        }

        async Task DialAsync(GuestMachine machine)
        {
            var control = new IpEndpoint(host.Kernel.Switch.AddressOf(machine.Id), 9);
            for (int i = 0; i < Dials; i++)
            {
                await using HostStream orders = await network.ConnectAsync(control, Patience);
                await orders.WriteAsync(System.Text.Encoding.ASCII.GetBytes(order), Patience);
                await using HostStream dialled = await listener.AcceptAsync(Patience);
                Assert.Equal(control.Address, dialled.Remote.Address);
            }
        }
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
    public async Task LoadTemplate_InAnotherKernel_ClonesAnswerAsThoseOfTheFirst()
    {
        string folder = Directory.CreateTempSubdirectory("denali-clone-").FullName;
        try
        {
            string path = Path.Combine(folder, "twin");
            UInt128 key;
            using (var first = new GuestHost())
            using (LoadedImage template = first.MakeTemplate("twin"))
            {
                first.Kernel.SaveTemplate(template, path);
                key = template.Key;
            }

            using var host = new GuestHost();
            using var network = new HostNetwork(host.Kernel);
            using LoadedImage loaded = host.Kernel.LoadTemplate(host.Load("twin").Image, path);
            Assert.Equal(key, loaded.Key);
            GuestMachine[] clones = [.. Enumerable.Range(0, 3).Select(_ => host.Clone(loaded))];
            var randoms = new HashSet<ulong>();
            foreach (GuestMachine clone in clones)
            {
                Answer answer = await AskAsync(host, network, clone);
                Assert.Equal((clone.Id, 1u, 1u), (answer.Id, answer.Count, answer.IsWhole));
                Assert.True(randoms.Add(answer.Random));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Capture_MachineThatRemembers_ClonesKnowWhatItKnewAndItGoesOn()
    {
        using var host = new GuestHost(slotLimit: 2);
        using var network = new HostNetwork(host.Kernel);
        using LoadedImage template = host.MakeTemplate("twin");
        GuestMachine first = host.Clone(template);
        Assert.Equal(1u, (await AskAsync(host, network, first)).Count);
        Assert.Equal(2u, (await AskAsync(host, network, first)).Count);

        // A clone, a clone of it, and so on: each goes on from where the one before was.
        GuestMachine last = first;
        var randoms = new HashSet<ulong>();
        var captured = new List<LoadedImage>();
        for (uint count = 3; count < 6; count++)
        {
            captured.Add(await host.Kernel.CaptureAsync(last.Id));
            GuestMachine[] clones = [.. Enumerable.Range(0, 3).Select(_ => host.Clone(captured[^1]))];
            foreach (GuestMachine clone in clones)
            {
                Answer answer = await AskAsync(host, network, clone);
                Assert.Equal((clone.Id, count, 1u), (answer.Id, answer.Count, answer.IsInherited));
                Assert.True(randoms.Add(answer.Random));
            }

            last = clones[^1];
        }

        Answer own = await AskAsync(host, network, first);
        Assert.Equal((first.Id, 3u, 1u), (own.Id, own.Count, own.IsWhole));
        Assert.True(randoms.Add(own.Random));
        Assert.Equal(captured.Count, captured.Select(image => image.Key).Distinct().Count());
        captured.ForEach(image => image.Dispose());
    }

    [Fact]
    public async Task Capture_ParkedMachine_IsWokenForIt()
    {
        using var host = new GuestHost(slotLimit: 1);
        using var network = new HostNetwork(host.Kernel);
        using LoadedImage template = host.MakeTemplate("twin");
        GuestMachine parked = host.Clone(template);
        GuestMachine other = host.Clone(template);
        _ = await AskAsync(host, network, parked);
        _ = await AskAsync(host, network, other);
        ulong parks = host.Kernel.SlotUsage.Parks;

        using LoadedImage captured = await host.Kernel.CaptureAsync(parked.Id);

        Assert.True(host.Kernel.SlotUsage.Parks > parks);
        Assert.Equal(2u, (await AskAsync(host, network, host.Clone(captured))).Count);
        Assert.Equal(2u, (await AskAsync(host, network, other)).Count);
    }

    [Fact]
    public async Task Capture_WithOpenConnections_TheyGoOnInTheOriginalAndAreGoneInTheClone()
    {
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        using LoadedImage template = host.MakeTemplate("echo", "7000");
        GuestMachine original = host.Clone(template);
        var address = new IpEndpoint(host.Kernel.Switch.AddressOf(original.Id), Port);
        await using HostStream open = await network.ConnectAsync(address, Patience);
        await EchoAsync(open, 1);

        using LoadedImage captured = await host.Kernel.CaptureAsync(original.Id);
        GuestMachine clone = host.Clone(captured);
        var cloneAddress = new IpEndpoint(host.Kernel.Switch.AddressOf(clone.Id), Port);
        await using HostStream toClone = await network.ConnectAsync(cloneAddress, Patience);
        await EchoAsync(toClone, 2);
        await EchoAsync(open, 3);
        await EchoAsync(toClone, 4);
        await using HostStream another = await network.ConnectAsync(address, Patience);
        await EchoAsync(another, 5);
        Assert.False(original.HasEnded || clone.HasEnded);
    }

    [Fact]
    public async Task Capture_BusyOrEndedMachine_SaysWhyNot()
    {
        using var host = new GuestHost();
        GuestMachine busy = host.Start("spin");

        KernelException e = await Assert.ThrowsAsync<KernelException>(
            () => host.Kernel.CaptureAsync(busy.Id, TimeSpan.FromSeconds(0.2)));
        Assert.Equal($"VM {busy.Id} did not idle within 0.2 s: capture it when it has less to do", e.Message);

        // One that ends while somebody waits for it, and one that has ended.
        Task<LoadedImage> waiting = host.Kernel.CaptureAsync(busy.Id, GuestMachine.Deadline);
        _ = busy.Kill();
        e = await Assert.ThrowsAsync<KernelException>(() => waiting);
        Assert.Equal($"VM {busy.Id} has ended: only one that runs can be captured", e.Message);
        e = await Assert.ThrowsAsync<KernelException>(() => host.Kernel.CaptureAsync(busy.Id));
        Assert.Equal($"VM {busy.Id} has ended: only one that runs can be captured", e.Message);
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

    private static async Task EchoAsync(HostStream stream, byte value)
    {
        byte[] sent = new byte[10_000];
        Array.Fill(sent, value);
        await stream.WriteAsync(sent, Patience);
        byte[] received = new byte[sent.Length];
        await stream.ReadExactlyAsync(received, Patience);
        Assert.Equal(sent, received);
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
        return new Answer(
            values[0], (uint)values[1], (uint)values[2], values[3], values[4], (uint)values[5], values[6]);
    }

    private sealed record Answer(
        ulong Id, uint Count, uint IsWhole, ulong Random, ulong WallNs, uint IsInherited, ulong MonotonicNs);
}
