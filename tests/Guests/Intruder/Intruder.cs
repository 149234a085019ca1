// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Denali.Net;
using Ilwaco;

/// <summary>
/// Attacks the network for ever, in the one way that its first argument names. Further arguments: the index of the VM
/// that suffers, and a seed. May end in any way, if it ends.
/// </summary>
internal static unsafe class Intruder
{
    private const int SmallPayload = 18;
    private const int LargePayload = 1472;

    private static uint s_victim;
    private static ulong s_state;

    private static int Main()
    {
        // No upcalls: the library's own handler would not survive what is done to its registers.
        VirtualRegisters.Page->InterruptEnable = 0;
        _ = NumberText.TryParse(Arguments.At(2), out ulong victim);
        _ = NumberText.TryParse(Arguments.At(3), out ulong seed);
        s_victim = (uint)victim;
        s_state = seed | 1;
        BareRings.SetUp();
        ReadOnlySpan<byte> what = Arguments.At(1);
        delegate*<uint, void> attack =
            what.SequenceEqual("spoof"u8) ? &Spoof
            : what.SequenceEqual("flood-neighbor"u8) ? &FloodNeighbor
            : what.SequenceEqual("flood-gateway"u8) ? &FloodGateway
            : what.SequenceEqual("flood-everybody"u8) ? &FloodEverybody
            : what.SequenceEqual("flood-nobody"u8) ? &FloodNobody
            : what.SequenceEqual("descriptors"u8) ? &BadDescriptors
            : what.SequenceEqual("rings"u8) ? &RandomRings
            : what.SequenceEqual("doorbells"u8) ? &Doorbells
            : null;
        if (attack == null)
        {
            return 2;
        }

        ConsoleDevice.WriteLine("intruder: begins"u8);
        for (uint round = 0; ; round++)
        {
            attack(round);
            Ring(Device.Nic);
        }
    }

    private static void Spoof(uint round)
    {
        Span<byte> frame = BareRings.NextFrame();
        if (!frame.IsEmpty)
        {
            BareRings.SendFrame(Forgery.Write(round % Forgery.Kinds, s_victim, frame));
        }
    }

    private static void FloodNeighbor(uint round) =>
        Flood(round, Forgery.MacOf(s_victim), Forgery.Ipv4Of(s_victim));

    private static void FloodEverybody(uint round) => Flood(round, MacAddress.Broadcast, IpAddress.Ipv4Broadcast);

    private static void FloodNobody(uint round) =>
        Flood(round, Forgery.MacOf(1_000_000 + round), Forgery.Ipv4Of(1_000_000 + round));

    private static void FloodGateway(uint round)
    {
        Span<byte> frame;
        while (!(frame = BareRings.NextFrame()).IsEmpty)
        {
            BareRings.SendFrame(Forgery.WriteToGateway(BytesOf(round), frame));
        }
    }

    /// <summary>As much as the ring holds: small and large frames in turns.</summary>
    private static void Flood(uint round, MacAddress to, IpAddress destination)
    {
        Span<byte> frame;
        while (!(frame = BareRings.NextFrame()).IsEmpty)
        {
            BareRings.SendFrame(Forgery.WriteDatagram(to, destination, BytesOf(round), frame));
        }
    }

    private static int BytesOf(uint round) => (round & 1) == 0 ? SmallPayload : LargePayload;

    /// <summary>Descriptors that are no frame, in both rings.</summary>
    private static void BadDescriptors(uint round)
    {
        bool isEndless = Random() % 8 == 0;
        for (uint i = 0; i < BareRings.Entries; i++)
        {
            NicDescriptor descriptor = BadDescriptor();
            descriptor.Flags |= isEndless ? NicFlags.More : NicFlags.None;
            BareRings.Send(descriptor);
            *(NicDescriptor*)(BareRings.Receive + RingHeader.SizeOf + (i * NicDescriptor.SizeOf)) = BadDescriptor();
        }

        // All of the receive ring is offered, always.
        uint consumer = *(uint*)(BareRings.Receive + RingHeader.ConsumerOffset);
        *(uint*)(BareRings.Receive + RingHeader.ProducerOffset) = consumer + BareRings.Entries;

        // An endless chain is not taken before it fills the ring.
        if (round % 64 == 0)
        {
            SkipAll(BareRings.Transmit);
        }
    }

    private static NicDescriptor BadDescriptor() => new()
    {
        Address = Address(),
        LengthBytes = (Random() % 4) switch
        {
            0 => 0,
            1 => uint.MaxValue,
            2 => NicDescriptor.FrameMaxBytes + 1,
            _ => (uint)Random(),
        },
        Flags = (NicFlags)(Random() % 8),
        ChecksumStart = (ushort)Random(),
        ChecksumOffset = (ushort)Random(),
        SegmentBytes = (ushort)Random(),
        HeaderBytes = (ushort)Random(),
    };

    /// <summary>Anything in the rings, the indices and the registers, some of which makes sense.</summary>
    private static void RandomRings(uint round)
    {
        BareRings.WriteRegisters();
        for (ulong count = Random() % 64; count > 0; count--)
        {
            byte* ring = Random() % 2 == 0 ? BareRings.Transmit : BareRings.Receive;
            *(ulong*)(ring + (Random() % (BareRings.RingBytes / 8) * 8)) = Random() % 2 == 0 ? Address() : Random();
        }

        if (Random() % 2 == 0)
        {
            // So that the entries are looked at.
            MoveProducer(BareRings.Transmit);
            MoveProducer(BareRings.Receive);
        }

        RegisterPage* page = VirtualRegisters.Page;
        switch (Random() % 16)
        {
            case 0:
                page->NicTransmitRing = Address();
                break;
            case 1:
                page->NicReceiveRing = Address();
                break;
            case 2:
                page->NicTransmitEntries = (uint)Random();
                break;
            case 3:
                page->NicReceiveEntries = 1u << (int)(Random() % 32);
                break;
        }
    }

    private static void Doorbells(uint round) => Ring((Device)(byte)Random());

    private static void MoveProducer(byte* ring)
    {
        uint consumer = *(uint*)(ring + RingHeader.ConsumerOffset);
        *(uint*)(ring + RingHeader.ProducerOffset) = consumer + (uint)(Random() % (BareRings.Entries + 2));
    }

    private static void SkipAll(byte* ring) =>
        *(uint*)(ring + RingHeader.ProducerOffset) = *(uint*)(ring + RingHeader.ConsumerOffset);

    private static ulong Address() => (Random() % 8) switch
    {
        0 => 0,
        1 => ulong.MaxValue - (Random() % 4096),
        2 => AddressMap.RegisterPageBase + (Random() % AddressMap.PageBytes),
        3 => AddressMap.ImageBase + (Random() % AddressMap.ChunkBytes),
        4 => VirtualRegisters.Page->MemoryBytes - (Random() % 4096),
        5 => AddressMap.MonitorBase + (Random() % AddressMap.ChunkBytes),
        6 => VirtualRegisters.Page->MemoryBytes + Random(),
        _ => 1UL << (int)(Random() % 64),
    };

    private static ulong Random()
    {
        s_state ^= s_state << 13;
        s_state ^= s_state >> 7;
        s_state ^= s_state << 17;
        return s_state;
    }

    private static void Ring(Device device) =>
        ((delegate* unmanaged[SuppressGCTransition]<ulong, ulong>)InstructionPage.DoorbellEntry)((ulong)device);
}
