// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Denali.Sites.Tests.Support;

namespace Denali.Sites.Tests.Load;

/// <summary>Visitors who ask for one file again and again, until they are told to end.</summary>
internal sealed class SiteLoad : IDisposable
{
    private readonly List<Thread> _visitors = [];
    private volatile bool _isOver;

    /// <summary>Starts them.</summary>
    /// <param name="ingress">Where they ask.</param>
    /// <param name="site">The site.</param>
    /// <param name="path">The file.</param>
    /// <param name="content">What is in it.</param>
    /// <param name="visitors">How many there are.</param>
    internal SiteLoad(IPEndPoint ingress, string site, string path, byte[] content, int visitors)
    {
        for (int i = 0; i < visitors; i++)
        {
            var thread = new Thread(() => Visit(ingress, site, path, content));
            _visitors.Add(thread);
            thread.Start();
        }
    }

    /// <summary>How often each status came; 0 for a connection that was broken off.</summary>
    internal ConcurrentDictionary<int, long> Statuses { get; } = new();

    /// <summary>Contents that were whole and other than the file's.</summary>
    internal int WrongCount { get; private set; }

    /// <summary>Times of requests since the last look, in ticks of the stopwatch.</summary>
    private ConcurrentQueue<long> Times { get; } = new();

    /// <summary>Takes the times so far, and tells the one that 99 of 100 requests did not exceed.</summary>
    internal TimeSpan TakeP99()
    {
        List<long> times = [];
        while (Times.TryDequeue(out long time))
        {
            times.Add(time);
        }

        times.Sort();
        return times.Count == 0 ? TimeSpan.MaxValue : Stopwatch.GetElapsedTime(0, times[times.Count * 99 / 100]);
    }

    /// <summary>Whether nothing came but what a site that fails may show: 502, 503, or an end in the middle.</summary>
    internal bool IsExplained => WrongCount == 0 && Statuses.Keys.All(status => status is 200 or 0 or 502 or 503);

    public void Dispose()
    {
        _isOver = true;
        _visitors.ForEach(visitor => visitor.Join());
    }

    private void Visit(IPEndPoint ingress, string site, string path, byte[] content)
    {
        RawClient? client = null;
        while (!_isOver)
        {
            long start = Stopwatch.GetTimestamp();
            RawResponse response = Ask(ref client, ingress, $"GET {path} HTTP/1.1\r\nHost: {site}\r\n\r\n");
            Times.Enqueue(Stopwatch.GetTimestamp() - start);
            int status = response.IsWhole ? response.Status : 0;
            _ = Statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
            if (status == 200 && !response.Content.AsSpan().SequenceEqual(content))
            {
                WrongCount++;
            }

            if (status != 200)
            {
                client?.Dispose();
                client = null;
            }
        }

        client?.Dispose();
    }

    private static RawResponse Ask(ref RawClient? client, IPEndPoint ingress, string request)
    {
        try
        {
            client ??= new RawClient(ingress);
            client.Send(request);
            return client.Read();
        }
        catch (SocketException)
        {
            return new RawResponse(0, [], [], IsWhole: true);
        }
    }
}
