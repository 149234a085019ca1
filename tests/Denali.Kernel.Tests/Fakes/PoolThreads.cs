// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using Denali.Linux;
using Xunit;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>
/// Keeps the pool's threads in the network of the process. A thread begins in that of the one which started it: whoever
/// gives the pool work when all of its threads are busy starts one more, and so does the runtime's thread that a timer,
/// a socket or a signal has reached. One that began in a test's network would find nobody there for the tests after it.
/// </summary>
internal static class PoolThreads
{
    // What the runtime calls those that do work, and those that it starts once and that start others.
    private const string Worker = ".NET TP Worker";
    private static readonly string[] s_starters = [".NET TP Gate", ".NET Timer", ".NET Sockets", ".NET SigHandler"];

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    /// <summary>Has the runtime start now, on a thread in the network of the process, what it starts once.</summary>
    internal static void Prepare()
    {
        using var timer = new Timer(_ => { }, null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
        using PosixSignalRegistration signal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => { });
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Task<int> received = socket.ReceiveAsync(new byte[1], CancellationToken.None).AsTask();
        _ = socket.SendTo(new byte[1], socket.LocalEndPoint!);
        Assert.True(received.Wait(s_limit), "a socket does not reach itself");
    }

    /// <summary>Brings those back that began elsewhere.</summary>
    internal static void BringBack()
    {
        // Nobody disposes these: the threads use them a little longer than this one.
        var isBack = new SemaphoreSlim(0);
        var isOver = new ManualResetEventSlim();
        long start = Stopwatch.GetTimestamp();
        try
        {
            for (string?[] astray = FindAstray(); astray.Length > 0; astray = FindAstray())
            {
                Assert.True(
                    Array.TrueForAll(astray, name => name == Worker) && Stopwatch.GetElapsedTime(start) < s_limit,
                    $"left in the network of a test: {string.Join(", ", astray)}");

                // Each that comes stays until all are back, so the next is another.
                _ = ThreadPool.UnsafeQueueUserWorkItem(_ =>
                {
                    NetworkNamespace.EnterThatOfProcess();
                    _ = isBack.Release();
                    _ = isOver.Wait(s_limit);
                }, null);
                Assert.True(isBack.Wait(s_limit), "the pool does not come to it");
            }
        }
        finally
        {
            isOver.Set();
        }
    }

    /// <summary>The names of those that are not in the network of the process.</summary>
    private static string?[] FindAstray()
    {
        string? home = NetworkOf("/proc/self");
        return
        [
            .. Directory.GetDirectories("/proc/self/task")
                .Where(task => NetworkOf(task) is { } network && network != home)
                .Select(NameOf)
                .Where(name => name == Worker || s_starters.Contains(name)),
        ];
    }

    // Null if the thread has ended.
    private static string? NetworkOf(string task) => new FileInfo(task + "/ns/net").LinkTarget;

    private static string? NameOf(string task)
    {
        try
        {
            return File.ReadAllText(task + "/comm").TrimEnd();
        }
        catch (IOException)
        {
            return null;
        }
    }
}
