// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>UDP (RFC 768): finds the socket of a datagram, and sends datagrams.</summary>
public sealed class UdpLayer
{
    /// <summary>First port that is given to sockets which ask for none (RFC 6335 section 6).</summary>
    public const ushort EphemeralFirst = 49152;

    // Sockets by the low bits of their port. Few VMs have more than a handful.
    private const int BucketCount = 64;
    private const int EphemeralCount = 65536 - EphemeralFirst;

    private readonly IIpOutput _ip;
    private readonly RandomSource _random;
    private readonly UdpSocket?[] _buckets = new UdpSocket?[BucketCount];
    private readonly byte[] _header = new byte[UdpHeader.SizeBytes];

    /// <summary>Makes the layer.</summary>
    /// <param name="ip">The IP layer below.</param>
    /// <param name="buffers">Where the queues' memory comes from.</param>
    /// <param name="random">For ports that nobody can guess.</param>
    public UdpLayer(IIpOutput ip, BufferAllocator buffers, RandomSource random)
    {
        _ip = ip;
        Buffers = buffers;
        _random = random;
    }

    /// <summary>Sockets that are bound.</summary>
    public int SocketCount { get; private set; }

    /// <summary>Datagrams with a wrong length or checksum.</summary>
    public ulong MalformedCount { get; private set; }

    /// <summary>
    /// Takes datagrams for addresses that are not our own, if <see cref="IpInterface.AcceptsAnyDestination"/>.
    /// </summary>
    public IForeignDatagramHandler? Foreign { get; set; }

    internal BufferAllocator Buffers { get; }

    /// <summary>Makes a socket that is not bound yet.</summary>
    /// <returns>The socket.</returns>
    public UdpSocket Open() => new(this);

    /// <summary>Gives a socket its endpoint, once.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="local">Address, or the unspecified one of a family for any; port, or 0 for a free one.</param>
    /// <returns>None, <see cref="NetError.AddressInUse"/> or <see cref="NetError.AddressInvalid"/>.</returns>
    public NetError Bind(UdpSocket socket, IpEndpoint local)
    {
        if (socket.Local.Port != 0)
        {
            return NetError.AddressInvalid;
        }

        ushort port = local.Port;
        if (port == 0)
        {
            if (!TryFindPort(local.Address, socket, out port))
            {
                return NetError.AddressInUse;
            }
        }
        else if (IsTaken(local, socket))
        {
            return NetError.AddressInUse;
        }

        socket.Local = new IpEndpoint(local.Address, port);
        ref UdpSocket? bucket = ref _buckets[port % BucketCount];
        socket.NextInBucket = bucket;
        bucket = socket;
        SocketCount++;
        return NetError.None;
    }

    /// <summary>Takes a datagram from the network.</summary>
    /// <param name="packet">What brought it.</param>
    /// <param name="datagram">UDP header and payload.</param>
    /// <returns>False if nobody listens there, which the sender is to be told.</returns>
    public bool Receive(in IpPacket packet, ReadOnlySpan<byte> datagram)
    {
        if (!UdpHeader.TryParse(datagram, out UdpHeader header) || header.DestinationPort == 0)
        {
            MalformedCount++;
            return true;
        }

        datagram = datagram[..header.LengthBytes];
        if (!packet.IsChecksumTrusted && !IsChecksumGood(packet, header, datagram))
        {
            MalformedCount++;
            return true;
        }

        var local = new IpEndpoint(packet.Destination, header.DestinationPort);
        var remote = new IpEndpoint(packet.Source, header.SourcePort);
        if (Foreign is not null && Foreign.TryTake(remote, local, datagram[UdpHeader.SizeBytes..]))
        {
            return true;
        }

        UdpSocket? socket = Find(local, remote);
        socket?.Enqueue(packet, header.SourcePort, datagram[UdpHeader.SizeBytes..]);
        return socket is not null || packet.Destination.IsMulticast;
    }

    /// <summary>Sends a datagram from any address: the answer to a foreign one.</summary>
    /// <param name="local">Where it comes from.</param>
    /// <param name="remote">Where it goes.</param>
    /// <param name="payload">Up to 65507 bytes over IPv4, 65527 over IPv6.</param>
    /// <returns>None if it was sent.</returns>
    public NetError SendFrom(IpEndpoint local, IpEndpoint remote, ReadOnlySpan<byte> payload) =>
        payload.Length > (remote.Address.IsIpv4 ? 65507 : 65527)
            ? NetError.TooLarge
            : Send(local, remote, payload, hopLimit: 0, trafficClass: 0);

    /// <summary>An ICMP message says that a datagram of ours did not arrive.</summary>
    /// <param name="local">Where it came from.</param>
    /// <param name="remote">Where it went.</param>
    /// <param name="error">What is wrong.</param>
    /// <returns>Whether a socket may have sent it.</returns>
    public bool ReceiveError(IpEndpoint local, IpEndpoint remote, NetError error)
    {
        UdpSocket? socket = Find(local, remote);
        if (socket is not null && socket.IsConnected)
        {
            socket.SetError(error);
        }

        return socket is not null;
    }

    internal NetError Send(UdpSocket socket, ReadOnlySpan<byte> payload, IpEndpoint remote)
    {
        if (remote.Port == 0)
        {
            return NetError.AddressInvalid;
        }

        if (payload.Length > (remote.Address.IsIpv4 ? 65507 : 65527))
        {
            return NetError.TooLarge;
        }

        IpAddress source = socket.Local.Address;
        if (source.IsAny && !_ip.TryGetSource(remote.Address, out source))
        {
            return NetError.Unreachable;
        }

        if (source.IsIpv4 != remote.Address.IsIpv4)
        {
            return NetError.AddressInvalid;
        }

        if (socket.Local.Port == 0)
        {
            NetError error = Bind(socket, new IpEndpoint(AnyOf(remote.Address), 0));
            if (error != NetError.None)
            {
                return error;
            }
        }

        return Send(
            new IpEndpoint(source, socket.Local.Port), remote, payload, socket.HopLimit, socket.TrafficClass);
    }

    internal NetError Send(
        IpEndpoint local, IpEndpoint remote, ReadOnlySpan<byte> payload, byte hopLimit, byte trafficClass)
    {
        var header = new UdpHeader
        {
            SourcePort = local.Port,
            DestinationPort = remote.Port,
            LengthBytes = (ushort)(UdpHeader.SizeBytes + payload.Length),
        };
        header.Write(_header);
        var packet = new IpTransmission
        {
            Source = local.Address,
            Destination = remote.Address,
            Protocol = IpProtocol.Udp,
            HopLimit = hopLimit,
            TrafficClass = trafficClass,
            MayFragment = true,
            ChecksumOffset = UdpHeader.ChecksumOffset,
            Header = _header,
            Payload = payload,
        };
        return _ip.Send(ref packet) switch
        {
            IpSendResult.Sent => NetError.None,
            IpSendResult.LinkFull => NetError.NoBuffers,
            IpSendResult.TooLarge => NetError.TooLarge,
            _ => NetError.Unreachable,
        };
    }

    internal NetError FixSource(UdpSocket socket, IpAddress remote)
    {
        if (socket.Local.Port == 0)
        {
            NetError error = Bind(socket, new IpEndpoint(AnyOf(remote), 0));
            if (error != NetError.None)
            {
                return error;
            }
        }

        IpAddress local = socket.Local.Address;
        return local.IsAny && !_ip.TryGetSource(remote, out local) ? NetError.Unreachable
            : local.IsIpv4 != remote.IsIpv4 ? NetError.AddressInvalid
            : SetLocal(socket, local);
    }

    internal void Remove(UdpSocket socket)
    {
        if (socket.Local.Port == 0)
        {
            return;
        }

        ref UdpSocket? bucket = ref _buckets[socket.Local.Port % BucketCount];
        if (bucket == socket)
        {
            bucket = socket.NextInBucket;
        }
        else
        {
            UdpSocket before = bucket!;
            while (before.NextInBucket != socket)
            {
                before = before.NextInBucket!;
            }

            before.NextInBucket = socket.NextInBucket;
        }

        socket.NextInBucket = null;
        socket.Local = default;
        SocketCount--;
    }

    private static NetError SetLocal(UdpSocket socket, IpAddress local)
    {
        socket.Local = new IpEndpoint(local, socket.Local.Port);
        return NetError.None;
    }

    private static IpAddress AnyOf(IpAddress family) => family.IsIpv4 ? IpAddress.Ipv4Any : default;

    // RFC 768: zero means that the sender computed none; RFC 8200 section 8.1: over IPv6 it must.
    private static bool IsChecksumGood(in IpPacket packet, in UdpHeader header, ReadOnlySpan<byte> datagram)
    {
        if (header.Checksum == 0)
        {
            return packet.Source.IsIpv4;
        }

        uint sum = InternetChecksum.PseudoHeader(
            packet.Source, packet.Destination, IpProtocol.Udp, (uint)datagram.Length);
        return InternetChecksum.Fold(InternetChecksum.Add(sum, datagram)) == InternetChecksum.Good;
    }

    /// <summary>The socket that fits best: connected before bound, an address before any.</summary>
    private UdpSocket? Find(IpEndpoint local, IpEndpoint remote)
    {
        UdpSocket? best = null;
        int bestScore = -1;
        for (UdpSocket? socket = _buckets[local.Port % BucketCount]; socket is not null; socket = socket.NextInBucket)
        {
            int score = Score(socket, local, remote);
            if (score > bestScore)
            {
                best = socket;
                bestScore = score;
            }
        }

        return best;
    }

    private static int Score(UdpSocket socket, IpEndpoint local, IpEndpoint remote)
    {
        if (socket.Local.Port != local.Port || (socket.IsConnected && socket.Remote != remote))
        {
            return -1;
        }

        IpAddress address = socket.Local.Address;
        int score = socket.IsConnected ? 2 : 0;
        if (address == local.Address)
        {
            return score + 1;
        }

        bool takesFamily = address.IsIpv4 == local.Address.IsIpv4 || (socket.IsDualStack && !address.IsIpv4);
        return address.IsAny && takesFamily ? score : -1;
    }

    private bool IsTaken(IpEndpoint local, UdpSocket asking)
    {
        for (UdpSocket? socket = _buckets[local.Port % BucketCount]; socket is not null; socket = socket.NextInBucket)
        {
            if (socket.Local.Port == local.Port
                && Overlaps(socket, local.Address, asking)
                && !(socket.IsAddressShared && asking.IsAddressShared))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Overlaps(UdpSocket socket, IpAddress address, UdpSocket asking)
    {
        IpAddress taken = socket.Local.Address;
        if (taken.IsIpv4 == address.IsIpv4)
        {
            return taken.IsAny || address.IsAny || taken == address;
        }

        return taken.IsIpv4 ? address.IsAny && asking.IsDualStack : taken.IsAny && socket.IsDualStack;
    }

    private bool TryFindPort(IpAddress address, UdpSocket asking, out ushort port)
    {
        Span<byte> start = stackalloc byte[2];
        _random.Fill(start);
        int first = BinaryPrimitives.ReadUInt16LittleEndian(start);
        for (int i = 0; i < EphemeralCount; i++)
        {
            port = (ushort)(EphemeralFirst + ((first + i) % EphemeralCount));
            if (!IsTaken(new IpEndpoint(address, port), asking))
            {
                return true;
            }
        }

        port = 0;
        return false;
    }
}
