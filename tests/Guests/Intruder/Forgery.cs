// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Net;
using Ilwaco;

/// <summary>Frames that pass for somebody else, or tell lies about who has an address.</summary>
internal static unsafe class Forgery
{
    /// <summary>Kinds of forged frames.</summary>
    internal const uint Kinds = 12;

    private const int PayloadBytes = 64;

    /// <summary>What every frame of an intruder that has room for it carries.</summary>
    private static ReadOnlySpan<byte> Mark => "denali-intruder"u8;

    private static MacAddress OwnMac
    {
        get
        {
            ulong value = BinaryPrimitives.ReverseEndianness(VirtualRegisters.Page->MacAddress);
            return new MacAddress(value >> 16);
        }
    }

    private static IpAddress OwnIpv4 =>
        IpAddress.FromIpv4(BinaryPrimitives.ReverseEndianness(VirtualRegisters.Page->Ipv4Address));

    private static IpAddress OwnIpv6 => new(
        BinaryPrimitives.ReverseEndianness(VirtualRegisters.Page->Ipv6Address0),
        BinaryPrimitives.ReverseEndianness(VirtualRegisters.Page->Ipv6Address1));

    private static IpAddress GatewayIpv4 =>
        IpAddress.FromIpv4(BinaryPrimitives.ReverseEndianness(VirtualRegisters.Page->Ipv4Gateway));

    private static IpAddress GatewayIpv6 => new(
        BinaryPrimitives.ReverseEndianness(VirtualRegisters.Page->Ipv6Gateway0),
        BinaryPrimitives.ReverseEndianness(VirtualRegisters.Page->Ipv6Gateway1));

    private static MacAddress GatewayMac => new(0x0264_6EFF_FFFE);

    /// <summary>Hardware address of a VM, from its index.</summary>
    internal static MacAddress MacOf(uint index) => new(0x0264_6E00_0000UL + index);

    /// <summary>IPv4 address of a VM, from its index.</summary>
    internal static IpAddress Ipv4Of(uint index) => IpAddress.FromIpv4(0x0A01_0000 + index);

    /// <summary>Writes a frame that lies.</summary>
    /// <param name="kind">Which lie, below <see cref="Kinds"/>.</param>
    /// <param name="victim">Index of the VM that is to believe it, or as which it passes.</param>
    /// <param name="frame">Room for it.</param>
    /// <returns>Its bytes.</returns>
    internal static int Write(uint kind, uint victim, Span<byte> frame)
    {
        IpAddress victimIpv6 = new(OwnIpv6.High, 0x1_0000 + (ulong)victim);
        switch (kind)
        {
            case 0:
                return WriteUdp(frame, MacOf(victim), MacOf(victim + 1), OwnIpv4, Ipv4Of(victim + 1), PayloadBytes);
            case 1:
                return WriteUdp(frame, OwnMac, MacOf(victim), Ipv4Of(victim + 1), Ipv4Of(victim), PayloadBytes);
            case 2:
                return WriteUdp(frame, OwnMac, MacOf(victim), GatewayIpv4, Ipv4Of(victim), PayloadBytes);
            case 3:
                return WriteUdp(frame, OwnMac, GatewayMac, OwnIpv4, Ipv4Of(victim), PayloadBytes);
            case 4:
                return WriteArp(frame, ArpOperation.Reply, MacAddress.Broadcast, GatewayIpv4);
            case 5:
                return WriteArp(frame, ArpOperation.Reply, MacOf(victim), Ipv4Of(victim + 1));
            case 6:
                return WriteArp(frame, ArpOperation.Request, MacAddress.Broadcast, GatewayIpv4);
            case 7:
                return WriteAdvertisement(frame, MacOf(victim), OwnIpv6, GatewayIpv6);
            case 8:
                return WriteAdvertisement(frame, MacOf(victim), victimIpv6, victimIpv6);
            case 9:
                return WriteMessage(frame, Icmpv6Type.RouterAdvertisement, MacOf(victim));
            case 10:
                return WriteMessage(frame, Icmpv6Type.Redirect, MacOf(victim));
            default:
                // Behind an extension header.
                return WriteHidden(frame, MacOf(victim), victimIpv6);
        }
    }

    /// <summary>Writes an honest datagram.</summary>
    /// <param name="to">Where the frame goes.</param>
    /// <param name="destination">Where the packet goes.</param>
    /// <param name="payloadBytes">Bytes of its payload, at least those of the mark.</param>
    /// <param name="frame">Room for it.</param>
    /// <returns>Its bytes.</returns>
    internal static int WriteDatagram(MacAddress to, IpAddress destination, int payloadBytes, Span<byte> frame) =>
        WriteUdp(frame, OwnMac, to, OwnIpv4, destination, payloadBytes);

    /// <summary>Writes an honest datagram to the gateway.</summary>
    internal static int WriteToGateway(int payloadBytes, Span<byte> frame) =>
        WriteUdp(frame, OwnMac, GatewayMac, OwnIpv4, GatewayIpv4, payloadBytes);

    private static int WriteUdp(
        Span<byte> frame, MacAddress from, MacAddress to, IpAddress source, IpAddress destination, int payloadBytes)
    {
        const ushort DiscardPort = 9;
        int packetBytes = Ipv4Header.SizeBytes + UdpHeader.SizeBytes + payloadBytes;
        WriteEthernet(frame, from, to, EtherType.Ipv4);
        Span<byte> packet = frame.Slice(EthernetHeader.SizeBytes, packetBytes);
        new Ipv4Header
        {
            TotalBytes = packetBytes,
            HopLimit = 64,
            Protocol = IpProtocol.Udp,
            Source = source,
            Destination = destination,
        }.Write(packet);
        Span<byte> udp = packet.Slice(Ipv4Header.SizeBytes);
        udp.Clear();
        BinaryPrimitives.WriteUInt16BigEndian(udp, DiscardPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp.Slice(2), DiscardPort);
        BinaryPrimitives.WriteUInt16BigEndian(udp.Slice(4), (ushort)udp.Length);
        Mark.CopyTo(udp.Slice(UdpHeader.SizeBytes));
        return EthernetHeader.SizeBytes + packetBytes;
    }

    private static int WriteArp(Span<byte> frame, ArpOperation operation, MacAddress to, IpAddress claimed)
    {
        WriteEthernet(frame, OwnMac, to, EtherType.Arp);
        new ArpPacket
        {
            Operation = operation,
            SenderMac = OwnMac,
            SenderAddress = claimed,
            TargetMac = to,
            TargetAddress = claimed,
        }.Write(frame.Slice(EthernetHeader.SizeBytes));
        return EthernetHeader.SizeBytes + ArpPacket.SizeBytes;
    }

    private static int WriteAdvertisement(Span<byte> frame, MacAddress to, IpAddress source, IpAddress claimed)
    {
        Span<byte> message = stackalloc byte[NeighborAdvertisement.LargestBytes];
        int bytes = new NeighborAdvertisement
        {
            IsOverride = true,
            IsSolicited = true,
            Target = claimed,
            TargetLinkAddress = OwnMac,
            HasTargetLinkAddress = true,
        }.Write(message);
        return WriteIpv6(frame, to, source, IpProtocol.Icmpv6, message.Slice(0, bytes));
    }

    private static int WriteMessage(Span<byte> frame, Icmpv6Type type, MacAddress to)
    {
        Span<byte> message = stackalloc byte[PayloadBytes];
        message.Clear();
        message[0] = (byte)type;
        return WriteIpv6(frame, to, OwnIpv6, IpProtocol.Icmpv6, message);
    }

    private static int WriteHidden(Span<byte> frame, MacAddress to, IpAddress claimed)
    {
        Span<byte> message = stackalloc byte[8 + PayloadBytes];
        message.Clear();
        message[0] = (byte)IpProtocol.Icmpv6;
        message[2] = 1;
        message[3] = 4;
        message[8] = (byte)Icmpv6Type.NeighborAdvertisement;
        claimed.Write(message.Slice(16));
        return WriteIpv6(frame, to, OwnIpv6, IpProtocol.DestinationOptions, message);
    }

    private static int WriteIpv6(
        Span<byte> frame, MacAddress to, IpAddress source, IpProtocol next, ReadOnlySpan<byte> payload)
    {
        WriteEthernet(frame, OwnMac, to, EtherType.Ipv6);
        Span<byte> packet = frame.Slice(EthernetHeader.SizeBytes);
        payload.CopyTo(packet.Slice(Ipv6Header.SizeBytes));
        new Ipv6Header
        {
            PayloadBytes = payload.Length,
            NextHeader = next,
            HopLimit = 255,
            Source = source,
            Destination = new IpAddress(0xFF02_0000_0000_0000, 1),
        }.Write(packet);
        return EthernetHeader.SizeBytes + Ipv6Header.SizeBytes + payload.Length;
    }

    private static void WriteEthernet(Span<byte> frame, MacAddress from, MacAddress to, EtherType type) =>
        new EthernetHeader { Source = from, Destination = to, EtherType = type }.Write(frame);
}
