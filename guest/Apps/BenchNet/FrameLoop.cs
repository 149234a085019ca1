// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Hardware;
using Denali.Net;
using Denali.Net.Tcp;
using Ilwaco;

/// <summary>
/// The NIC's rings without a network stack: sends the same frames again and again, to the gateway or to this VM itself.
/// What an exit with frames takes longer than one without is what they cost in the kernel.
/// </summary>
internal static unsafe class FrameLoop
{
    private const uint EntryCount = 64;
    private const uint RingPages = 1;

    // As Ilwaco's driver: few small buffers while little comes, a ring full of large ones for more.
    private const uint SmallBuffers = 32;
    private const uint SmallBufferBytes = 2048;
    private const uint LargeBufferBytes = 16384;
    private const int SegmentBytes = 1448;
    private const int TransportStart = EthernetHeader.SizeBytes + Ipv4Header.SizeBytes;

    // The kernel's own; a stack would ask for it.
    private const ulong GatewayMac = 0x0264_6EFF_FFFE;

    private static RingHeader* s_transmit;
    private static RingHeader* s_receive;
    private static byte* s_buffers;
    private static uint s_bufferCount;
    private static uint s_bufferBytes;

    /// <summary>Measures, and prints the medians of an exit without frames and of one with them, in
    /// nanoseconds.</summary>
    /// <param name="isToSelf">Whether they go to this VM, or to the gateway.</param>
    /// <param name="isBack">Whether they come back.</param>
    /// <param name="frameBytes">Bytes of each; more than the MTU makes it one of TCP to be cut.</param>
    /// <param name="batch">How many at an exit.</param>
    /// <param name="rounds">How often.</param>
    internal static void Run(bool isToSelf, bool isBack, int frameBytes, uint batch, int rounds)
    {
        s_transmit = (RingHeader*)PageAllocator.TryAllocate(RingPages);
        s_receive = (RingHeader*)PageAllocator.TryAllocate(RingPages);
        bool isLarge = frameBytes > SmallBufferBytes;
        s_bufferCount = isLarge ? EntryCount : SmallBuffers;
        s_bufferBytes = isLarge ? LargeBufferBytes : SmallBufferBytes;
        s_buffers = (byte*)PageAllocator.TryAllocate(s_bufferCount * s_bufferBytes / PageAllocator.PageBytes);
        byte* frame = (byte*)PageAllocator.TryAllocate(NicDescriptor.FrameMaxBytes / PageAllocator.PageBytes);
        NicDescriptor sent = Write(new Span<byte>(frame, frameBytes), isToSelf);
        sent.Address = (ulong)frame;
        for (uint i = 0; i < EntryCount; i++)
        {
            EntriesOf(s_transmit)[i] = sent;
        }

        Offer();
        RegisterPage* page = VirtualRegisters.Page;
        page->NicTransmitEntries = EntryCount;
        page->NicReceiveEntries = EntryCount;
        page->NicTransmitRing = (ulong)s_transmit;
        Volatile.Write(ref page->NicReceiveRing, (ulong)s_receive);
        Samples empty = new(rounds);
        Samples full = new(rounds);
        uint pieces = ((uint)frameBytes + s_bufferBytes - 1) / s_bufferBytes;
        for (int round = 0; round < rounds; round++)
        {
            empty.Add(Ring());
            uint received = Volatile.Read(ref s_receive->Consumer);
            Volatile.Write(ref s_transmit->Producer, s_transmit->Producer + batch);
            full.Add(Ring());
            Panic.Unless(Volatile.Read(ref s_transmit->Consumer) == s_transmit->Producer, "Frames were left"u8);
            received = Volatile.Read(ref s_receive->Consumer) - received;
            Panic.Unless(received == (isBack ? batch * pieces : 0), "Frames were lost"u8);
            Offer();
        }

        Samples.Report(empty, full, empty, full);
    }

    private static ulong Ring()
    {
        ulong start = Clock.MonotonicNs;
        VirtualInstructions.Doorbell(Device.Nic);
        return Clock.MonotonicNs - start;
    }

    private static NicDescriptor* EntriesOf(RingHeader* ring) => (NicDescriptor*)((byte*)ring + RingHeader.SizeOf);

    private static void Offer()
    {
        uint end = s_receive->Consumer + s_bufferCount;
        for (uint index = s_receive->Producer; index != end; index++)
        {
            EntriesOf(s_receive)[index % EntryCount] = new NicDescriptor
            {
                Address = (ulong)(s_buffers + (index % s_bufferCount * s_bufferBytes)),
                LengthBytes = s_bufferBytes,
            };
        }

        Volatile.Write(ref s_receive->Producer, end);
    }

    private static NicDescriptor Write(Span<byte> frame, bool isToSelf)
    {
        RegisterPage* page = VirtualRegisters.Page;
        MacAddress own = MacAddress.Read(new ReadOnlySpan<byte>(&page->MacAddress, MacAddress.SizeOf));
        IpAddress address = IpAddress.ReadIpv4(new ReadOnlySpan<byte>(&page->Ipv4Address, 4));
        bool isLarge = frame.Length > page->Mtu + EthernetHeader.SizeBytes;
        new EthernetHeader
        {
            Destination = isToSelf ? own : new MacAddress(GatewayMac),
            Source = own,
            EtherType = EtherType.Ipv4,
        }.Write(frame);
        new Ipv4Header
        {
            TotalBytes = frame.Length - EthernetHeader.SizeBytes,
            HopLimit = 64,
            Protocol = isLarge ? IpProtocol.Tcp : IpProtocol.Udp,
            Source = address,
            Destination = isToSelf ? address : IpAddress.ReadIpv4(new ReadOnlySpan<byte>(&page->Ipv4Gateway, 4)),
        }.Write(frame.Slice(EthernetHeader.SizeBytes));
        NicDescriptor descriptor = new() { LengthBytes = (uint)frame.Length };
        if (isLarge)
        {
            new TcpHeader { HeaderBytes = TcpHeader.SizeOf }.Write(frame.Slice(TransportStart));
            descriptor.Flags = NicFlags.ChecksumPartial;
            descriptor.ChecksumStart = TransportStart;
            descriptor.ChecksumOffset = TcpHeader.ChecksumOffset;
            descriptor.SegmentBytes = SegmentBytes;
            descriptor.HeaderBytes = TransportStart + TcpHeader.SizeOf;
        }

        return descriptor;
    }
}
