// SPDX-License-Identifier: MIT
using System;

namespace Denali.Net;

/// <content>Errors about packets of others.</content>
public sealed partial class IcmpLayer
{
    // RFC 4443 section 2.4 (c): an error is never larger than the smallest MTU that every path has.
    private const int Ipv6ErrorBytesMax = 1280;

    // RFC 1812 section 4.3.2.3: as much of the packet as fits into 576 bytes.
    private const int Ipv4ErrorBytesMax = 576;

    private TokenBucket _errors = new(100, 20);

    /// <summary>Errors sent.</summary>
    public ulong ErrorsSentCount { get; private set; }

    internal void SendPortUnreachable(in IpPacket about, ReadOnlySpan<byte> packet, ulong nowNs) => SendError(
        about,
        (byte)IcmpType.DestinationUnreachable,
        (byte)IcmpUnreachableCode.Port,
        (byte)Icmpv6Type.DestinationUnreachable,
        (byte)Icmpv6UnreachableCode.Port,
        0,
        packet,
        nowNs);

    /// <summary>Nobody knows the transport: for IPv6 that is a parameter problem (RFC 8200 section 4).</summary>
    internal void SendProtocolUnreachable(
        in IpPacket about, int protocolPointer, ReadOnlySpan<byte> packet, ulong nowNs) => SendError(
        about,
        (byte)IcmpType.DestinationUnreachable,
        (byte)IcmpUnreachableCode.Protocol,
        (byte)Icmpv6Type.ParameterProblem,
        (byte)Icmpv6ParameterCode.UnrecognizedNextHeader,
        about.Source.IsIpv4 ? 0 : (uint)protocolPointer,
        packet,
        nowNs);

    internal void SendParameterProblem(
        in IpPacket about, byte code, int pointer, ReadOnlySpan<byte> packet, bool evenIfMulticast, ulong nowNs) =>
        SendError(
            about,
            0,
            0,
            (byte)Icmpv6Type.ParameterProblem,
            code,
            (uint)pointer,
            packet,
            nowNs,
            evenIfMulticast);

    internal void SendReassemblyTimeExceeded(in IpPacket about, ReadOnlySpan<byte> packet, ulong nowNs) => SendError(
        about,
        (byte)IcmpType.TimeExceeded,
        (byte)IcmpTimeExceededCode.Reassembly,
        (byte)Icmpv6Type.TimeExceeded,
        (byte)IcmpTimeExceededCode.Reassembly,
        0,
        packet,
        nowNs);

    private void SendError(
        in IpPacket about,
        byte type,
        byte code,
        byte ipv6Type,
        byte ipv6Code,
        uint rest,
        ReadOnlySpan<byte> quote,
        ulong nowNs,
        bool evenIfMulticast = false)
    {
        // RFC 1122 section 3.2.2, RFC 4443 section 2.4 (e): not about what was for many, or from nobody in particular.
        bool isForMany = about.Destination.IsMulticast || _ip.Interface.IsBroadcast(about.Destination);
        bool isIpv4 = about.Source.IsIpv4;
        if ((isForMany && !evenIfMulticast)
            || about.Source.IsAny
            || about.Source.IsMulticast
            || (about.Source.IsLoopback && !about.Destination.IsLoopback)
            || !_errors.TryTake(nowNs))
        {
            return;
        }

        IpAddress source = about.Destination;
        if ((isForMany || !_ip.Interface.IsOwn(source)) && !_ip.TryGetSource(about.Source, out source))
        {
            return;
        }

        int room = isIpv4
            ? Ipv4ErrorBytesMax - Ipv4Header.SizeBytes - IcmpHeader.SizeBytes
            : Ipv6ErrorBytesMax - Ipv6Header.SizeBytes - IcmpHeader.SizeBytes;
        var header = new IcmpHeader
        {
            Type = isIpv4 ? type : ipv6Type,
            Code = isIpv4 ? code : ipv6Code,
            Rest = rest,
        };
        Span<byte> bytes = stackalloc byte[IcmpHeader.SizeBytes];
        header.Write(bytes);
        var packet = new IpTransmission
        {
            Source = source,
            Destination = about.Source,
            Protocol = isIpv4 ? IpProtocol.Icmp : IpProtocol.Icmpv6,
            ChecksumOffset = IcmpHeader.ChecksumOffset,
            Header = bytes,
            Payload = quote[..Math.Min(quote.Length, room)],
        };
        ErrorsSentCount++;
        _ = _ip.Send(ref packet);
    }
}
