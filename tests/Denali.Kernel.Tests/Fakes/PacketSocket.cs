// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>Sends any frame over an interface of Linux, as whoever is on its segment could (packet(7)).</summary>
internal sealed class PacketSocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Packet, SocketType.Raw, 0);
    private readonly PacketEndPoint _interface;

    /// <summary>Opens an interface of the namespace that the calling thread is in.</summary>
    /// <param name="index">Its number, as <c>ip link</c> prints it.</param>
    internal PacketSocket(int index) => _interface = new PacketEndPoint(index);

    public void Dispose() => _socket.Dispose();

    /// <summary>The number of an interface.</summary>
    internal static int IndexOf(string name)
    {
        string line = PrivateNetwork.Ip($"-o link show {name}").Output;
        return int.Parse(line[..line.IndexOf(':', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
    }

    internal void Send(ReadOnlySpan<byte> frame) => _socket.SendTo(frame, _interface);

    private sealed class PacketEndPoint(int index) : EndPoint
    {
        private const int AddressBytes = 20;
        private const int IndexOffset = 4;

        public override AddressFamily AddressFamily => AddressFamily.Packet;

        public override SocketAddress Serialize()
        {
            var address = new SocketAddress(AddressFamily.Packet, AddressBytes);
            BinaryPrimitives.WriteInt32LittleEndian(address.Buffer.Span[IndexOffset..], index);
            return address;
        }
    }
}
