// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net;
using GuestTests;
using Ilwaco;

/// <summary>
/// The small protocols inside a guest: what the host's tests prove in full is compiled here by another compiler, for
/// another core library.
/// </summary>
internal static unsafe class Protocols
{
    private const ulong Second = 1_000_000_000;

    private static readonly IpAddress s_address = IpAddress.FromIpv4(0x0A000001);
    private static readonly MacAddress s_mac = new(0x0200_0000_0001);

    private static int Main()
    {
        TestReport.Begin("protocols"u8);
        TestReport.Run("checksum_is_that_of_the_definition"u8, &Checksum);
        TestReport.Run("headers_round_trip"u8, &Headers);
        TestReport.Run("extensions_are_walked"u8, &Extensions);
        TestReport.Run("router_advertisement_round_trips"u8, &RouterMessage);
        TestReport.Run("datagram_is_reassembled"u8, &Reassembly);
        TestReport.Run("neighbor_is_found"u8, &Neighbor);
        TestReport.Run("path_mtu_falls"u8, &PathMtu);
        TestReport.Run("name_is_resolved"u8, &Resolve);
        TestReport.Run("address_is_leased"u8, &Lease);
        return TestReport.End("protocols"u8);
    }

    private static void Checksum()
    {
        byte[] bytes = new byte[1500];
        GuestRandomFill(bytes);
        bytes.AsSpan(300, 400).Fill(0xFF);
        for (int length = 0; length <= bytes.Length; length += 1 + (length / 64))
        {
            ReadOnlySpan<byte> part = bytes.AsSpan(bytes.Length - length);
            int cut = length / 3;
            uint sum = InternetChecksum.Add(0, part);
            uint pieces = InternetChecksum.Add(0, part[..cut]);
            pieces = cut % 2 == 0
                ? InternetChecksum.Add(pieces, part[cut..])
                : InternetChecksum.AddAtOddOffset(pieces, part[cut..]);
            int expected = 0;
            for (int index = 0; index < length; index += 2)
            {
                expected += (part[index] << 8) | (index + 1 < length ? part[index + 1] : 0);
                expected = expected > 0xFFFF ? expected - 0xFFFF : expected;
            }

            TestReport.CheckEqual(InternetChecksum.Fold(sum), expected, "sum"u8);
            TestReport.CheckEqual(InternetChecksum.Fold(pieces), expected, "sum of pieces"u8);
        }
    }

    private static void Headers()
    {
        Span<byte> bytes = stackalloc byte[64];
        new Ipv4Header
        {
            TotalBytes = 40,
            HopLimit = 64,
            Protocol = IpProtocol.Tcp,
            Source = s_address,
            Destination = s_address,
            DontFragment = true,
        }.Write(bytes);
        TestReport.Check(Ipv4Header.TryParse(bytes, out Ipv4Header v4), "IPv4 refused"u8);
        TestReport.CheckEqual(v4.PayloadBytes, 20, "payload"u8);
        TestReport.Check(v4.DontFragment && v4.Source == s_address, "fields"u8);
        bytes[8]++;
        TestReport.Check(!Ipv4Header.TryParse(bytes, out _), "a bad checksum is accepted"u8);

        new ArpPacket { Operation = ArpOperation.Request, SenderMac = s_mac, TargetAddress = s_address }.Write(bytes);
        TestReport.Check(ArpPacket.TryParse(bytes, out ArpPacket arp) && arp.SenderMac == s_mac, "ARP"u8);
        new UdpHeader { SourcePort = 1, DestinationPort = 2, LengthBytes = 9 }.Write(bytes);
        TestReport.Check(UdpHeader.TryParse(bytes, out UdpHeader udp) && udp.DestinationPort == 2, "UDP"u8);
        new EthernetHeader { Source = s_mac, EtherType = EtherType.Ipv6 }.Write(bytes);
        TestReport.Check(EthernetHeader.TryParse(bytes, out EthernetHeader link) && link.Source == s_mac, "frame"u8);
        new IcmpHeader { Type = (byte)IcmpType.EchoRequest }.Write(bytes);
        IcmpHeader.WriteChecksum(s_address, s_address, bytes);
        TestReport.Check(IcmpHeader.IsChecksumGood(s_address, s_address, bytes), "ICMP"u8);
    }

    private static void Extensions()
    {
        Span<byte> payload = stackalloc byte[24];
        payload.Clear();
        payload[0] = 60;
        payload[8] = 44;
        payload[16] = 17;
        payload[19] = 1;
        TestReport.Check(
            !Ipv6Extensions.TryWalk(payload, IpProtocol.HopByHop, false, out Ipv6Extensions found), "not a fragment"u8);
        TestReport.CheckEqual((long)found.Verdict, (long)Ipv6ExtensionVerdict.Fragment, "verdict"u8);
        TestReport.CheckEqual(found.PayloadOffset, 24, "offset"u8);
        payload[19] = 0;
        TestReport.Check(Ipv6Extensions.TryWalk(payload, IpProtocol.HopByHop, false, out found), "no transport"u8);
        TestReport.CheckEqual((long)found.Protocol, (long)IpProtocol.Udp, "protocol"u8);
    }

    private static void RouterMessage()
    {
        RouterAdvertisement message = new() { Mtu = 1400, PrefixCount = 1 };
        message.Prefixes[0] = new PrefixInformation { Prefix = new IpAddress(1, 0), PrefixLength = 64 };
        Span<byte> bytes = stackalloc byte[RouterAdvertisement.LargestBytes];
        int length = message.Write(bytes);
        bool isRead = RouterAdvertisement.TryParse(bytes[..length], out RouterAdvertisement parsed);
        TestReport.Check(isRead && parsed.Mtu == 1400 && parsed.PrefixCount == 1, "fields"u8);
        TestReport.CheckEqual((long)parsed.Prefixes[0].Prefix.High, 1, "prefix"u8);
    }

    private static void Reassembly()
    {
        GuestBuffers buffers = new();
        Reassembler reassembler = new(buffers);
        byte[] whole = new byte[3000];
        GuestRandomFill(whole);
        IpFragment fragment = new() { Source = s_address, Destination = s_address, Protocol = IpProtocol.Udp };
        ReassembledDatagram datagram = default;
        ReassemblyStatus status = default;
        for (int index = 2; index >= 0; index--)
        {
            fragment.OffsetBytes = index * 1000;
            fragment.MoreFragments = index != 2;
            status = reassembler.Add(fragment, whole.AsSpan(index * 1000, 1000), 0, out datagram);
        }

        TestReport.CheckEqual((long)status, (long)ReassemblyStatus.Complete, "status"u8);
        TestReport.Check(datagram.Payload.SequenceEqual(whole), "bytes"u8);
        reassembler.Release(ref datagram);
        reassembler.Add(fragment, whole.AsSpan(0, 1000), 0, out _);
        TestReport.Check(reassembler.TryExpire(30 * Second, whole, out ReassemblyTimeout timeout), "no timeout"u8);
        TestReport.Check(timeout.IsReportDue, "no report"u8);
        TestReport.CheckEqual(buffers.Outstanding, 0, "buffers out"u8);
    }

    private static void Neighbor()
    {
        GuestBuffers buffers = new();
        GuestOwner owner = new();
        NeighborCache cache = new(buffers, new GuestNumbers(), owner, 16);
        TestReport.Check(!cache.TryLookup(s_address, 0, out _), "known"u8);
        Span<byte> bytes = stackalloc byte[60];
        bytes.Clear();
        TestReport.Check(cache.TryKeep(s_address, new OutgoingFrame { Headers = bytes }), "not kept"u8);
        cache.Poll(Second);
        TestReport.CheckEqual(owner.Requests, 2, "requests"u8);
        cache.HandleArp(s_address, s_mac, isForUs: true, Second);
        TestReport.CheckEqual(owner.Sent.Length, 60, "frame"u8);
        TestReport.Check(MacAddress.Read(owner.Sent) == s_mac, "destination"u8);
        TestReport.Check(cache.TryLookup(s_address, Second, out MacAddress mac) && mac == s_mac, "unknown"u8);
        TestReport.CheckEqual(buffers.Outstanding, 0, "buffers out"u8);
    }

    private static void PathMtu()
    {
        PathMtuCache cache = new();
        TestReport.Check(cache.TryLower(s_address, 1000, 1500, 1500, 0), "not lowered"u8);
        TestReport.CheckEqual(cache.Get(s_address, 1500, 0), 1000, "MTU"u8);
        TestReport.CheckEqual(cache.Get(s_address, 1500, 600 * Second), 1500, "MTU later"u8);
    }

    private static void Resolve()
    {
        GuestOwner owner = new();
        DnsResolver resolver = new(owner, new GuestNumbers(), new GuestBuffers());
        Span<IpEndpoint> servers = [new IpEndpoint(s_address, 53)];
        resolver.SetServers(servers);
        TestReport.Check(resolver.TryAddSearchDomain("Example"u8), "domain refused"u8);
        DnsQuery query = new();
        resolver.Start(query, "host"u8, DnsRecordType.A, 0);
        TestReport.CheckEqual((long)query.State, (long)DnsQueryState.Pending, "state"u8);

        // The query without its options, and an answer that points to its name.
        Span<byte> answer = stackalloc byte[64];
        int length = owner.Sent.Length - 11;
        owner.Sent[..length].CopyTo(answer);
        answer[2] |= 0x80;
        answer[7] = 1;
        answer[11] = 0;
        ReadOnlySpan<byte> record = [0xC0, 12, 0, 1, 0, 1, 0, 0, 1, 0, 0, 4, 10, 0, 0, 9];
        record.CopyTo(answer[length..]);
        resolver.HandleDatagram(owner.Port, servers[0], answer[..(length + record.Length)], 0);
        TestReport.CheckEqual((long)query.State, (long)DnsQueryState.Resolved, "state"u8);
        TestReport.CheckEqual(query.AddressAt(0).Ipv4Value, 0x0A000009, "address"u8);
        TestReport.CheckEqual(owner.Completed, 1, "completed"u8);
        resolver.Start(query, "HOST"u8, DnsRecordType.A, 0);
        TestReport.CheckEqual((long)query.State, (long)DnsQueryState.Resolved, "cached state"u8);
    }

    private static void Lease()
    {
        GuestOwner owner = new();
        DhcpClient client = new(owner, new GuestNumbers(), s_mac);
        client.SetHostName("vm"u8);
        client.Start(0);
        client.HandleDatagram(Reply(owner.Sent, DhcpMessageType.Offer), 0);
        TestReport.CheckEqual((long)client.State, (long)DhcpState.Requesting, "state"u8);
        client.HandleDatagram(Reply(owner.Sent, DhcpMessageType.Acknowledge), 0);
        TestReport.CheckEqual(owner.Probes, 1, "probes"u8);
        client.HandleProbe(isFree: true, 0);
        TestReport.CheckEqual(client.Lease.Address.Ipv4Value, 0x0A000032, "address"u8);
        TestReport.CheckEqual(client.Lease.PrefixLength, 24, "prefix"u8);
        TestReport.CheckEqual(owner.Bound, 3, "bytes of the domain"u8);
        TestReport.CheckEqual((long)(client.NextDeadlineNs / Second), 1800, "renewal"u8);
    }

    private static byte[] Reply(ReadOnlySpan<byte> request, DhcpMessageType type)
    {
        byte[] reply = new byte[300];
        request[..240].CopyTo(reply);
        reply[0] = 2;
        BinaryPrimitives.WriteUInt32BigEndian(reply.AsSpan(16), 0x0A000032);
        ReadOnlySpan<byte> options =
        [
            53, 1, (byte)type, 54, 4, 10, 0, 0, 1, 51, 4, 0, 0, 14, 16, 1, 4, 255, 255, 255, 0, 15, 3, 97, 46, 98, 255,
        ];
        options.CopyTo(reply.AsSpan(240));
        return reply;
    }

    private static void GuestRandomFill(Span<byte> bytes)
    {
        foreach (ref byte value in bytes)
        {
            value = (byte)GuestRandom.Next(256);
        }
    }
}
