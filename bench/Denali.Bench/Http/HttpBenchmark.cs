// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;

namespace Denali.Bench.Http;

/// <summary>A VM that serves files, beside native servers of the same files, asked by the same client.</summary>
internal static class HttpBenchmark
{
    private const string Native = "bench";
    private const int SmallMax = 16_384;

    // What the two profiles are taken of: the small request, and one that fills a largest frame.
    private static readonly int[] s_profiled = [2_258, 65_536];
    private static readonly int[] s_allSizes = [612, 2_258, 16_384, 65_536, 134_007, 1 << 20];
    private static readonly int[] s_quickSizes = [2_258, 65_536, 1 << 20];

    internal static void Run(BenchmarkContext context)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            throw new IOException("the http benchmark needs root, for network namespaces and a TAP interface");
        }

        int[] sizes = context.IsQuick ? s_quickSizes : s_allSizes;
        using var servers = new HttpServers(sizes);
        MeasureOne(context, servers, sizes);
        MeasureMany(context, servers);
        MeasureProxies(context, servers, sizes);
    }

    private static void MeasureOne(BenchmarkContext context, HttpServers servers, int[] sizes)
    {
        HttpCase[] cases = [.. sizes.SelectMany(size => Loads(size, context.IsQuick))];
        Dictionary<HttpCase, HttpProfile> profiles =
            cases.Where(load => s_profiled.Contains(load.SizeBytes)).ToDictionary(load => load, _ => new HttpProfile());
        List<(HttpCase Load, HttpContest Contest)> contests = [];
        foreach (HttpCase load in cases)
        {
            contests.Add((load, new HttpContest(
                load.Name,
                () => RunOnMachines(servers, load, profiles.GetValueOrDefault(load)),
                [
                    ("nginx over veth", () => servers.Client.Run(load, [HttpServers.NginxFar], Native)),
                    ("nginx on loopback", () => servers.Client.Run(load, [HttpServers.NginxLocal], Native)),
                    ("Kestrel over veth", () => servers.Client.Run(load, [HttpServers.KestrelFar], Native)),
                    ("Kestrel on loopback", () => servers.Client.Run(load, [HttpServers.KestrelLocal], Native)),
                ])));
        }

        WarmUp(servers, sizes);
        int rounds = context.IsQuick ? 1 : 5;
        for (int round = 1; round <= rounds; round++)
        {
            BenchmarkContext.Progress($"one VM, round {round} of {rounds}");
            contests.ForEach(entry => entry.Contest.Run());
        }

        contests.ForEach(entry => entry.Contest.AddTo(context, AimOf(entry.Load)));
        foreach ((HttpCase load, HttpProfile profile) in profiles)
        {
            profile.AddTo(context, load.Name);
        }
    }

    private static void MeasureMany(BenchmarkContext context, HttpServers servers)
    {
        const int Connections = 256;
        int[] counts = context.IsQuick ? [8] : [2, 8, 64];
        int[] sizes = context.IsQuick ? [2_258] : [2_258, 65_536];
        int rounds = context.IsQuick ? 1 : 5;
        foreach (int count in counts)
        {
            BenchmarkContext.Progress($"{count} VMs");
            servers.Machines.Start(count);
            IReadOnlyList<IPEndPoint> machines = servers.Machines.Endpoints;
            foreach (HttpCase load in sizes.Select(size => new HttpCase(size, Connections)))
            {
                var contest = new HttpContest(
                    $"{load.Name}, {count} VMs",
                    () => servers.Client.Run(load, machines, Native, threads: count),
                    [("one nginx over veth",
                        () => servers.Client.Run(load, [HttpServers.NginxFar], Native, threads: count))]);
                _ = servers.Client.Run(load, machines, Native, threads: count);
                Repeat(contest, rounds);
                contest.AddTo(context, AimOf(load));
            }
        }
    }

    private static void MeasureProxies(BenchmarkContext context, HttpServers servers, int[] sizes)
    {
        const double Aim = 0.7;
        BenchmarkContext.Progress("through the ingress");
        servers.StartProxies();
        IPEndPoint[] ingress = [HttpServers.Ingress];

        // The ingress is compiled while it runs, and again when it is known what it does.
        _ = servers.Client.Run(new HttpCase(2_258, 32), ingress, IngressProcess.Host, context.IsQuick ? 2 : 10);
        int rounds = context.IsQuick ? 1 : 5;
        foreach (HttpCase load in sizes.Select(size => new HttpCase(size, 32)).Append(new HttpCase(2_258, 256)))
        {
            var contest = new HttpContest(
                $"{load.Name}, through the ingress",
                () => servers.Client.Run(load, ingress, IngressProcess.Host),
                [("nginx as proxy to nginx", () => servers.Client.Run(load, [HttpServers.Proxy], Native))]);
            Repeat(contest, rounds);
            contest.AddTo(context, Aim);
        }
    }

    private static WrkResult RunOnMachines(HttpServers servers, HttpCase load, HttpProfile? profile)
    {
        WebUsage before = servers.Machines.Usage();
        WrkResult result = servers.Client.Run(load, servers.Machines.Endpoints, Native);
        profile?.Add(result, servers.Machines.Usage().Minus(before));
        return result;
    }

    /// <summary>Lets every server read every file, and Kestrel compile itself.</summary>
    private static void WarmUp(HttpServers servers, int[] sizes)
    {
        BenchmarkContext.Progress("warming up");
        foreach (int size in sizes)
        {
            _ = servers.Client.Run(new HttpCase(size, 32), servers.Machines.Endpoints, Native);
            _ = servers.Client.Run(new HttpCase(size, 32), [HttpServers.KestrelFar], Native);
            _ = servers.Client.Run(new HttpCase(size, 32), [HttpServers.KestrelLocal], Native);
        }
    }

    private static void Repeat(HttpContest contest, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            contest.Run();
        }
    }

    private static IEnumerable<HttpCase> Loads(int size, bool isQuick)
    {
        HttpCase[] all = [new(size, 1), new(size, 32), new(size, 256), new(size, 32, IsShort: true)];
        return isQuick ? all.Where(load => load.Connections == 32) : all;
    }

    private static double AimOf(HttpCase load) => load.SizeBytes <= SmallMax && !load.IsShort ? 1.5 : 1.0;
}
