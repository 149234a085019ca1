// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <summary>
/// ICMP for both families (RFC 792, RFC 4443): answers echo requests, hands replies to their sockets, understands
/// errors about our packets. What it sends about others' packets is in the other part.
/// </summary>
public sealed partial class IcmpLayer
{
    private readonly IpLayer _ip;
    private readonly IIpInput _transports;
    private EchoSocket? _echoSockets;
    private TokenBucket _replies = new(10_000, 1_000);

    internal IcmpLayer(IpLayer ip, IIpInput transports, BufferAllocator buffers, RandomSource random)
    {
        _ip = ip;
        _transports = transports;
        Buffers = buffers;
        Random = random;
    }

    /// <summary>
    /// Takes echo requests for addresses that are not our own, if <see cref="IpInterface.AcceptsAnyDestination"/>.
    /// </summary>
    public IEchoHandler? ForeignEcho { get; set; }

    /// <summary>Echo requests answered.</summary>
    public ulong EchoCount { get; private set; }

    /// <summary>Errors about packets of ours that were believed.</summary>
    public ulong ErrorCount { get; private set; }

    internal BufferAllocator Buffers { get; }

    internal RandomSource Random { get; }

    /// <summary>Makes a socket that sends echo requests and gets their replies.</summary>
    /// <returns>The socket.</returns>
    public EchoSocket OpenEcho()
    {
        Span<byte> random = stackalloc byte[2];
        ushort identifier;
        do
        {
            Random.Fill(random);
            identifier = (ushort)((random[0] << 8) | random[1]);
        }
        while (FindEcho(identifier) is not null);

        var socket = new EchoSocket(this, identifier) { Next = _echoSockets };
        _echoSockets = socket;
        return socket;
    }

    /// <summary>Sends the reply to a request that <see cref="ForeignEcho"/> has taken.</summary>
    /// <param name="source">Who was asked.</param>
    /// <param name="destination">Who asked.</param>
    /// <param name="rest">Identifier and sequence number of the request.</param>
    /// <param name="payload">Payload of the request.</param>
    public void SendForeignReply(IpAddress source, IpAddress destination, uint rest, ReadOnlySpan<byte> payload) =>
        _ = SendEcho(source, destination, isReply: true, rest, payload);

    /// <summary>Takes a message whose checksum is good.</summary>
    internal void Receive(in IpPacket about, in IcmpHeader header, ReadOnlySpan<byte> message, ulong nowNs)
    {
        if (about.Source.IsIpv4)
        {
            ReceiveIcmpv4(about, header, message, nowNs);
        }
        else
        {
            ReceiveIcmpv6(about, header, message, nowNs);
        }
    }

    /// <summary>Sends an echo message.</summary>
    internal IpSendResult SendEcho(
        IpAddress source,
        IpAddress destination,
        bool isReply,
        uint rest,
        ReadOnlySpan<byte> payload,
        byte hopLimit = 0)
    {
        bool isIpv4 = destination.IsIpv4;
        var header = new IcmpHeader
        {
            Type = isIpv4
                ? (byte)(isReply ? IcmpType.EchoReply : IcmpType.EchoRequest)
                : (byte)(isReply ? Icmpv6Type.EchoReply : Icmpv6Type.EchoRequest),
            Rest = rest,
        };
        Span<byte> bytes = stackalloc byte[IcmpHeader.SizeBytes];
        header.Write(bytes);
        var packet = new IpTransmission
        {
            Source = source,
            Destination = destination,
            Protocol = isIpv4 ? IpProtocol.Icmp : IpProtocol.Icmpv6,
            HopLimit = hopLimit,
            MayFragment = true,
            ChecksumOffset = IcmpHeader.ChecksumOffset,
            Header = bytes,
            Payload = payload,
        };
        return _ip.Send(ref packet);
    }

    internal bool TryGetSource(IpAddress destination, out IpAddress source) =>
        _ip.TryGetSource(destination, out source);

    internal void Remove(EchoSocket socket)
    {
        if (_echoSockets == socket)
        {
            _echoSockets = socket.Next;
            return;
        }

        for (EchoSocket? before = _echoSockets; before is not null; before = before.Next)
        {
            if (before.Next == socket)
            {
                before.Next = socket.Next;
                return;
            }
        }
    }

    private void ReceiveIcmpv4(in IpPacket about, in IcmpHeader header, ReadOnlySpan<byte> message, ulong nowNs)
    {
        ReadOnlySpan<byte> body = message[IcmpHeader.SizeBytes..];
        switch ((IcmpType)header.Type)
        {
            case IcmpType.EchoRequest:
                Answer(about, header.Rest, body, nowNs);
                break;

            case IcmpType.EchoReply:
                HandOver(about, header.Rest, body);
                break;

            case IcmpType.DestinationUnreachable:
                bool isTooBig = header.Code == (byte)IcmpUnreachableCode.FragmentationNeeded;
                bool isHard = header.Code is (byte)IcmpUnreachableCode.Protocol or (byte)IcmpUnreachableCode.Port;
                Believe(body, isHard, isTooBig, (int)(header.Rest & 0xFFFF), nowNs);
                break;

            case IcmpType.TimeExceeded:
            case IcmpType.ParameterProblem:
                Believe(body, isHard: false, isTooBig: false, 0, nowNs);
                break;
        }
    }

    private void ReceiveIcmpv6(in IpPacket about, in IcmpHeader header, ReadOnlySpan<byte> message, ulong nowNs)
    {
        ReadOnlySpan<byte> body = message[IcmpHeader.SizeBytes..];
        switch ((Icmpv6Type)header.Type)
        {
            case Icmpv6Type.EchoRequest:
                Answer(about, header.Rest, body, nowNs);
                break;

            case Icmpv6Type.EchoReply:
                HandOver(about, header.Rest, body);
                break;

            case Icmpv6Type.DestinationUnreachable:
                Believe(body, header.Code == (byte)Icmpv6UnreachableCode.Port, isTooBig: false, 0, nowNs);
                break;

            case Icmpv6Type.PacketTooBig:
                Believe(body, isHard: false, isTooBig: true, (int)Math.Min(header.Rest, 65535), nowNs);
                break;

            case Icmpv6Type.ParameterProblem:
                bool isHard = header.Code == (byte)Icmpv6ParameterCode.UnrecognizedNextHeader;
                Believe(body, isHard, isTooBig: false, 0, nowNs);
                break;

            case Icmpv6Type.TimeExceeded:
                Believe(body, isHard: false, isTooBig: false, 0, nowNs);
                break;
        }
    }

    /// <summary>A neighbour does not answer: whoever sent the packet is told.</summary>
    /// <param name="packet">Our packet.</param>
    /// <param name="nowNs">The time.</param>
    internal void ReportUnreachable(ReadOnlySpan<byte> packet, ulong nowNs) =>
        Believe(packet, isHard: false, isTooBig: false, 0, nowNs);

    private void Answer(in IpPacket about, uint rest, ReadOnlySpan<byte> body, ulong nowNs)
    {
        IpAddress source = about.Destination;
        if (source.IsMulticast || _ip.Interface.IsBroadcast(source))
        {
            // RFC 1122 section 3.2.2.6 lets us be silent; over IPv6 a group answers (RFC 4443 section 4.2).
            if (source.IsIpv4 || !_ip.TryGetSource(about.Source, out source))
            {
                return;
            }
        }
        else if (!_ip.Interface.IsOwn(source))
        {
            ForeignEcho?.OnEchoRequest(about, rest, body);
            return;
        }

        if (!about.Source.IsAny && _replies.TryTake(nowNs))
        {
            EchoCount++;
            _ = SendEcho(source, about.Source, isReply: true, rest, body);
        }
    }

    private void HandOver(in IpPacket about, uint rest, ReadOnlySpan<byte> body) =>
        FindEcho((ushort)(rest >> 16))?.Enqueue(about, (ushort)rest, body);

    private EchoSocket? FindEcho(ushort identifier)
    {
        EchoSocket? socket = _echoSockets;
        while (socket is not null && socket.Identifier != identifier)
        {
            socket = socket.Next;
        }

        return socket;
    }

    /// <summary>An error: if it quotes a packet that we may have sent, whoever sent it is told.</summary>
    private void Believe(ReadOnlySpan<byte> quote, bool isHard, bool isTooBig, int mtuBytes, ulong nowNs)
    {
        if (!TryReadQuote(quote, out IcmpError error, out IpProtocol protocol, out int offset, out int packetBytes)
            || !_ip.Interface.IsOwn(error.Source)
            || quote.Length < offset + 8)
        {
            return;
        }

        error.Error = isTooBig ? NetError.TooLarge : isHard ? NetError.Refused : NetError.Unreachable;
        error.IsHard = isHard;
        error.PathMtuBytes = mtuBytes;
        error.PacketBytes = packetBytes;
        quote = quote[offset..];
        if (protocol is not (IpProtocol.Icmp or IpProtocol.Icmpv6))
        {
            ErrorCount += _transports.DeliverError(protocol, error, quote, nowNs) ? 1u : 0u;
        }
        else if (FindEcho((ushort)((quote[4] << 8) | quote[5])) is not null)
        {
            ErrorCount++;
            _ip.NotePathMtu(error, nowNs);
        }
    }

    private static bool TryReadQuote(
        ReadOnlySpan<byte> quote, out IcmpError error, out IpProtocol protocol, out int offset, out int packetBytes)
    {
        error = default;
        packetBytes = 0;
        if (Ipv4Header.TryParseQuoted(quote, out Ipv4Header ipv4))
        {
            error.Source = ipv4.Source;
            error.Destination = ipv4.Destination;
            protocol = ipv4.Protocol;
            offset = ipv4.HeaderBytes;
            packetBytes = ipv4.TotalBytes;
            return ipv4.FragmentOffsetBytes == 0;
        }

        protocol = IpProtocol.None;
        offset = 0;
        if (!Ipv6Header.TryParseQuoted(quote, out Ipv6Header ipv6))
        {
            return false;
        }

        // We send no extension headers but the fragment header.
        error.Source = ipv6.Source;
        error.Destination = ipv6.Destination;
        protocol = ipv6.NextHeader;
        offset = Ipv6Header.SizeBytes;
        packetBytes = offset + ipv6.PayloadBytes;
        if (protocol == IpProtocol.Fragment
            && Ipv6FragmentHeader.TryParse(quote[offset..], out Ipv6FragmentHeader fragment))
        {
            protocol = fragment.NextHeader;
            offset += Ipv6FragmentHeader.SizeBytes;
            return fragment.OffsetBytes == 0;
        }

        return true;
    }
}
