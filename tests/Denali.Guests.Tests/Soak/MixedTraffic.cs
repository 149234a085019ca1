// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Network;

namespace Denali.Guests.Tests.Soak;

/// <summary>
/// Fifty VMs, of which some serve and the others talk to them, to the host and to the outside, in all ways. The host
/// talks to them too, by itself and over published ports. Every now and then one is killed and another takes its place.
/// </summary>
internal sealed class MixedTraffic(GuestHost host, HostNetwork network, int seed)
{
    private const int Servers = 20;
    private const int Talks = 30;
    private const int HostTalks = 4;

    /// <summary>One talk of so many is with the kernel's own host, and as many are with the outside.</summary>
    private const int TalksPerGateway = 6;

    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_betweenKills = TimeSpan.FromMilliseconds(250);

    private readonly Random _random = new(seed);
    private readonly SortedDictionary<string, int> _ends = new(StringComparer.Ordinal);

    /// <summary>How many talks ended how.</summary>
    internal string Summary => string.Join(", ", _ends.Select(end => $"{end.Key}: {end.Value}"));

    /// <summary>Runs for a time, and ends when all talks have ended. Nothing is left then.</summary>
    internal void Run(TimeSpan time)
    {
        long start = TimeProvider.System.GetTimestamp();
        EchoServer[] servers = [.. Enumerable.Range(0, Servers).Select(_ => new EchoServer(host))];
        using var end = new CancellationTokenSource(time);
        Task<Dictionary<string, int>>[] hostTalks = [.. Enumerable.Range(0, HostTalks)
            .Select(_ => TalkFromHostAsync(servers, new Random(_random.Next()), end.Token))];
        var talks = new List<GuestTalk>();
        TimeSpan nextKill = s_betweenKills;
        while (!end.IsCancellationRequested)
        {
            while (talks.Count < Talks)
            {
                talks.Add(_random.Next(TalksPerGateway) switch
                {
                    0 => new GuestTalk(host, null, HostTalk.EchoPort, _random),
                    1 => new GuestTalk(host, null, OutsideEcho.Port, _random),
                    _ => new GuestTalk(host, servers[_random.Next(Servers)], HostTalk.EchoPort, _random),
                });
            }

            Finish(talks, s_step);
            if (TimeProvider.System.GetElapsedTime(start) > nextKill)
            {
                nextKill += s_betweenKills;
                KillOne(servers, talks);
            }
        }

        while (talks.Count > 0)
        {
            Finish(talks, s_step);
        }

        foreach (Task<Dictionary<string, int>> hostTalk in hostTalks)
        {
            foreach ((string how, int count) in hostTalk.GetAwaiter().GetResult())
            {
                Count(how, count);
            }
        }

        Array.ForEach(servers, server => server.End());
    }

    private void KillOne(EchoServer[] servers, List<GuestTalk> talks)
    {
        if (_random.Next(3) == 0)
        {
            servers[_random.Next(Servers)].Replace();
            Count("servers killed", 1);
        }
        else if (talks.Count > 0)
        {
            talks[_random.Next(talks.Count)].Kill();
        }
    }

    /// <summary>Takes out what has ended; waits a little for the oldest.</summary>
    private void Finish(List<GuestTalk> talks, TimeSpan patience)
    {
        for (int i = 0; i < talks.Count;)
        {
            if (talks[i].TryFinish(i == 0 ? patience : TimeSpan.Zero) is { } how)
            {
                Count($"{talks[i].Way} {how}", 1);
                talks.RemoveAt(i);
            }
            else
            {
                i++;
            }
        }
    }

    private void Count(string what, int count) => _ends[what] = _ends.GetValueOrDefault(what) + count;

    private async Task<Dictionary<string, int>> TalkFromHostAsync(
        EchoServer[] servers, Random random, CancellationToken end)
    {
        var ends = new Dictionary<string, int>();
        while (!end.IsCancellationRequested)
        {
            EchoServer server = servers[random.Next(Servers)];
            bool isPublished = random.Next(2) == 0;
            bool isWhole = await HostTalk.ExchangeAsync(network, server, isPublished, random);
            string how = (isPublished ? "published " : "host ") + (isWhole ? "whole" : "broken off");
            ends[how] = ends.GetValueOrDefault(how) + 1;
        }

        return ends;
    }
}
