// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Hardware;
using Ilwaco;

/// <summary>Drives the network interface with its bare rings: sends frames and sends them back.</summary>
internal static unsafe class Nic
{
    private const uint Entries = 256;
    private const uint Buffers = 128;
    private const uint BufferBytes = 4096;
    private const int Headers = 54;
    private const int SegmentBytes = 1446;
    private const int LargestPlain = 1514;
    private const ulong Patience = 10_000_000_000;

    private static RegisterPage* s_page;
    private static byte* s_transmitBuffer;
    private static byte* s_receiveBuffers;
    private static byte* s_back;
    private static RingProducer<GuestRingMemory> s_transmit;
    private static RingProducer<GuestRingMemory> s_receive;
    private static byte* s_receiveMemory;
    private static uint s_taken;
    private static uint s_backNext;

    private static int Main()
    {
        s_page = VirtualRegisters.Page;
        if ((s_page->Features & FeatureBits.Nic) == 0)
        {
            return 3;
        }

        // No upcalls: what is pending is the result of the idle instruction.
        s_page->InterruptEnable = 0;
        SetUp();
        ReadOnlySpan<byte> what = Arguments.At(1);
        return what.SequenceEqual("echo"u8) ? Echo()
            : what.SequenceEqual("ping"u8) ? Ping(
                ParseNumber(Arguments.At(2)), (int)ParseNumber(Arguments.At(3)), ParseNumber(Arguments.At(4)),
                ParseNumber(Arguments.At(5)))
            : 2;
    }

    private static void SetUp()
    {
        RingLayout layout = RingLayout.Contiguous(NicDescriptor.SizeOf, Entries);
        uint ringPages = (layout.TotalBytes / PageAllocator.PageBytes) + 1;
        byte* transmit = Allocate(ringPages);
        s_receiveMemory = Allocate(ringPages);
        s_transmitBuffer = Allocate(17);
        s_receiveBuffers = Allocate(Buffers * BufferBytes / PageAllocator.PageBytes);
        s_back = Allocate(Buffers * BufferBytes / PageAllocator.PageBytes);
        s_transmit = new RingProducer<GuestRingMemory>(new GuestRingMemory(transmit), layout);
        s_receive = new RingProducer<GuestRingMemory>(new GuestRingMemory(s_receiveMemory), layout);
        s_page->NicTransmitEntries = Entries;
        s_page->NicReceiveEntries = Entries;
        s_page->NicTransmitRing = (ulong)transmit;
        s_page->NicReceiveRing = (ulong)s_receiveMemory;
        for (uint i = 0; i < Buffers; i++)
        {
            Offer(i);
        }
    }

    /// <summary>Sends back every frame, for ever.</summary>
    private static int Echo()
    {
        ConsoleDevice.Write("ready\n"u8);
        while (true)
        {
            while (Next(out NicDescriptor descriptor))
            {
                SendBack(descriptor);
            }

            Idle(InstructionPage.Never);
        }
    }

    /// <summary>Sends frames to a VM and waits for each to come back, with some on their way at a time.</summary>
    private static int Ping(ulong peer, int bytes, ulong count, ulong window)
    {
        Fill(peer, bytes);
        ulong start = Clock.MonotonicNs;
        ulong received = 0;
        int pieceBytes = 0;
        for (ulong sent = 0; received < count;)
        {
            for (; sent < count && sent - received < window; sent++)
            {
                Send(bytes);
            }

            bool isNew = false;
            while (Next(out NicDescriptor descriptor))
            {
                isNew = true;
                pieceBytes += (int)descriptor.LengthBytes;
                Offer((uint)((descriptor.Address - (ulong)s_receiveBuffers) / BufferBytes));
                if ((descriptor.Flags & NicFlags.More) == 0)
                {
                    received++;
                    if (pieceBytes != bytes)
                    {
                        return 4;
                    }

                    pieceBytes = 0;
                }
            }

            if (!isNew && (Idle(Clock.MonotonicNs + Patience) & InterruptBits.Timer) != 0)
            {
                return 5;
            }
        }

        WriteValue("ns"u8, Clock.MonotonicNs - start);
        return 0;
    }

    private static void Fill(ulong peer, int bytes)
    {
        var frame = new Span<byte>(s_transmitBuffer, bytes);
        ulong mac = s_page->MacAddress;
        ulong peerMac = 0x0264_6E00_0000 + peer;
        for (int i = 0; i < 6; i++)
        {
            frame[i] = (byte)(peerMac >> (40 - (8 * i)));
            frame[6 + i] = (byte)(mac >> (8 * i));
        }

        frame[12] = 8;
        frame[14] = 0x45;
        BinaryPrimitives.WriteUInt16BigEndian(frame[16..], (ushort)(bytes - 14));
        frame[22] = 64;
        frame[23] = 6;
        BinaryPrimitives.WriteUInt32LittleEndian(frame[26..], s_page->Ipv4Address);
        frame[30] = 10;
        frame[31] = 1;
        BinaryPrimitives.WriteUInt16BigEndian(frame[32..], (ushort)peer);
        frame[46] = 5 << 4;
    }

    private static void Send(int bytes) => Transmit(new NicDescriptor
    {
        Address = (ulong)s_transmitBuffer,
        LengthBytes = (uint)bytes,
        Flags = NicFlags.ChecksumPartial,
        ChecksumStart = 34,
        ChecksumOffset = 16,
        SegmentBytes = bytes > LargestPlain ? (ushort)SegmentBytes : (ushort)0,
        HeaderBytes = Headers,
    });

    /// <summary>Copies what arrived, exchanges the addresses if it is the beginning, and sends it.</summary>
    private static void SendBack(NicDescriptor descriptor)
    {
        uint index = (uint)((descriptor.Address - (ulong)s_receiveBuffers) / BufferBytes);
        byte* copy = s_back + (s_backNext++ % Buffers * BufferBytes);
        var bytes = new Span<byte>(copy, (int)descriptor.LengthBytes);
        new ReadOnlySpan<byte>((byte*)descriptor.Address, bytes.Length).CopyTo(bytes);
        if (bytes.Length > Headers && (descriptor.Flags & NicFlags.ChecksumPartial) != 0)
        {
            Swap(bytes, 0, 6);
            Swap(bytes, 26, 4);
        }

        Offer(index);
        descriptor.Address = (ulong)copy;
        Transmit(descriptor);
    }

    private static void Swap(Span<byte> bytes, int at, int length)
    {
        for (int i = at; i < at + length; i++)
        {
            (bytes[i], bytes[i + length]) = (bytes[i + length], bytes[i]);
        }
    }

    private static void Transmit(NicDescriptor descriptor)
    {
        s_transmit.Refresh();
        while (s_transmit.Free == 0)
        {
            Idle(InstructionPage.Never);
            s_transmit.Refresh();
        }

        s_transmit.TryWrite(0, new ReadOnlySpan<byte>(&descriptor, NicDescriptor.SizeOf));
        s_transmit.Publish(1);
    }

    private static void Offer(uint index)
    {
        var descriptor = new NicDescriptor
        {
            Address = (ulong)(s_receiveBuffers + (index * BufferBytes)),
            LengthBytes = BufferBytes,
        };
        s_receive.Refresh();
        s_receive.TryWrite(0, new ReadOnlySpan<byte>(&descriptor, NicDescriptor.SizeOf));
        s_receive.Publish(1);
    }

    /// <summary>Takes the next buffer that the kernel has filled.</summary>
    private static bool Next(out NicDescriptor descriptor)
    {
        uint consumer = *(uint*)(s_receiveMemory + RingHeader.ConsumerOffset);
        if (s_taken == consumer)
        {
            descriptor = default;
            return false;
        }

        uint at = s_taken++ % Entries;
        descriptor = *(NicDescriptor*)(s_receiveMemory + RingHeader.SizeOf + (at * NicDescriptor.SizeOf));
        return true;
    }

    private static InterruptBits Idle(ulong deadlineNs) =>
        (InterruptBits)((delegate* unmanaged<ulong, ulong>)InstructionPage.IdleEntry)(deadlineNs);

    private static byte* Allocate(uint pages)
    {
        byte* memory = (byte*)PageAllocator.TryAllocate(pages);
        Panic.Unless(memory != null, "there is no memory"u8);
        return memory;
    }

    private static void WriteValue(ReadOnlySpan<byte> name, ulong value)
    {
        Utf8Writer writer = new(stackalloc byte[80]);
        writer.Write("#denali-value "u8);
        writer.Write(name);
        writer.Write(" "u8);
        writer.WriteDecimal(value);
        writer.Write("\n"u8);
        ConsoleDevice.Write(writer.Written);
    }

    private static ulong ParseNumber(ReadOnlySpan<byte> digits)
    {
        ulong value = 0;
        foreach (byte digit in digits)
        {
            value = (value * 10) + (uint)(digit - '0');
        }

        return value;
    }
}
