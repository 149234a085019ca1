// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using Denali.Engine;
using Denali.Hardware;
using Denali.Images;
using Denali.Kernel.Devices;
using Denali.Kernel.Network;
using Denali.Linux;

namespace Denali.Kernel.Machines;

/// <summary>
/// Writes the registers that a VM finds when it starts: who it is, what it has, what time it is, and random numbers
/// that nobody else gets. Any thread.
/// </summary>
/// <remarks>All that tells VMs of one base apart is here. The memory of a base holds none of it.</remarks>
internal sealed class MachineStart(MachineTable table, VirtualSwitch network, HostClock clock)
{
    /// <summary>Generation of a VM that was made of an image.</summary>
    private const ulong FirstGeneration = 1;

    /// <summary>Sets up the registers of a VM that was bound to its base just now.</summary>
    /// <param name="index">The VM; its record says what it has.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="image">What it is made of.</param>
    internal void Write(int index, IExecutionSlot slot, LoadedImage image)
    {
        WriteIdentity(index, slot, image);
        ref RegisterPage page = ref slot.Memory.Registers;
        if (image.IsBooted)
        {
            // It finds out that it is another one than that which was captured, which may have been a clone itself.
            page.Generation++;
            page.PendingInterrupts = InterruptBits.None;
        }
        else
        {
            page.Generation = FirstGeneration;
            page.TimerDeadlineNs = InstructionPage.Never;
        }
    }

    /// <summary>
    /// Renews the registers of a VM that an earlier kernel had run: its memory has just been put back. What is pending
    /// and when its timer is due stay, and it finds out that it was away.
    /// </summary>
    /// <param name="index">The VM; its record says what it has.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="image">What it is made of.</param>
    internal void Renew(int index, IExecutionSlot slot, LoadedImage image)
    {
        WriteIdentity(index, slot, image);
        slot.Memory.Registers.Generation++;
    }

    private void WriteIdentity(int index, IExecutionSlot slot, LoadedImage image)
    {
        ref MachineRecord record = ref table[index];
        MemoryLayout layout = image.Layout;
        ref RegisterPage page = ref slot.Memory.Registers;
        page.ArchitectureVersion = RegisterPage.CurrentVersion;
        page.Features = FeatureBits.Console;
        page.MachineId = record.MachineId;
        page.MemoryBytes = layout.MemoryBytes;
        page.StackAreaBase = layout.StackAreaBase;
        page.StackBytes = layout.StackBytes;
        page.StackCount = layout.StackCount;
        page.TscKhz = clock.TscKhz;
        page.TscMultiplier = clock.Multiplier;
        page.TscBase = clock.TscBase + (ulong)slot.TscOffset;
        page.MonotonicBaseNs = clock.BaseNs;
        page.WallClockOffsetNs = clock.WallClockOffsetNs();
        page.ArgumentsAddress = AddressMap.ArgumentsBase;
        Span<byte> seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(seed);
        page.RandomSeed0 = BinaryPrimitives.ReadUInt64LittleEndian(seed);
        page.RandomSeed1 = BinaryPrimitives.ReadUInt64LittleEndian(seed[8..]);
        page.RandomSeed2 = BinaryPrimitives.ReadUInt64LittleEndian(seed[16..]);
        page.RandomSeed3 = BinaryPrimitives.ReadUInt64LittleEndian(seed[24..]);
        if (record.HasNetwork)
        {
            page.Features |= FeatureBits.Nic;
            network.Describe(index, record.UsesDhcp, ref page);
        }

        page.DiskCount = 0;
        if (table.Disks(index) is { Length: > 0 } disks)
        {
            page.Features |= FeatureBits.Disk;
            DiskTable.Describe(ref page, disks);
        }
    }

    /// <summary>Gives a VM that was made of an image its boot arguments.</summary>
    /// <param name="slot">Its slot.</param>
    /// <param name="arguments">The encoded arguments, at most <see cref="AddressMap.ArgumentsMaxBytes"/>.</param>
    internal static void WriteArguments(IExecutionSlot slot, ReadOnlySpan<byte> arguments)
    {
        slot.Memory.Registers.ArgumentsBytes = (uint)arguments.Length;
        _ = slot.Memory.TryWrite(AddressMap.ArgumentsBase, arguments);
    }
}
