// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Denali.Engine;
using Denali.Hardware;

namespace Denali.Diagnostics;

/// <summary>Finds what of a guest's memory its devices use: the rings, and the buffers of frames.</summary>
/// <remarks>The registers and the descriptors are the guest's: what it says is believed, and bounded.</remarks>
internal sealed class RingFinder
{
    private readonly List<(ulong Start, ulong End, string Name)> _ranges = [];
    private readonly PageSource _pages;

    /// <summary>Reads the registers.</summary>
    /// <param name="pages">The VM's memory.</param>
    internal RingFinder(PageSource pages)
    {
        _pages = pages;
        if (!pages((uint)(AddressMap.RegisterPageBase / AddressMap.PageBytes), out ReadOnlySpan<byte> page))
        {
            return;
        }

        RegisterPage registers = RegisterPageCopy.Read(page);
        AddFrames(registers.NicReceiveRing, registers.NicReceiveEntries, "receive buffer");
        AddFrames(registers.NicTransmitRing, registers.NicTransmitEntries, "transmit buffer");
        AddRing(registers.NicReceiveRing, NicDescriptor.SizeOf, registers.NicReceiveEntries, "receive ring");
        AddRing(registers.NicTransmitRing, NicDescriptor.SizeOf, registers.NicTransmitEntries, "transmit ring");
        AddRing(registers.DiskRequestRing, DiskRequest.SizeOf, registers.DiskRingEntries, "disk request ring");
        AddRing(
            registers.DiskCompletionRing, DiskCompletion.SizeOf, registers.DiskRingEntries, "disk completion ring");

        // Of two at one address the later one: a ring before a buffer.
        _ranges = [.. _ranges.Select((range, order) => (range, order)).OrderBy(item => (item.range.Start, item.order))
            .Select(item => item.range)];
    }

    /// <summary>Finds what an address belongs to.</summary>
    /// <param name="address">Any guest address.</param>
    /// <param name="name">What it is.</param>
    /// <returns>False if no device uses it.</returns>
    internal bool TryFind(ulong address, out string name)
    {
        int low = 0;
        int high = _ranges.Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            (low, high) = _ranges[middle].Start <= address ? (middle + 1, high) : (low, middle);
        }

        bool isFound = low > 0 && address < _ranges[low - 1].End;
        name = isFound ? _ranges[low - 1].Name : string.Empty;
        return isFound;
    }

    private void AddRing(ulong address, int entryBytes, uint entries, string name)
    {
        if (address != 0 && RingLayout.IsValidEntryCount(entries))
        {
            _ranges.Add((address, address + RingLayout.Contiguous((uint)entryBytes, entries).TotalBytes, name));
        }
    }

    private void AddFrames(ulong ring, uint entries, string name)
    {
        if (ring == 0 || !RingLayout.IsValidEntryCount(entries))
        {
            return;
        }

        RingLayout layout = RingLayout.Contiguous(NicDescriptor.SizeOf, entries);
        for (uint i = 0; i < entries; i++)
        {
            ulong descriptor = ring + layout.OffsetOf(i);
            ulong buffer = Word(descriptor);
            uint bytes = (uint)Word(descriptor + sizeof(ulong));
            if (buffer != 0 && bytes is > 0 and <= NicDescriptor.FrameMaxBytes)
            {
                _ranges.Add((buffer, buffer + bytes, name));
            }
        }
    }

    private ulong Word(ulong address)
    {
        int offset = (int)(address % AddressMap.PageBytes);
        return offset + sizeof(ulong) <= AddressMap.PageBytes
            && address / AddressMap.PageBytes <= uint.MaxValue
            && _pages((uint)(address / AddressMap.PageBytes), out ReadOnlySpan<byte> page)
                ? BinaryPrimitives.ReadUInt64LittleEndian(page[offset..])
                : 0;
    }
}
