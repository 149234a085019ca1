// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Denali.Kernel.Tests.Fakes;
using Denali.Linux;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>A test in a network of its own leaves nothing of the process there for the tests after it.</summary>
public sealed class PrivateNetworkTests
{
    // That are not in the network of the process.
    private const int Astray = 3;

    [Fact]
    public void Pool_OfWhichSomeAreElsewhere_IsInTheProcessNetworkAfterwards()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        EndPoint here = listener.LocalEndpoint;
        ThreadPool.GetMinThreads(out int least, out int leastForIo);
        int all = ThreadPool.ThreadCount + Astray + 1;
        Assert.True(ThreadPool.SetMinThreads(all, leastForIo));
        try
        {
            ConcurrentQueue<SocketError> inside = [];
            PrivateNetwork.Run(() => OnWorkers(Astray, () =>
            {
                NetworkNamespace.EnterNew();
                inside.Enqueue(Connect(here));
            }));

            ConcurrentQueue<SocketError> afterwards = [];
            OnWorkers(all, () => afterwards.Enqueue(Connect(here)));

            Assert.All(inside, result => Assert.NotEqual(SocketError.Success, result));
            Assert.All(afterwards, result => Assert.Equal(SocketError.Success, result));
        }
        finally
        {
            _ = ThreadPool.SetMinThreads(least, leastForIo);
        }
    }

    /// <summary>Does something on several workers of the pool.</summary>
    private static void OnWorkers(int count, Action action)
    {
        using var come = new CountdownEvent(count);
        using var gone = new CountdownEvent(count);
        for (int i = 0; i < count; i++)
        {
            _ = ThreadPool.UnsafeQueueUserWorkItem(_ =>
            {
                // Nobody goes on before all are there, so each is another thread.
                _ = come.Signal();
                _ = come.Wait(TestObserver.Limit);
                action();
                _ = gone.Signal();
            }, null);
        }

        Assert.True(gone.Wait(TestObserver.Limit), "the pool does not come to it");
    }

    private static SocketError Connect(EndPoint to)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Connect(to);
            return SocketError.Success;
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode;
        }
    }
}
