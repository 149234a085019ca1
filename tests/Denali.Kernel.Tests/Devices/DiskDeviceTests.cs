// SPDX-License-Identifier: MIT
using System;
using CsCheck;
using Denali.Engine;
using Denali.Hardware;
using Denali.Hardware.Tests;
using Denali.Kernel.Devices;
using Denali.Kernel.Machines;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Devices;

/// <summary>
/// Whatever is in the ring registers, the rings and the requests, the device stays inside of the guest's memory and of
/// its disks.
/// </summary>
public sealed class DiskDeviceTests : IDisposable
{
    private const uint Sectors = 256;

    private readonly FakeSlot _slot = FakeSlot.Standalone();
    private readonly GuestReach _reach = new(CountingGatekeeper.MakeAccount());
    private readonly TestImage _readOnly = new((int)Sectors);
    private readonly TestImage _writable = new((int)Sectors, isReadOnly: false);
    private MachineRecord _record = new() { LimitBytes = 1 << 30 };

    public void Dispose()
    {
        _slot.Dispose();
        _readOnly.Dispose();
        _writable.Dispose();
    }

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
        _ = new DiskGuest(_slot);
        _slot.Page.DiskRequestRing = address;
        _slot.Page.DiskRingEntries = entries;
        Assert.False(TryOpen());

        _ = new DiskGuest(_slot);
        _slot.Page.DiskCompletionRing = address;
        _slot.Page.DiskRingEntries = entries;
        Assert.False(TryOpen());
    }

    [Fact]
    public void Ring_WhereTheGuestCannotWrite_IsNone()
    {
        _ = new DiskGuest(_slot);
        Assert.True(TryOpen());

        _slot.Access = (_, _, write) => !write;

        Assert.False(TryOpen());
    }

    [Theory]
    [InlineData(DiskGuest.RequestRing)]
    [InlineData(DiskGuest.CompletionRing)]
    public void Ring_WithImpossibleIndices_IsNone(ulong ring)
    {
        _ = new DiskGuest(_slot);
        _slot.Memory.TryWrite(ring, [65, 0, 0, 0]);

        Assert.False(TryOpen());
    }

    [Theory]
    [InlineData(0u, 0u, 255u, 1u, 0x6_0000u, DiskStatus.Ok)]
    [InlineData(0u, 0u, 240u, 16u, 0x6_0000u, DiskStatus.Ok)]
    [InlineData(0u, 0u, 0u, 0u, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(0u, 0u, 0u, 17u, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(0u, 0u, 0u, uint.MaxValue, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(0u, 0u, 256u, 1u, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(0u, 0u, 241u, 16u, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(0u, 0u, ulong.MaxValue, 1u, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(0u, 0u, ulong.MaxValue - 15, 16u, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(0u, 2u, 0u, 1u, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(0u, uint.MaxValue, 0u, 1u, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(4u, 0u, 0u, 1u, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(uint.MaxValue, 0u, 0u, 1u, 0x6_0000u, DiskStatus.Invalid)]
    [InlineData(0u, 0u, 0u, 1u, 0x6_0001u, DiskStatus.Invalid)]
    [InlineData(0u, 0u, 0u, 1u, 0x0u, DiskStatus.Invalid)]
    [InlineData(0u, 0u, 0u, 2u, 0xF_F000u, DiskStatus.Invalid)]
    [InlineData(0u, 0u, 0u, 1u, 0xFFFF_FFFF_FFFF_F000u, DiskStatus.Invalid)]
    [InlineData(1u, 0u, 0u, 1u, 0x6_0000u, DiskStatus.ReadOnly)]
    [InlineData(3u, 0u, 0u, 1u, 0x6_0000u, DiskStatus.ReadOnly)]
    [InlineData(1u, 1u, 0u, 1u, 0x6_0000u, DiskStatus.Ok)]
    [InlineData(3u, 1u, 0u, 1u, 0x1u, DiskStatus.Ok)]
    [InlineData(2u, 0u, 999u, 999u, 0x1u, DiskStatus.Ok)]
    public void Request_Checked_HasItsStatus(
        uint operation, uint disk, ulong sector, uint count, ulong address, DiskStatus status)
    {
        var request = new DiskRequest
        {
            Operation = (DiskOperation)operation,
            DiskIndex = disk,
            Sector = sector,
            SectorCount = count,
            Address = address,
        };

        Assert.Equal(status, Check(request));
    }

    [Fact]
    public void Read_WhereTheGuestCannotWrite_IsInvalid()
    {
        _slot.Access = (_, _, write) => !write;

        Assert.Equal(DiskStatus.Invalid, Check(DiskGuest.Read(0)));
        Assert.Equal(
            DiskStatus.Ok,
            Check(DiskGuest.Read(0) with { Operation = DiskOperation.Write, DiskIndex = 1 }));
    }

    [Fact]
    public void Read_IntoMemoryNeverTouched_CommitsAndChargesIt()
    {
        _slot.ForgetCommitted();
        _slot.Access = (address, _, _) => _slot.IsCommitted(address);

        Assert.Equal(DiskStatus.Ok, Check(DiskGuest.Read(0)));
        Assert.Equal(AddressMap.ChunkBytes, _record.ChargedBytes);

        _record.LimitBytes = _record.ChargedBytes;
        Assert.Equal(DiskStatus.Invalid, Check(DiskGuest.Read(0, address: 0x8_0000)));
        Assert.True(_record.IsOutOfMemory);
    }

    [Fact]
    public void Request_WithAnyNumbers_IsGoodOnlyIfAllIsInside()
    {
        Gen<DiskRequest> requests =
            from operation in Gen.UInt[0, 4]
            from disk in Gen.UInt[0, 3]
            from sector in Gen.OneOf(Gen.ULong, Gen.ULong[0, 300])
            from address in Gen.OneOf(
                Gen.ULong, Gen.ULong[0, 0x20_0000], Gen.ULong[0, 0x200].Select(page => page << 12))
            from count in Gen.OneOf(Gen.UInt, Gen.UInt[0, 20])
            select new DiskRequest
            {
                Operation = (DiskOperation)operation,
                DiskIndex = disk,
                Sector = sector,
                Address = address,
                SectorCount = count,
            };
        requests.Sample(
            request =>
            {
                if (Check(request) == DiskStatus.Ok && request.Operation is DiskOperation.Read or DiskOperation.Write)
                {
                    Assert.True(request.SectorCount is >= 1 and <= DiskRequest.SectorMax);
                    Assert.True(request.Sector + request.SectorCount <= Sectors);
                    Assert.True(_slot.Memory.Contains(
                        request.Address, (ulong)request.SectorCount * DiskEntry.SectorBytes));
                }
            },
            iter: Iterations.Of(20_000));
    }

    [Fact]
    public void Describe_TellsTheDisks()
    {
        DiskTable.Describe(ref _slot.Page, [_readOnly.Disk, _writable.Disk]);

        byte[] table = new byte[3 * DiskEntry.SizeOf];
        _slot.Memory.TryRead(AddressMap.RegisterPageBase + 0x100, table);
        byte[] expected = new byte[table.Length];
        expected[1] = 1;
        expected[8] = 1;
        expected[17] = 1;
        Assert.Equal(2u, _slot.Page.DiskCount);
        Assert.Equal(expected, table);
    }

    private bool TryOpen() => DiskDevice.TryOpen(
        _reach, ref _record, _slot, out RingConsumer<GuestRingMemory> _, out RingProducer<GuestRingMemory> _);

    private DiskStatus Check(in DiskRequest request) =>
        DiskDevice.Check(_reach, ref _record, _slot, [_readOnly.Disk, _writable.Disk], request);
}
