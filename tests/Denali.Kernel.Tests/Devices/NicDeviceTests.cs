// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using CsCheck;
using Denali.Engine;
using Denali.Hardware;
using Denali.Hardware.Tests;
using Denali.Kernel.Devices;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Devices;

/// <summary>
/// Whatever is in the ring registers, the rings and the descriptors, the device stays inside the guest's memory, takes
/// what is good, and gives the rest back.
/// </summary>
public sealed class NicDeviceTests : IDisposable
{
    private readonly FakeSlot _slot = FakeSlot.Standalone();
    private readonly GuestReach _reach = new(CountingGatekeeper.MakeAccount());
    private readonly GuestFrame _frame = new();
    private MachineRecord _record = new() { LimitBytes = 1 << 30 };

    public void Dispose() => _slot.Dispose();

    [Theory]
    [InlineData(0u, 64u)]
    [InlineData(0x4_0004u, 64u)]
    [InlineData(0x1000u, 64u)]
    [InlineData(0xF_FFF8u, 64u)]
    [InlineData(ulong.MaxValue - 7, 64u)]
    [InlineData(0x4_0000u, 0u)]
    [InlineData(0x4_0000u, 3u)]
    [InlineData(0x4_0000u, 65_536u)]
    [InlineData(0x4_0000u, uint.MaxValue)]
    public void Ring_ThatCannotBeOne_IsNone(ulong address, uint entries)
    {
        _slot.Page.NicTransmitRing = address;
        _slot.Page.NicTransmitEntries = entries;
        _slot.Page.NicReceiveRing = address;
        _slot.Page.NicReceiveEntries = entries;

        Assert.False(NicDevice.TryOpenTransmit(_reach, ref _record, _slot, out _, out _));
        Assert.Equal(NicDevice.DeliverResult.NoRing, Deliver(100));
    }

    [Fact]
    public void Ring_WhereTheGuestCannotWrite_IsNone()
    {
        var nic = new NicGuest(_slot);
        nic.Send(Frames.Ipv4(0, 1, 50));
        _slot.Access = (_, _, write) => !write;

        Assert.False(NicDevice.TryOpenTransmit(_reach, ref _record, _slot, out _, out _));
        Assert.Equal(NicDevice.DeliverResult.NoRing, Deliver(100));
    }

    [Theory]
    [InlineData(0x8_0000u, 0u, NicFlags.None)]
    [InlineData(0x8_0000u, 65_537u, NicFlags.None)]
    [InlineData(0x8_0000u, uint.MaxValue, NicFlags.None)]
    [InlineData(0x0u, 100u, NicFlags.None)]
    [InlineData(0xF_FFF0u, 100u, NicFlags.None)]
    [InlineData(ulong.MaxValue, 100u, NicFlags.None)]
    [InlineData(0x8_0000u, 100u, NicFlags.ChecksumGood)]
    [InlineData(0x8_0000u, 100u, (NicFlags)0x8000_0000)]
    public void Descriptor_Bad_IsTakenAndNothingIsSent(ulong address, uint bytes, NicFlags flags)
    {
        var nic = new NicGuest(_slot);
        nic.SendDescriptor(new NicDescriptor { Address = address, LengthBytes = bytes, Flags = flags });

        Assert.Equal((NicDevice.TakeResult.Bad, 1u), Take());
    }

    [Theory]
    [InlineData(13, 0, 0, 0)]
    [InlineData(34, 99, 0, 0)]
    [InlineData(65_535, 65_535, 0, 0)]
    [InlineData(34, 16, 1460, 53)]
    [InlineData(34, 16, 1460, 300)]
    [InlineData(34, 16, 1461, 54)]
    public void Offload_Impossible_IsBad(ushort start, ushort offset, ushort segment, ushort header)
    {
        var nic = new NicGuest(_slot);
        nic.SendDescriptor(new NicDescriptor
        {
            Address = 0x8_0000,
            LengthBytes = 132,
            Flags = NicFlags.ChecksumPartial,
            ChecksumStart = start,
            ChecksumOffset = offset,
            SegmentBytes = segment,
            HeaderBytes = header,
        });

        Assert.Equal((NicDevice.TakeResult.Bad, 1u), Take());
    }

    [Fact]
    public void Segments_WithoutChecksum_AreBad()
    {
        var nic = new NicGuest(_slot);
        nic.SendDescriptor(
            new NicDescriptor { Address = 0x8_0000, LengthBytes = 3000, SegmentBytes = 1400, HeaderBytes = 54 });

        Assert.Equal((NicDevice.TakeResult.Bad, 1u), Take());
    }

    [Fact]
    public void Frame_LongerThanTheMtu_IsTooLong()
    {
        var nic = new NicGuest(_slot);
        nic.SendDescriptor(new NicDescriptor { Address = 0x8_0000, LengthBytes = 1515 });
        nic.SendDescriptor(new NicDescriptor { Address = 0x8_0000, LengthBytes = 1514 });

        Assert.Equal((NicDevice.TakeResult.TooLong, 1u), Take());
        Assert.Equal((NicDevice.TakeResult.Frame, 1u), Take());
    }

    [Theory]
    [InlineData(63, false)]
    [InlineData(64, true)]
    public void Chain_WithoutEnd_IsBadOnceNothingCanFollow(int count, bool isBad)
    {
        var nic = new NicGuest(_slot);
        for (int i = 0; i < count; i++)
        {
            nic.SendDescriptor(new NicDescriptor { Address = 0x8_0000, LengthBytes = 1, Flags = NicFlags.More });
        }

        NicDevice.TakeResult expected = isBad ? NicDevice.TakeResult.Bad : NicDevice.TakeResult.Nothing;
        Assert.Equal((expected, (uint)count), Take());
    }

    [Fact]
    public void Chain_LongerThanAFrame_IsTakenWhole()
    {
        var nic = new NicGuest(_slot);
        for (int i = 0; i < 4; i++)
        {
            NicFlags flags = i < 3 ? NicFlags.More : NicFlags.None;
            nic.SendDescriptor(new NicDescriptor { Address = 0x8_0000, LengthBytes = 30_000, Flags = flags });
        }

        Assert.Equal((NicDevice.TakeResult.Bad, 4u), Take());
    }

    [Fact]
    public void Deliver_IntoBadBuffers_GivesThemBackEmptyAndGoesOn()
    {
        var nic = new NicGuest(_slot, buffers: 0);
        nic.Offer(0x8_0000, 0);
        nic.Offer(0x20, 2048);
        nic.Offer(ulong.MaxValue - 100, 2048);
        nic.Offer(0x8_0000, 60);
        nic.Offer(0x9_0000, uint.MaxValue);
        byte[] frame = Frames.Ipv4(0, 1, 200);

        Assert.Equal(NicDevice.DeliverResult.Delivered, Deliver(frame));
        Assert.Equal(frame, Assert.Single(nic.Receive(offerAgain: false)).Bytes);
    }

    [Fact]
    public void Deliver_WithoutRoom_ChangesNothing()
    {
        var nic = new NicGuest(_slot, buffers: 0);
        Assert.Equal(NicDevice.DeliverResult.NoRoom, Deliver(100));
        nic.Offer(0x8_0000, 99);
        Assert.Equal(NicDevice.DeliverResult.TooFewBuffers, Deliver(100));
        Assert.Empty(nic.Receive());

        nic.Offer(0x9_0000, 1);
        Assert.Equal(NicDevice.DeliverResult.Delivered, Deliver(100));
    }

    [Fact]
    public void Deliver_IntoMoreBuffersThanAFrameMayHave_IsTooLarge()
    {
        var nic = new NicGuest(_slot, buffers: (int)NicGuest.Entries, bufferBytes: 1);

        Assert.Equal(NicDevice.DeliverResult.TooLarge, Deliver(100));
        Assert.Equal(NicDevice.DeliverResult.Delivered, Deliver(64));
        Assert.Single(nic.Receive());
    }

    [Fact]
    public void Deliver_IntoReadOnlyMemory_DoesNotWriteThere()
    {
        var nic = new NicGuest(_slot, buffers: 0);
        nic.Offer(0x3_0000, 2048);
        nic.Offer(0x9_0000, 2048);
        _slot.Access = (address, _, write) => !write || address >= 0x4_0000;

        Assert.Equal(NicDevice.DeliverResult.Delivered, Deliver(Enumerable.Repeat((byte)7, 100).ToArray()));
        byte[] there = new byte[100];
        _slot.Memory.TryRead(0x3_0000, there);
        Assert.DoesNotContain((byte)7, there);
    }

    [Fact]
    public void Indices_ThatCannotBe_CountAsEmpty()
    {
        _ = new NicGuest(_slot);
        _slot.Memory.TryWrite(NicGuest.TransmitRing, [0xFF, 0xFF, 0xFF, 0x7F]);
        _slot.Memory.TryWrite(NicGuest.ReceiveRing, [0xFF, 0xFF, 0xFF, 0x7F]);

        Assert.Equal((NicDevice.TakeResult.Nothing, 0u), Take());
        Assert.Equal(NicDevice.DeliverResult.NoRing, Deliver(100));
    }

    [Fact]
    public void AnyMemory_NeverReachesOutsideAndAlwaysGoesForward() =>
        Gen.Byte.Array[4096].Select(Gen.Int[0, 6], Gen.UInt[0, 70], Gen.Int).Sample(
            (bytes, log, ahead, seed) =>
            {
                // Addresses are made likely to be inside of memory.
                for (int i = 2; i < bytes.Length; i += 8)
                {
                    bytes.AsSpan(i, 6).Clear();
                    bytes[i] = (byte)(seed % 17);
                }

                _slot.Memory.TryWrite(0x4_0000, bytes);
                _slot.Page.NicTransmitRing = 0x4_0000;
                _slot.Page.NicReceiveRing = 0x4_0000;
                _slot.Page.NicTransmitEntries = 1u << log;
                _slot.Page.NicReceiveEntries = 1u << log;
                uint consumer = BitConverter.ToUInt32(bytes, 64);
                _slot.Memory.TryWrite(0x4_0000, BitConverter.GetBytes(consumer + ahead));
                for (uint taken = 0; ;)
                {
                    (NicDevice.TakeResult result, uint descriptors) = Take();
                    if (result == NicDevice.TakeResult.Nothing)
                    {
                        break;
                    }

                    taken += descriptors;
                    Assert.InRange(taken, 1u, 1u << log);
                }

                Deliver(1000);
            },
            iter: Iterations.Of(20_000),
            threads: 1);

    private (NicDevice.TakeResult Result, uint Descriptors) Take()
    {
        Assert.True(NicDevice.TryOpenTransmit(
            _reach, ref _record, _slot, out RingConsumer<GuestRingMemory> ring, out uint entries));
        if (ring.Refresh() != RingStatus.Ok)
        {
            return (NicDevice.TakeResult.Nothing, 0);
        }

        NicDevice.TakeResult result = NicDevice.TryTake(
            _reach, ref _record, _slot, ref ring, entries, _frame, out uint descriptors);
        ring.Release(result == NicDevice.TakeResult.Nothing ? 0 : descriptors);
        return (result, descriptors);
    }

    private NicDevice.DeliverResult Deliver(int bytes) => Deliver(new byte[bytes]);

    private NicDevice.DeliverResult Deliver(byte[] frame)
    {
        var offload = default(FrameOffload);
        return NicDevice.Deliver(_reach, ref _record, _slot, new SpanFrame(frame), offload);
    }
}
