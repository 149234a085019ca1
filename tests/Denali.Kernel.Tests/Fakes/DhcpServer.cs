// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Kernel.Tests.Fakes;

/// <summary>
/// A DHCP server on Linux's side of a TAP interface, in the network of the thread that makes it, byte by byte. It gives
/// 192.168.77.50 to the first client, the next address to the second, and so on.
/// </summary>
internal sealed class DhcpServer : IDisposable
{
    internal const string Address = "192.168.77.1";

    private const int TypeOffset = 242;
    private const byte Discover = 1;
    private const byte Request = 3;

    private readonly UdpClient _socket;
    private readonly List<string> _clients = [];
    private readonly Task _work;
    private int _isSilent;

    /// <summary>Configures an interface, and serves it.</summary>
    internal DhcpServer(string interfaceName, uint leaseSeconds = 3600)
    {
        PrivateNetwork.Configure($"addr add {Address}/24 dev {interfaceName}");
        PrivateNetwork.Configure($"route add 255.255.255.255 dev {interfaceName}");
        LeaseSeconds = leaseSeconds;
        _socket = new UdpClient(new IPEndPoint(IPAddress.Any, 67)) { EnableBroadcast = true };
        _work = ServeAsync();
    }

    internal uint LeaseSeconds { get; }

    /// <summary>Messages so far: type and sender.</summary>
    internal ConcurrentQueue<(byte Type, IPAddress Source)> Messages { get; } = [];

    /// <summary>Whether it listens, and says nothing.</summary>
    internal bool IsSilent
    {
        get => Volatile.Read(ref _isSilent) != 0;
        set => Volatile.Write(ref _isSilent, value ? 1 : 0);
    }

    /// <summary>How many messages of a type came, from a client with an address.</summary>
    internal int CountFrom(string address, byte type) =>
        Messages.Count(message => message.Type == type && message.Source.ToString() == address);

    public void Dispose()
    {
        _socket.Dispose();
        _work.Wait();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                UdpReceiveResult received = await _socket.ReceiveAsync();
                byte[] request = received.Buffer;
                Messages.Enqueue((request[TypeOffset], received.RemoteEndPoint.Address));
                if (!IsSilent && request[TypeOffset] is Discover or Request)
                {
                    byte[] answer = Answer(request);
                    bool hasAddress = BinaryPrimitives.ReadUInt32BigEndian(request.AsSpan(12)) != 0;
                    var to = new IPEndPoint(hasAddress ? new IPAddress(answer[16..20]) : IPAddress.Broadcast, 68);
                    await _socket.SendAsync(answer, to);
                }
            }
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException)
        {
            // Disposed: the only way to stop.
        }
    }

    private byte[] Answer(byte[] request)
    {
        string client = Convert.ToHexString(request, 28, 6);
        if (!_clients.Contains(client))
        {
            _clients.Add(client);
        }

        byte[] lease = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(lease, LeaseSeconds);
        byte[] server = IPAddress.Parse(Address).GetAddressBytes();
        byte[] head = request[..240];
        head[0] = 2;
        byte[] address = [192, 168, 77, (byte)(50 + _clients.IndexOf(client))];
        address.CopyTo(head, 16);
        byte type = request[TypeOffset] == Discover ? (byte)2 : (byte)5;
        return
        [
            .. head, 53, 1, type, 54, 4, .. server, 51, 4, .. lease, 1, 4, 255, 255, 255, 0, 3, 4, .. server,
            6, 4, .. server, 255,
        ];
    }
}
