// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Bench;

/// <summary>A request to the service of a VM: a datagram from the gateway, which names the VM that it is for.</summary>
internal static class RequestFrame
{
    private const int HeaderBytes = EthernetHeader.SizeBytes + Ipv4Header.SizeBytes + UdpHeader.SizeBytes;
    private const ushort ServicePort = 7;
    private const ushort OwnPort = 4007;
    private const byte HopLimit = 64;

    /// <summary>Makes a request.</summary>
    /// <param name="network">The switch.</param>
    /// <param name="machineId">The VM.</param>
    /// <param name="number">What the answer is to be known by.</param>
    /// <param name="frameBytes">Bytes of the frame.</param>
    /// <returns>The frame.</returns>
    internal static byte[] Create(VirtualSwitch network, ulong machineId, int number, int frameBytes)
    {
        byte[] frame = new byte[frameBytes];
        Span<byte> rest = frame;
        new EthernetHeader
        {
            Destination = SwitchAddressing.MacOf(MachineTable.IndexOf(machineId)),
            Source = SwitchAddressing.GatewayMac,
            EtherType = EtherType.Ipv4,
        }.Write(rest);
        rest = rest[EthernetHeader.SizeBytes..];
        new Ipv4Header
        {
            TotalBytes = rest.Length,
            HopLimit = HopLimit,
            Protocol = IpProtocol.Udp,
            Source = network.Addressing.Ipv4Gateway,
            Destination = network.AddressOf(machineId),
        }.Write(rest);
        rest = rest[Ipv4Header.SizeBytes..];
        new UdpHeader
        {
            SourcePort = OwnPort,
            DestinationPort = ServicePort,
            LengthBytes = (ushort)rest.Length,
        }.Write(rest);
        BinaryPrimitives.WriteInt32LittleEndian(rest[UdpHeader.SizeBytes..], number);
        return frame;
    }

    /// <summary>Reads whose answer a frame is.</summary>
    /// <param name="frame">A frame from a VM.</param>
    /// <returns>The number that the request had, or -1 if the frame is no answer.</returns>
    internal static int NumberOf(ReadOnlySpan<byte> frame) =>
        frame.Length < HeaderBytes + sizeof(int)
        || BinaryPrimitives.ReadUInt16BigEndian(frame[(EthernetHeader.SizeBytes + Ipv4Header.SizeBytes)..])
            != ServicePort
            ? -1
            : BinaryPrimitives.ReadInt32LittleEndian(frame[HeaderBytes..]);
}
