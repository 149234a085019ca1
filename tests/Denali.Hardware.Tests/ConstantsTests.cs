// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Numerics;
using Xunit;

namespace Denali.Hardware.Tests;

/// <summary>The constants of the virtual hardware fit together.</summary>
public sealed class ConstantsTests
{
    [Fact]
    public void AddressMap_RegionsFollowEachOther()
    {
        Assert.Equal((ulong)AddressMap.ChunkBytes, AddressMap.RegisterPageBase);
        Assert.Equal(AddressMap.RegisterPageBase + AddressMap.PageBytes, AddressMap.InstructionPageBase);
        Assert.Equal(AddressMap.InstructionPageBase + AddressMap.PageBytes, AddressMap.ArgumentsBase);
        Assert.True(AddressMap.ArgumentsBase + AddressMap.ArgumentsMaxBytes <= AddressMap.ImageBase);
        Assert.True(AddressMap.ImageBase < AddressMap.MemoryMinBytes);
        Assert.True(AddressMap.MemoryMinBytes <= AddressMap.MemoryDefaultBytes);
        Assert.True(AddressMap.MemoryDefaultBytes <= AddressMap.MemoryMaxBytes);
        Assert.True(AddressMap.MemoryMaxBytes < AddressMap.MonitorBase);
    }

    [Fact]
    public void AddressMap_SizesAreMultiplesOfTheChunk()
    {
        Assert.True(BitOperations.IsPow2(AddressMap.PageBytes));
        Assert.Equal(0u, AddressMap.ChunkBytes % AddressMap.PageBytes);
        Assert.Equal(0u, AddressMap.ImageBase % AddressMap.ChunkBytes);
        Assert.Equal(0u, AddressMap.MemoryMinBytes % AddressMap.ChunkBytes);
        Assert.Equal(0u, AddressMap.MemoryDefaultBytes % AddressMap.ChunkBytes);
        Assert.Equal(0u, AddressMap.MemoryMaxBytes % AddressMap.ChunkBytes);
        Assert.Equal(0u, AddressMap.MonitorBase % (1UL << 30));
    }

    [Fact]
    public void InstructionPage_EntriesAreDistinctAndInThePage()
    {
        ulong[] entries =
        [
            .. Enum.GetValues<Instruction>().Select(InstructionPage.EntryOf),
            InstructionPage.ResumeEntry,
            InstructionPage.UpcallReturnEntry,
        ];
        Assert.Equal(entries.Length, entries.Distinct().Count());
        Assert.All(entries, entry => Assert.InRange(
            entry,
            AddressMap.InstructionPageBase,
            AddressMap.InstructionPageBase + AddressMap.PageBytes - InstructionPage.EntryBytes));
    }

    [Fact]
    public void InstructionPage_NamedEntriesAgreeWithEntryOf()
    {
        Assert.Equal(InstructionPage.IdleEntry, InstructionPage.EntryOf(Instruction.Idle));
        Assert.Equal(InstructionPage.TerminateEntry, InstructionPage.EntryOf(Instruction.Terminate));
        Assert.Equal(InstructionPage.YieldEntry, InstructionPage.EntryOf(Instruction.Yield));
        Assert.Equal(InstructionPage.DoorbellEntry, InstructionPage.EntryOf(Instruction.Doorbell));
        Assert.Equal(InstructionPage.ReadyEntry, InstructionPage.EntryOf(Instruction.Ready));
        Assert.Equal(InstructionPage.FaultEntry, InstructionPage.EntryOf(Instruction.Fault));
    }

    [Fact]
    public void Flags_AreSingleDistinctBits()
    {
        AssertBits(Enum.GetValues<FeatureBits>().Select(bit => (ulong)bit));
        AssertBits(Enum.GetValues<InterruptBits>().Select(bit => (ulong)bit));
        AssertBits(Enum.GetValues<NicFlags>().Select(bit => (ulong)bit));
    }

    [Fact]
    public void Image_StackLimitsArePages()
    {
        Assert.Equal(0u, ImageNote.StackMinBytes % AddressMap.PageBytes);
        Assert.Equal(0u, ImageNote.StackMaxBytes % AddressMap.PageBytes);
        Assert.True(ImageNote.StackMinBytes <= ImageNote.StackMaxBytes);
    }

    [Fact]
    public void ConsoleRings_AreValidAndLieInTheRegisterPage()
    {
        foreach (RingLayout ring in new[] { ConsoleLayout.Input, ConsoleLayout.Output })
        {
            Assert.True(RingLayout.IsValidEntryCount(ring.EntryCount));
            Assert.True(ring.HeaderOffset + RingHeader.SizeOf <= ring.DataOffset);
            Assert.True(ring.DataOffset + (ring.EntryBytes * ring.EntryCount) <= RegisterPage.SizeOf);
        }
    }

    [Fact]
    public void Sectors_ArePages() => Assert.Equal(AddressMap.PageBytes, DiskEntry.SectorBytes);

    private static void AssertBits(IEnumerable<ulong> values)
    {
        ulong[] bits = [.. values.Where(value => value != 0)];
        Assert.Equal(bits.Length, bits.Distinct().Count());
        Assert.All(bits, bit => Assert.True(BitOperations.IsPow2(bit)));
    }
}
