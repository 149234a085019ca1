// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Denali.Interop.Tests.Wire;
using Denali.Net;
using Xunit;

namespace Denali.Interop.Tests.Ends;

/// <summary>Linux's end of a connection.</summary>
internal sealed class LinuxStream : IByteStream
{
    private const int Tcp = 6;

    private readonly Socket _socket;

    internal LinuxStream(Socket socket)
    {
        _socket = socket;
        int limitMs = (int)Patience.Limit.TotalMilliseconds;
        _socket.SendTimeout = limitMs;
        _socket.ReceiveTimeout = limitMs;
    }

    /// <summary>Makes a socket of a family in the calling thread's network.</summary>
    internal static Socket Make(bool isIpv4)
    {
        const int CongestionControl = 13;
        AddressFamily family = isIpv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        var socket = new Socket(family, SocketType.Stream, ProtocolType.Tcp);

        // What Linux has by default, so that all machines test the same.
        socket.SetRawSocketOption(Tcp, CongestionControl, "cubic"u8);
        return socket;
    }

    /// <summary>Connects to the far end.</summary>
    internal static LinuxStream Connect(IPEndPoint remote, int receiveBufferBytes = 0)
    {
        Socket socket = Make(remote.AddressFamily == AddressFamily.InterNetwork);
        if (receiveBufferBytes != 0)
        {
            // Before connecting: the window scale follows from it.
            socket.ReceiveBufferSize = receiveBufferBytes;
        }

        socket.Connect(remote);
        return new LinuxStream(socket);
    }

    /// <summary>Listens at the gateway's address.</summary>
    internal static Socket Listen(bool isIpv4, int backlog = 64)
    {
        Socket socket = Make(isIpv4);
        socket.Bind(new IPEndPoint(isIpv4 ? IPAddress.Any : IPAddress.IPv6Any, 0));
        socket.Listen(backlog);
        return socket;
    }

    /// <summary>The endpoint of a listener of Linux, as the far end dials it.</summary>
    internal static IpEndpoint EndpointOf(Socket listener)
    {
        var local = (IPEndPoint)listener.LocalEndPoint!;
        bool isIpv4 = local.AddressFamily == AddressFamily.InterNetwork;
        return new IpEndpoint(
            isIpv4 ? LinuxWire.Lan.Ipv4Gateway : LinuxWire.Lan.Ipv6Gateway, (ushort)local.Port);
    }

    /// <summary>Waits until Linux has nothing to do with the connection any more (TCP_INFO).</summary>
    internal void WaitClosed()
    {
        const int Info = 11;
        const byte Closed = 7;
        byte[] state = new byte[1];
        bool isClosed = SpinWait.SpinUntil(
            () =>
            {
                _ = _socket.GetRawSocketOption(Tcp, Info, state);
                return state[0] == Closed;
            },
            Patience.Limit);
        Assert.True(isClosed, $"Linux has not closed its end within {Patience.Limit}");
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[_socket.Send(bytes)..];
            }
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public int Read(Span<byte> bytes)
    {
        try
        {
            return _socket.Receive(bytes);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    public void Abort()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();
}
