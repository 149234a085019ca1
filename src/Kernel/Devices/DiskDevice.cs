// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Devices;

/// <summary>
/// The disks as a VM sees them: takes requests from its request ring and puts completions into its completion ring.
/// Keeps nothing: the ring registers, the indices and every request are copied at each look, and the copies are
/// checked.
/// </summary>
/// <remarks>Used by the VM's worker while the VM does not run.</remarks>
internal static class DiskDevice
{
    /// <summary>Opens the rings.</summary>
    /// <returns>False if there are none, or they cannot be rings, or their indices make no sense.</returns>
    internal static bool TryOpen(
        GuestReach reach,
        ref MachineRecord record,
        IExecutionSlot slot,
        out RingConsumer<GuestRingMemory> requests,
        out RingProducer<GuestRingMemory> completions)
    {
        requests = default;
        completions = default;
        ref RegisterPage page = ref slot.Memory.Registers;
        uint entries = page.DiskRingEntries;
        ulong requestRing = page.DiskRequestRing;
        ulong completionRing = page.DiskCompletionRing;
        if (!TryReachRing(
            reach, ref record, slot, requestRing, DiskRequest.SizeOf, entries, out GuestRingMemory memory))
        {
            return false;
        }

        requests = new RingConsumer<GuestRingMemory>(memory, RingLayout.Contiguous(DiskRequest.SizeOf, entries));
        if (!TryReachRing(reach, ref record, slot, completionRing, DiskCompletion.SizeOf, entries, out memory))
        {
            return false;
        }

        completions = new RingProducer<GuestRingMemory>(memory, RingLayout.Contiguous(DiskCompletion.SizeOf, entries));
        return requests.Refresh() == RingStatus.Ok && completions.Refresh() == RingStatus.Ok;
    }

    /// <summary>Takes the next request.</summary>
    /// <param name="ring">The ring; it has one.</param>
    internal static DiskRequest Take(ref RingConsumer<GuestRingMemory> ring)
    {
        Span<byte> bytes = stackalloc byte[DiskRequest.SizeOf];
        _ = ring.TryRead(0, bytes);
        ring.Release(1);
        return new DiskRequest
        {
            Operation = (DiskOperation)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            DiskIndex = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            Sector = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            Address = BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]),
            SectorCount = BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            Tag = BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]),
        };
    }

    /// <summary>Puts a completion into the ring.</summary>
    /// <returns>False if there is no room: the guest has broken its ring.</returns>
    internal static bool TryComplete(ref RingProducer<GuestRingMemory> ring, uint tag, DiskStatus status)
    {
        Span<byte> bytes = stackalloc byte[DiskCompletion.SizeOf];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, tag);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], (uint)status);
        bool isWritten = ring.TryWrite(0, bytes);
        ring.Publish(isWritten ? 1u : 0);
        return isWritten;
    }

    /// <summary>Checks a request. The memory that a read fills is committed and charged.</summary>
    /// <param name="reach">Commits memory.</param>
    /// <param name="record">The VM.</param>
    /// <param name="slot">Its slot.</param>
    /// <param name="disks">Its disks.</param>
    /// <param name="request">A copy of the request.</param>
    /// <returns>Ok if it can be carried out.</returns>
    internal static DiskStatus Check(
        GuestReach reach,
        ref MachineRecord record,
        IExecutionSlot slot,
        ReadOnlySpan<DiskImage> disks,
        in DiskRequest request)
    {
        if (request.Operation > DiskOperation.Discard || request.DiskIndex >= disks.Length)
        {
            return DiskStatus.Invalid;
        }

        if (request.Operation == DiskOperation.Flush)
        {
            return DiskStatus.Ok;
        }

        DiskImage disk = disks[(int)request.DiskIndex];
        if (request.SectorCount is 0 or > DiskRequest.SectorMax
            || request.Sector >= disk.SectorCount
            || request.SectorCount > disk.SectorCount - request.Sector)
        {
            return DiskStatus.Invalid;
        }

        if (request.Operation != DiskOperation.Read && disk.IsReadOnly)
        {
            return DiskStatus.ReadOnly;
        }

        return request.Operation == DiskOperation.Discard
            || (request.Address % DiskEntry.SectorBytes == 0
                && reach.TryReach(
                    ref record,
                    slot,
                    request.Address,
                    request.SectorCount * DiskEntry.SectorBytes,
                    write: request.Operation == DiskOperation.Read))
            ? DiskStatus.Ok
            : DiskStatus.Invalid;
    }

    private static bool TryReachRing(
        GuestReach reach,
        ref MachineRecord record,
        IExecutionSlot slot,
        ulong address,
        uint entryBytes,
        uint entries,
        out GuestRingMemory memory)
    {
        memory = default;
        if (address == 0 || !RingLayout.IsValidEntryCount(entries))
        {
            return false;
        }

        uint bytes = RingLayout.Contiguous(entryBytes, entries).TotalBytes;
        return slot.Memory.TryGetRingMemory(address, bytes, out memory)
            && reach.TryReach(ref record, slot, address, bytes, write: true);
    }
}
