// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Ilwaco;

/// <summary>The rings of the network interface without a driver that would keep them in order.</summary>
internal static unsafe class BareRings
{
    internal const uint Entries = 64;
    internal const uint FrameBytes = 2048;

    private static RingLayout s_layout;
    private static byte* s_frames;
    private static uint s_next;

    /// <summary>The transmit ring, header first.</summary>
    internal static byte* Transmit { get; private set; }

    /// <summary>The receive ring, header first.</summary>
    internal static byte* Receive { get; private set; }

    /// <summary>Bytes of each ring.</summary>
    internal static uint RingBytes => s_layout.TotalBytes;

    internal static void SetUp()
    {
        s_layout = RingLayout.Contiguous(NicDescriptor.SizeOf, Entries);
        uint pages = (s_layout.TotalBytes / PageAllocator.PageBytes) + 1;
        Transmit = Allocate(pages);
        Receive = Allocate(pages);
        s_frames = Allocate(Entries * FrameBytes / PageAllocator.PageBytes);
        WriteRegisters();
    }

    /// <summary>Tells the kernel where the rings are.</summary>
    internal static void WriteRegisters()
    {
        RegisterPage* page = VirtualRegisters.Page;
        page->NicTransmitEntries = Entries;
        page->NicReceiveEntries = Entries;
        page->NicTransmitRing = (ulong)Transmit;
        page->NicReceiveRing = (ulong)Receive;
    }

    /// <summary>Room for the next frame. A frame that waits in the ring is not overwritten.</summary>
    /// <returns>Nothing if the ring is full.</returns>
    internal static Span<byte> NextFrame()
    {
        RingProducer<GuestRingMemory> ring = Ring;
        ring.Refresh();
        return ring.Free == 0
            ? default
            : new Span<byte>(s_frames + (s_next % Entries * FrameBytes), (int)FrameBytes);
    }

    /// <summary>Sends what was written to <see cref="NextFrame"/>.</summary>
    internal static void SendFrame(int bytes) => Send(new NicDescriptor
    {
        Address = (ulong)(s_frames + (s_next++ % Entries * FrameBytes)),
        LengthBytes = (uint)bytes,
    });

    /// <summary>Puts any descriptor into the transmit ring, if there is room.</summary>
    internal static void Send(NicDescriptor descriptor)
    {
        RingProducer<GuestRingMemory> ring = Ring;
        ring.Refresh();
        ring.TryWrite(0, new ReadOnlySpan<byte>(&descriptor, NicDescriptor.SizeOf));
        ring.Publish(1);
    }

    private static RingProducer<GuestRingMemory> Ring => new(new GuestRingMemory(Transmit), s_layout);

    private static byte* Allocate(uint pages)
    {
        byte* memory = (byte*)PageAllocator.TryAllocate(pages);
        Panic.Unless(memory != null, "there is no memory"u8);
        return memory;
    }
}
