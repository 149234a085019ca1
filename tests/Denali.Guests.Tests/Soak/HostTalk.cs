// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests.Soak;

/// <summary>Talks of the kernel's own host: to VMs that serve, and as a server for VMs.</summary>
internal static class HostTalk
{
    internal const ushort EchoPort = 7;

    private const int BytesMax = 1_000_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    /// <summary>Sends bytes to a server and compares what comes back.</summary>
    /// <param name="network">The host's network.</param>
    /// <param name="server">The server.</param>
    /// <param name="isPublished">Over a port of the host that leads to it, by the host's own sockets.</param>
    /// <param name="random">What decides.</param>
    /// <returns>Whether all came back; else the server was killed meanwhile.</returns>
    internal static async Task<bool> ExchangeAsync(
        HostNetwork network, EchoServer server, bool isPublished, Random random)
    {
        (IpAddress ipv4, IpAddress ipv6, int kills) = server.Current;
        byte[] sent = new byte[random.Next(1, BytesMax)];
        random.NextBytes(sent);
        byte[] received = new byte[sent.Length];
        using var patience = new CancellationTokenSource(s_patience);
        try
        {
            var remote = new IpEndpoint(random.Next(2) == 0 ? ipv4 : ipv6, EchoPort);
            using PublishedPort? port =
                isPublished ? PublishedPort.Open(network, new IPEndPoint(IPAddress.Loopback, 0), remote) : null;
            await using Stream stream = port is null
                ? await network.ConnectAsync(remote, patience.Token)
                : await ConnectAsync(port.Local, patience.Token);
            Task writing = stream.WriteAsync(sent, patience.Token).AsTask();
            try
            {
                await stream.ReadExactlyAsync(received, patience.Token);
            }
            finally
            {
                await writing;
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            Assert.True(server.WasKilledSince(kills), $"{sent.Length} bytes of the host: {failure}");
            return false;
        }

        Assert.True(sent.AsSpan().SequenceEqual(received), "the host got a wrong byte");
        return true;
    }

    /// <summary>Sends back what VMs send, until the listener ends.</summary>
    internal static async Task ServeAsync(HostListener listener, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            try
            {
                _ = SendBackAsync(await listener.AcceptAsync(end), end);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint port, CancellationToken patience)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(port, patience);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task SendBackAsync(HostStream stream, CancellationToken end)
    {
        byte[] buffer = new byte[65536];
        await using (stream)
        {
            try
            {
                int count;
                while ((count = await stream.ReadAsync(buffer, end)) > 0)
                {
                    await stream.WriteAsync(buffer.AsMemory(0, count), end);
                }
            }
            catch (Exception failure) when (failure is IOException or OperationCanceledException)
            {
                // The VM was killed, or the test ends.
            }
        }
    }
}
