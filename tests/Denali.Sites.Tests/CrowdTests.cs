// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Threading;
using Denali.Sites.Tests.Support;
using Xunit;

namespace Denali.Sites.Tests;

/// <summary>Many visitors, and unfriendly ones: an ordinary visitor among them is served as ever.</summary>
public sealed class CrowdTests(ITestOutputHelper output)
{
    private const string Host = SitesProcess.Name + ".localhost";
    private const int OrdinaryRequests = 20;
    private const int LargeBytes = 8_000_000;

    // Far longer than it takes: the machine may be busy. Without fairness, it would take minutes.
    private static readonly TimeSpan s_promptly = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);

    public static TheoryData<bool> Ways => [false, true];

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Speed", "Slow")]
    public void SlowHeads_AThousand_AreGivenUp_AndOthersServed(bool overTap) => Serve(overTap, 1000, (_, server) =>
    {
        const int Count = 1000;
        using Crowd crowd = Crowd.Connect(server, Count);
        crowd.SendAll($"GET / HTTP/1.1\r\nHost: {Host}\r\nX-Slow: ");
        AssertServed(server);

        // Byte by byte, for as long as they let it be done.
        long start = Stopwatch.GetTimestamp();
        int ended = 0;
        while (ended < Count && Stopwatch.GetElapsedTime(start) < s_patience)
        {
            crowd.SendAll("y");
            AssertServed(server, 1);
            ended = crowd.CountEnded();
        }

        Assert.Equal(Count, ended);
    });

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Speed", "Slow")]
    public void Visitors_WhoNeverRead_KeepNobody(bool overTap) => Serve(overTap, 500, (_, server) =>
    {
        using Crowd crowd = Crowd.Connect(server, 200);
        crowd.SendAll(string.Concat(Enumerable.Repeat($"GET /large HTTP/1.1\r\nHost: {Host}\r\n\r\n", 3)));

        AssertServed(server);
        long start = Stopwatch.GetTimestamp();
        RawResponse large = RawClient.Ask(server, $"GET /large HTTP/1.1\r\nHost: {Host}\r\n\r\n");
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        Assert.Equal((200, LargeBytes), (large.Status, large.Content.Length));
        Assert.True(took < s_promptly, $"a visitor who reads waited {took}");
    });

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Speed", "Slow")]
    public void Pipeline_OfTenThousand_IsAnsweredInOrder(bool overTap) => Serve(overTap, 1, (_, server) =>
    {
        const int Count = 10_000;
        using var client = new RawClient(server);
        var sender = new Thread(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                client.Send($"GET /{i % 4}.txt HTTP/1.1\r\nHost: {Host}\r\n\r\n");
            }
        });
        sender.Start();
        for (int i = 0; i < Count; i++)
        {
            RawResponse response = client.Read();
            Assert.Equal((200, $"content {i % 4}"), (response.Status, Encoding.ASCII.GetString(response.Content)));
        }

        sender.Join();
    });

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Speed", "Slow")]
    public void IdleConnections_TenThousand_CostLittle(bool overTap) => Serve(overTap, 10_000, (sites, server) =>
    {
        const int Count = 10_000;
        const int MachineBytesMax = 4096;
        const int ProcessBytesMax = 64 << 10;
        AssertServed(server);
        long machineBefore = MachineBytes(sites);
        long processBefore = sites.Process.ResidentBytes;
        using Crowd crowd = Crowd.Connect(server, Count);
        crowd.AskAll($"GET /0.txt HTTP/1.1\r\nHost: {Host}\r\n\r\n", "content 0");
        long machine = (MachineBytes(sites) - machineBefore) / Count;
        long process = (sites.Process.ResidentBytes - processBefore) / Count;

        output.WriteLine($"{machine} bytes of the VM and {process} bytes of the process for each idle connection");
        Assert.InRange(machine, 0, MachineBytesMax);
        Assert.InRange(process, 0, ProcessBytesMax);
        AssertServed(server);

        // All of them still work.
        crowd.AskAll($"GET /1.txt HTTP/1.1\r\nHost: {Host}\r\n\r\n", "content 1");
    });

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Speed", "Slow")]
    public void Heads_WithoutEnd_AreRefused(bool overTap) => Serve(overTap, 100, (_, server) =>
    {
        string[] bombs =
        [
            "GET /" + new string('a', 1_000_000),
            $"GET / HTTP/1.1\r\nHost: {Host}\r\nX: " + new string('y', 1_000_000),
            $"GET / HTTP/1.1\r\nHost: {Host}\r\n" + string.Concat(Enumerable.Repeat("X: y\r\n", 100_000)),
            $"GET / HTTP/1.1\r\nHost: {Host}\r\n" + new string('z', 1_000_000),
            new string('G', 1_000_000),
            $"GET / HTTP/1.1\r\nHost: {Host}\r\nCookie: " + string.Concat(Enumerable.Repeat("a=b; ", 200_000)),

            // The ingress takes empty lines for silence, and ends that in its own time: its own tests shorten it.
            .. overTap ? [string.Concat(Enumerable.Repeat("\r\n", 100_000))] : Array.Empty<string>(),
        ];
        foreach (string bomb in bombs)
        {
            using Crowd crowd = Crowd.Connect(server, 20);
            crowd.SendAll(bomb);
            Assert.True(
                SpinWait.SpinUntil(() => crowd.CountEnded() == 20, s_patience),
                $"{bomb[..20]}: {crowd.CountEnded()} of 20 connections have ended");
            AssertServed(server, 2);
        }
    });

    private static void AssertServed(IPEndPoint server, int requests = OrdinaryRequests)
    {
        for (int i = 0; i < requests; i++)
        {
            long start = Stopwatch.GetTimestamp();
            RawResponse response = RawClient.Ask(server, $"GET /3.txt HTTP/1.1\r\nHost: {Host}\r\n\r\n");
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            Assert.Equal((200, "content 3"), (response.Status, Encoding.ASCII.GetString(response.Content)));
            Assert.True(took < s_promptly, $"an ordinary visitor waited {took}");
        }
    }

    private static long MachineBytes(SitesProcess sites)
    {
        RawResponse facts = RawClient.Ask(
            sites.Ingress, $"GET /.denali/facts.json HTTP/1.1\r\nHost: {Host}\r\n\r\n");
        using JsonDocument json = JsonDocument.Parse(facts.Content);
        return json.RootElement.GetProperty("memoryBytes").GetInt64();
    }

    private static void Serve(bool overTap, int connections, Action<SitesProcess, IPEndPoint> test)
    {
        Descriptors.Need(connections);
        ServedTree.Run(
            overTap,
            tree =>
            {
                for (int i = 0; i < 4; i++)
                {
                    tree.Write($"{i}.txt", $"content {i}");
                }

                tree.Write("index.html", "home");
                tree.Write("large", new string('l', LargeBytes));
            },
            (_, sites, server) =>
            {
                try
                {
                    test(sites, server);
                }
                finally
                {
                    sites.AssertNothingFailed();
                }
            });
    }
}
