// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net.Tests.Conformance;

/// <summary>ICMP errors of scripts: <c>icmp KIND [MTU] seq N</c>.</summary>
internal static class ScriptIcmp
{
    private const int QuotedTcpBytes = 8;
    private const int QuotedTcpBytesIpv6 = 20;

    /// <summary>An error of the peer about a segment that the host is said to have sent.</summary>
    public static byte[] Build(string[] words, ScriptFlow flow, ScriptAddresses addresses)
    {
        (byte type, byte code, byte type6, byte code6) = words[1] switch
        {
            "net" => ((byte)3, (byte)0, (byte)1, (byte)0),
            "host" => ((byte)3, (byte)1, (byte)1, (byte)3),
            "protocol" => ((byte)3, (byte)2, (byte)4, (byte)1),
            "port" => ((byte)3, (byte)3, (byte)1, (byte)4),
            "toobig" => ((byte)3, (byte)4, (byte)2, (byte)0),
            "prohibited" => ((byte)3, (byte)13, (byte)1, (byte)1),
            "expired" => ((byte)11, (byte)0, (byte)3, (byte)0),
            "quench" => ((byte)4, (byte)0, (byte)4, (byte)0),
            _ => throw new ScriptFailureException($"'{words[1]}' is no ICMP error"),
        };
        bool hasMtu = words[1] == "toobig";
        uint mtu = hasMtu ? ScriptSegment.Number(words[2]) : 0;
        uint sequence = flow.HostIss + ScriptSegment.Number(words[hasMtu ? 4 : 3]);
        int network = addresses.HeaderBytes - EthernetHeader.SizeBytes;
        int quoted = addresses.IsIpv6 ? QuotedTcpBytesIpv6 : QuotedTcpBytes;
        byte[] frame = new byte[addresses.HeaderBytes + IcmpHeader.SizeBytes + network + quoted];
        addresses.WriteHeaders(frame, addresses.IsIpv6 ? IpProtocol.Icmpv6 : IpProtocol.Icmp);
        Span<byte> icmp = frame.AsSpan(addresses.HeaderBytes);
        Span<byte> quote = icmp[IcmpHeader.SizeBytes..];
        const int SentPayloadBytes = 1480;
        addresses.WriteNetwork(quote, SentPayloadBytes, IpProtocol.Tcp, addresses.Host, addresses.Peer);
        Span<byte> tcp = quote[network..];
        BinaryPrimitives.WriteUInt16BigEndian(tcp, flow.HostPort);
        BinaryPrimitives.WriteUInt16BigEndian(tcp[2..], flow.PeerPort);
        BinaryPrimitives.WriteUInt32BigEndian(tcp[4..], sequence);
        new IcmpHeader
        {
            Type = addresses.IsIpv6 ? type6 : type,
            Code = addresses.IsIpv6 ? code6 : code,
            Rest = mtu,
        }.Write(icmp);
        IcmpHeader.WriteChecksum(addresses.Peer, addresses.Host, icmp);
        return frame;
    }
}
