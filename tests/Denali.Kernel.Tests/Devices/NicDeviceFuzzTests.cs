// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
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
/// Random registers, indices and descriptors, changed between and after looks: the device reads nothing that the guest
/// could not read, writes nothing that it could not write, always comes to an end, and charges what it commits.
/// </summary>
public sealed class NicDeviceFuzzTests : IDisposable
{
    private const int Steps = 30;
    private const ulong Secret = 0x2_0000;
    private const ulong ReadOnly = 0x3_0000;
    private const ulong Writable = 0x4_0000;
    private const int RegionBytes = 0x1_0000;
    private const byte SecretByte = 0xA5;
    private const byte ReadOnlyByte = 0x5A;
    private const int RunBytes = 16;

    private readonly FakeSlot _slot = FakeSlot.Standalone();
    private readonly GuestReach _reach = new(CountingGatekeeper.MakeAccount());
    private readonly GuestFrame _frame = new();
    private readonly byte[] _bytes = new byte[NicDescriptor.FrameMaxBytes];
    private readonly byte[] _secret = Filled(SecretByte);
    private readonly byte[] _readOnly = Filled(ReadOnlyByte);
    private readonly byte[] _region = new byte[RegionBytes];
    private MachineRecord _record;
    private int _taken;
    private int _delivered;

    public NicDeviceFuzzTests() => _slot.Access = IsAllowed;

    public void Dispose() => _slot.Dispose();

    [Fact]
    [Trait("Speed", "Fuzz")]
    public void AnyRings_BetweenAnyLooks_KeepTheDeviceWhereTheGuestMayReach()
    {
        Gen.Int.Sample(Run, iter: Iterations.Of(2_000), threads: 1);

        // Else it would have been random in vain.
        Assert.True(_taken > 0, "no frame was taken");
        Assert.True(_delivered > 0, "no frame was delivered");
    }

    private static byte[] Filled(byte value)
    {
        byte[] bytes = new byte[RegionBytes];
        bytes.AsSpan().Fill(value);
        return bytes;
    }

    private static bool IsAllowed(ulong address, ulong bytes, bool write)
    {
        bool touchesSecret = address < ReadOnly && address + bytes > Secret;
        bool touchesReadOnly = address < Writable && address + bytes > ReadOnly;
        return !touchesSecret && !(write && touchesReadOnly);
    }

    private void Run(int seed)
    {
        var random = new Random(seed);
        _record = new MachineRecord { LimitBytes = 1 << 20 };
        _slot.Memory.TryWrite(Secret, _secret);
        _slot.Memory.TryWrite(ReadOnly, _readOnly);
        WriteRegisters(random);
        for (int step = 0; step < Steps; step++)
        {
            switch (random.Next(8))
            {
                case 0:
                    WriteRegisters(random);
                    break;
                case 1:
                case 2:
                    WriteIndices(random);
                    break;
                case 3:
                case 4:
                    WriteDescriptors(random);
                    break;
                case 5:
                case 6:
                    TakeAll();
                    break;
                default:
                    Deliver(random);
                    break;
            }
        }

        Assert.Equal(_secret, Read(Secret));
        Assert.Equal(_readOnly, Read(ReadOnly));
        Assert.InRange(_record.ChargedBytes, 0u, _record.LimitBytes);
    }

    private ReadOnlySpan<byte> Read(ulong address)
    {
        _slot.Memory.TryRead(address, _region);
        return _region;
    }

    private void WriteRegisters(Random random)
    {
        _slot.Page.NicTransmitRing = Address(random, isLikelyGood: true) & ~7ul;
        _slot.Page.NicReceiveRing = Address(random, isLikelyGood: true) & ~7ul;
        _slot.Page.NicTransmitEntries = random.Next(4) == 0 ? (uint)random.Next() : 1u << random.Next(8);
        _slot.Page.NicReceiveEntries = random.Next(4) == 0 ? (uint)random.Next() : 1u << random.Next(8);
    }

    private void WriteIndices(Random random)
    {
        Span<byte> index = stackalloc byte[4];
        foreach (ulong ring in (ReadOnlySpan<ulong>)[_slot.Page.NicTransmitRing, _slot.Page.NicReceiveRing])
        {
            if (!_slot.Memory.TryRead(ring + RingHeader.ConsumerOffset, index) || !IsAllowed(ring, 256, true))
            {
                continue;
            }

            int consumer = BinaryPrimitives.ReadInt32LittleEndian(index);
            int ahead = random.Next(8) == 0 ? random.Next() : random.Next(140);
            BinaryPrimitives.WriteInt32LittleEndian(index, unchecked(consumer + ahead));
            _slot.Memory.TryWrite(ring + RingHeader.ProducerOffset, index);
        }
    }

    private void WriteDescriptors(Random random)
    {
        foreach (ulong ring in (ReadOnlySpan<ulong>)[_slot.Page.NicTransmitRing, _slot.Page.NicReceiveRing])
        {
            for (uint i = 0; i < 128; i++)
            {
                ulong at = ring + RingHeader.SizeOf + (i * NicDescriptor.SizeOf);
                if (IsAllowed(at, NicDescriptor.SizeOf, true))
                {
                    _slot.Memory.TryWrite(at, NicGuest.Encode(AnyDescriptor(random)));
                }
            }
        }
    }

    private NicDescriptor AnyDescriptor(Random random) => new()
    {
        Address = Address(random, random.Next(4) != 0),
        LengthBytes = random.Next(6) switch
        {
            0 => 0,
            1 => (uint)random.NextInt64(),
            2 => (uint)random.Next((int)NicDescriptor.FrameMaxBytes + 2),
            _ => (uint)random.Next(2000),
        },
        Flags = random.Next(8) == 0 ? (NicFlags)random.Next() : (NicFlags)random.Next(4),
        ChecksumStart = (ushort)random.Next(random.Next(2) == 0 ? 100 : 65536),
        ChecksumOffset = (ushort)random.Next(random.Next(2) == 0 ? 40 : 65536),
        SegmentBytes = (ushort)random.Next(random.Next(2) == 0 ? 1 : 65536),
        HeaderBytes = (ushort)random.Next(random.Next(2) == 0 ? 200 : 65536),
    };

    private ulong Address(Random random, bool isLikelyGood) => isLikelyGood
        ? (ulong)random.NextInt64((long)Secret - 0x1000, (long)_slot.MemoryBytes + 0x1000)
        : (ulong)random.NextInt64(long.MinValue, long.MaxValue);

    private void TakeAll()
    {
        if (!NicDevice.TryOpenTransmit(
                _reach, ref _record, _slot, out RingConsumer<GuestRingMemory> ring, out uint entries)
            || ring.Refresh() != RingStatus.Ok)
        {
            return;
        }

        for (uint left = ring.Count; left > 0;)
        {
            NicDevice.TakeResult result = NicDevice.TryTake(
                _reach, ref _record, _slot, ref ring, entries, _frame, out uint descriptors);
            if (result == NicDevice.TakeResult.Nothing)
            {
                return;
            }

            Assert.InRange(descriptors, 1u, left);
            left -= descriptors;
            ring.Release(descriptors);
            if (result == NicDevice.TakeResult.Frame)
            {
                _taken++;
                CheckFrame();
            }
        }
    }

    private void CheckFrame()
    {
        int length = _frame.LengthBytes;
        FrameOffload offload = _frame.Offload;
        Assert.InRange(length, 1, (int)NicDescriptor.FrameMaxBytes);
        Assert.InRange(_frame.Head.Length, 1, length);
        Assert.True(!offload.IsChecksumPartial || offload.ChecksumStart + offload.ChecksumOffset + 2 <= length);
        Assert.InRange(offload.HeaderBytes, 0, length);
        Span<byte> bytes = _bytes.AsSpan(0, length);
        bytes.Clear();
        _frame.CopyTo(0, bytes);
        Assert.Equal(-1, bytes.IndexOf(_secret.AsSpan(0, RunBytes)));
    }

    private void Deliver(Random random)
    {
        // Nothing that could be taken for what lies where the guest may not look.
        Span<byte> frame = _bytes.AsSpan(0, random.Next(1, random.Next(2) == 0 ? 2000 : _bytes.Length));
        frame.Fill((byte)random.Next(SecretByte - 1));
        var offload = new FrameOffload
        {
            IsChecksumPartial = random.Next(2) == 0,
            ChecksumStart = 34,
            ChecksumOffset = 16,
            SegmentBytes = (ushort)random.Next(1500),
            HeaderBytes = 54,
        };
        NicDevice.DeliverResult result = NicDevice.Deliver(
            _reach, ref _record, _slot, new SpanFrame(frame), offload);
        _delivered += result == NicDevice.DeliverResult.Delivered ? 1 : 0;
    }
}
