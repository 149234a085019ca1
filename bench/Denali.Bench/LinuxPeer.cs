// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading;

namespace Denali.Bench;

/// <summary>
/// The peer of the network benchmarks: Linux's own TCP between two network namespaces that a veth pair joins, with the
/// services of the guest "netperf".
/// </summary>
internal sealed class LinuxPeer : IDisposable
{
    private const int ChunkBytes = 256 * 1024;
    private static readonly IPAddress s_server = IPAddress.Parse("10.99.0.2");

    private readonly NamespaceThread _client = new();
    private readonly NamespaceThread _serverSide = new();
    private readonly Socket _sink;
    private readonly Socket _echo;

    private LinuxPeer()
    {
        _client.Ip($"link add near type veth peer name far netns {_serverSide.Id}");
        _client.Ip("addr add 10.99.0.1/24 dev near");
        _client.Ip("link set near up");
        _serverSide.Ip("addr add 10.99.0.2/24 dev far");
        _serverSide.Ip("link set far up");
        _sink = Listen(NetperfPorts.Sink, Drop);
        _echo = Listen(NetperfPorts.Echo, SendBack);
    }

    /// <summary>Makes the peer where that is possible.</summary>
    /// <returns>The peer, or null without root.</returns>
    internal static LinuxPeer? TryCreate()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            BenchmarkContext.Progress("Linux beside it is left out: network namespaces need root");
            return null;
        }

        return new LinuxPeer();
    }

    public void Dispose()
    {
        _sink.Dispose();
        _echo.Dispose();
        _client.Dispose();
        _serverSide.Dispose();
    }

    /// <summary>Sends bytes until the server has read them all.</summary>
    /// <returns>Gigabits per second.</returns>
    internal double Send(long bytes)
    {
        double result = 0;
        _client.Invoke(() =>
        {
            using Socket socket = Connect(NetperfPorts.Sink);
            byte[] buffer = new byte[ChunkBytes];
            long start = Stopwatch.GetTimestamp();
            for (long left = bytes; left > 0;)
            {
                left -= socket.Send(buffer, 0, (int)Math.Min(left, ChunkBytes), SocketFlags.None);
            }

            socket.Shutdown(SocketShutdown.Send);
            _ = socket.Receive(buffer);
            result = bytes * 8.0 / Stopwatch.GetElapsedTime(start).TotalNanoseconds;
        });
        return result;
    }

    /// <summary>Sends and gets back.</summary>
    /// <returns>Transactions per second.</returns>
    internal double Transact(int count, int size)
    {
        double result = 0;
        _client.Invoke(() =>
        {
            using Socket socket = Connect(NetperfPorts.Echo);
            byte[] buffer = new byte[size];
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < count; i++)
            {
                _ = socket.Send(buffer);
                for (int got = 0; got < size;)
                {
                    got += socket.Receive(buffer, got, size - got, SocketFlags.None);
                }
            }

            result = count / Stopwatch.GetElapsedTime(start).TotalSeconds;
        });
        return result;
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(s_server, port);
        return socket;
    }

    private static void Drop(Socket socket)
    {
        byte[] buffer = new byte[ChunkBytes];
        while (socket.Receive(buffer) > 0)
        {
        }
    }

    private static void SendBack(Socket socket)
    {
        byte[] buffer = new byte[ChunkBytes];
        int count;
        while ((count = socket.Receive(buffer)) > 0)
        {
            _ = socket.Send(buffer, 0, count, SocketFlags.None);
        }
    }

    private Socket Listen(int port, Action<Socket> serve)
    {
        Socket? listener = null;
        _serverSide.Invoke(() =>
        {
            listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(s_server, port));
            listener.Listen(16);
        });
        var thread = new Thread(() => ServeAll(listener!, serve)) { Name = "bench-peer", IsBackground = true };
        thread.Start();
        return listener!;
    }

    private static void ServeAll(Socket listener, Action<Socket> serve)
    {
        try
        {
            while (true)
            {
                using Socket socket = listener.Accept();
                socket.NoDelay = true;
                serve(socket);
            }
        }
        catch (SocketException)
        {
            // The listener was closed: the benchmark is over.
        }
    }
}
