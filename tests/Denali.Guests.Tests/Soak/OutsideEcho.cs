// SPDX-License-Identifier: MIT
using System;
using System.Net;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace Denali.Guests.Tests.Soak;

/// <summary>
/// An echo service of the host, over TCP. It stands where the uplink believes the host's name server: so VMs reach it
/// by the way out, although it is on the loopback interface.
/// </summary>
internal sealed class OutsideEcho : IDisposable
{
    /// <summary>The port of the gateway behind which it is.</summary>
    internal const ushort Port = 53;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _work;

    internal OutsideEcho()
    {
        _listener.Start();
        _work = ServeAsync();
    }

    internal IPEndPoint Local => (IPEndPoint)_listener.LocalEndpoint;

    public void Dispose()
    {
        _listener.Dispose();
        _work.Wait();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                _ = SendBackAsync(await _listener.AcceptSocketAsync());
            }
        }
        catch (Exception end) when (end is ObjectDisposedException or SocketException)
        {
            // Disposed: the only way to stop.
        }
    }

    private static async Task SendBackAsync(Socket socket)
    {
        byte[] buffer = new byte[65536];
        using (socket)
        {
            try
            {
                int count;
                while ((count = await socket.ReceiveAsync(buffer.AsMemory())) > 0)
                {
                    for (int at = 0; at < count;)
                    {
                        at += await socket.SendAsync(buffer.AsMemory(at, count - at));
                    }
                }
            }
            catch (SocketException)
            {
                // The VM was killed.
            }
        }
    }
}
