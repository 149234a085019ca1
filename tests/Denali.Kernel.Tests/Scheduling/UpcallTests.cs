// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Scheduling;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Scheduling;

/// <summary>An upcall starts only where the guest allows it, and a hostile guest only harms itself.</summary>
public sealed class UpcallTests : IDisposable
{
    private const ulong Entry = 0x3_0000;
    private const ulong Interrupted = 0x3_1234;
    private const ulong Stack = 0x8_0008;

    private readonly FakeSlot _slot = FakeSlot.Standalone();

    public UpcallTests()
    {
        _slot.Page.InterruptEnable = 1;
        _slot.Page.UpcallEntry = Entry;
        _slot.Registers = new GuestRegisters { Rip = Interrupted, Rsp = Stack, Rflags = 0x246, Rax = 42, R15 = 43 };
    }

    public void Dispose() => _slot.Dispose();

    [Fact]
    public void TryStart_Allowed_PushesTheFrameAndStartsTheEntry()
    {
        Assert.True(Upcall.TryStart(_slot));

        ulong frame = _slot.Registers.Rsp;
        Assert.Equal(0u, frame % 16);
        Assert.InRange(Stack - frame, UpcallFrame.RedZoneBytes + UpcallFrame.SizeOf, 200u);
        Assert.Equal(Entry, _slot.Registers.Rip);
        Assert.Equal(0x2u, _slot.Registers.Rflags);
        Assert.Equal(42u, _slot.Registers.Rax);
        Assert.Equal(43u, _slot.Registers.R15);
        Assert.Equal(0u, _slot.Page.InterruptEnable);
        Assert.Equal([Interrupted, 0x33, 0x246, Stack, 0x2B], ReadWords(frame, 5));
    }

    [Fact]
    public void TryStart_Allowed_WritesNothingElse()
    {
        byte[] before = ReadMemory();

        Assert.True(Upcall.TryStart(_slot));

        byte[] after = ReadMemory();
        int[] changed = [.. Enumerable.Range(0, before.Length).Where(i => before[i] != after[i])];
        int frame = (int)(_slot.Registers.Rsp - AddressMap.RegisterPageBase);
        Assert.All(changed, i => Assert.True(i == 0x208 || (i >= frame && i < frame + UpcallFrame.SizeOf), $"{i:x}"));
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(2ul)]
    [InlineData(ulong.MaxValue)]
    public void TryStart_NotEnabled_LeavesTheGuestAlone(ulong enable)
    {
        _slot.Page.InterruptEnable = enable;
        AssertRefused();
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(8ul)]
    [InlineData(0xFFFFul)]
    [InlineData(AddressMap.MemoryMinBytes)]
    [InlineData(AddressMap.MonitorBase)]
    [InlineData(ulong.MaxValue)]
    public void TryStart_NoEntryInMemory_LeavesTheGuestAlone(ulong entry)
    {
        _slot.Page.UpcallEntry = entry;
        AssertRefused();
    }

    [Theory]
    [InlineData(AddressMap.InstructionPageBase)]
    [InlineData(InstructionPage.ResumeEntry)]
    [InlineData(InstructionPage.UpcallReturnEntry + 8)]
    [InlineData(AddressMap.InstructionPageBase + AddressMap.PageBytes - 1)]
    public void TryStart_InsideTheInstructionPage_Waits(ulong rip)
    {
        _slot.Registers.Rip = rip;
        AssertRefused();
    }

    [Theory]
    [InlineData(AddressMap.InstructionPageBase + AddressMap.PageBytes)]
    [InlineData(AddressMap.InstructionPageBase - 1)]
    public void TryStart_BesideTheInstructionPage_Starts(ulong rip)
    {
        _slot.Registers.Rip = rip;
        Assert.True(Upcall.TryStart(_slot));
    }

    [Theory]
    [InlineData(AddressMap.MonitorBase)]
    [InlineData(AddressMap.MonitorBase + 0x2000)]
    [InlineData(AddressMap.MemoryMinBytes)]
    [InlineData(0ul)]
    [InlineData(ulong.MaxValue)]
    public void TryStart_InterruptedOutsideOfMemory_Waits(ulong rip)
    {
        _slot.Registers.Rip = rip;
        AssertRefused();
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(8ul)]
    [InlineData(167ul)]
    [InlineData(168ul)]
    [InlineData(0x10000ul)]
    [InlineData(0x100A7ul)]
    [InlineData(AddressMap.MemoryMinBytes + 1000)]
    [InlineData(1ul << 63)]
    [InlineData(0xFFFF_8000_0000_0000)]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 127)]
    public void TryStart_HostileStackPointer_LeavesTheGuestAlone(ulong rsp)
    {
        _slot.Registers.Rsp = rsp;
        AssertRefused();
    }

    [Fact]
    public void TryStart_StackAtTheEndOfMemory_Starts()
    {
        _slot.Registers.Rsp = AddressMap.MemoryMinBytes;
        Assert.True(Upcall.TryStart(_slot));
    }

    [Fact]
    public void TryStart_StackNotWritable_Waits()
    {
        (ulong Address, ulong Bytes, bool Write) asked = default;
        _slot.Access = (address, bytes, write) =>
        {
            asked = (address, bytes, write);
            return false;
        };

        AssertRefused();

        Assert.Equal(((Stack - 168) & ~15UL, (ulong)UpcallFrame.SizeOf, true), asked);
        Assert.False(Upcall.TryStart(_slot, out ulong missing));
        Assert.Equal((Stack - 168) & ~15UL, missing);
    }

    [Fact]
    public void TryStart_EveryStackPointerAroundTheEdges_NeverThrows()
    {
        ulong[] edges = [0, AddressMap.RegisterPageBase, AddressMap.MemoryMinBytes, AddressMap.MonitorBase, 1UL << 63];
        foreach (ulong edge in edges)
        {
            for (ulong distance = 0; distance < 512; distance++)
            {
                _slot.Page.InterruptEnable = 1;
                _slot.Page.UpcallEntry = Entry;
                _slot.Registers = new GuestRegisters { Rip = Interrupted, Rsp = unchecked(edge + distance - 256) };
                Upcall.TryStart(_slot);
            }
        }
    }

    private void AssertRefused()
    {
        GuestRegisters registers = _slot.Registers;
        byte[] before = ReadMemory();

        Assert.False(Upcall.TryStart(_slot));

        Assert.Equal(registers, _slot.Registers);
        Assert.True(before.AsSpan().SequenceEqual(ReadMemory()));
    }

    private byte[] ReadMemory()
    {
        byte[] bytes = new byte[AddressMap.MemoryMinBytes - AddressMap.RegisterPageBase];
        Assert.True(_slot.Memory.TryRead(AddressMap.RegisterPageBase, bytes));
        return bytes;
    }

    private ulong[] ReadWords(ulong address, int count)
    {
        byte[] bytes = new byte[count * sizeof(ulong)];
        Assert.True(_slot.Memory.TryRead(address, bytes));
        return
        [
            .. Enumerable.Range(0, count).Select(i => BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(i * 8))),
        ];
    }
}
