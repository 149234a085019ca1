// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Denali.Interop.Tests.Ends;

/// <summary>A socket that sends and receives the frames of an interface, each behind a virtio-net header
/// (packet(7)).</summary>
internal static class PacketSocket
{
    private const int SolSocket = 1;
    private const int SendBufferForce = 32;
    private const int ReceiveBufferForce = 33;
    private const int SolPacket = 263;
    private const int PacketVnetHeader = 15;
    private const int PacketIgnoreOutgoing = 23;
    private const ushort AllProtocols = 3;

    // More than the system's limit: frames are to be lost on the wire only.
    private const int BufferBytes = 8 << 20;
    private const int TimeoutMs = 50;

    /// <summary>Opens one whose calls wait only briefly, in the calling thread's network namespace.</summary>
    /// <param name="name">The interface.</param>
    internal static Socket Open(string name)
    {
        var socket = new Socket(AddressFamily.Packet, SocketType.Raw, (ProtocolType)0) { ReceiveTimeout = TimeoutMs };
        byte[] size = BitConverter.GetBytes(BufferBytes);
        socket.SetRawSocketOption(SolSocket, SendBufferForce, size);
        socket.SetRawSocketOption(SolSocket, ReceiveBufferForce, size);
        socket.SetRawSocketOption(SolPacket, PacketVnetHeader, [1, 0, 0, 0]);
        socket.SetRawSocketOption(SolPacket, PacketIgnoreOutgoing, [1, 0, 0, 0]);
        socket.Bind(new LinkEndPoint(IndexOf(name)));
        return socket;
    }

    private static int IndexOf(string name)
    {
        foreach (NetworkInterface candidate in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (candidate.Name == name)
            {
                return candidate.GetIPProperties().GetIPv4Properties().Index;
            }
        }

        throw new NetworkInformationException();
    }

    /// <summary><c>struct sockaddr_ll</c> (linux/if_packet.h): all protocols of an interface.</summary>
    private sealed class LinkEndPoint(int index) : EndPoint
    {
        private const int SizeBytes = 20;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, SizeBytes);
            BinaryPrimitives.WriteUInt16BigEndian(address.Buffer.Span[2..], AllProtocols);
            BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[4..], index);
            return address;
        }
    }
}
