// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;

namespace Denali.Engine;

/// <summary>
/// A VM's memory as the kernel reaches it: every access is checked against the memory size in one place. There is no
/// way to turn a guest address into a pointer elsewhere.
/// </summary>
/// <remarks>
/// Holds no reference: valid as long as the slot that gave it. Contents may change at any time while the VM runs:
/// copy, then check the copy.
/// </remarks>
public readonly unsafe struct GuestMemory
{
    private readonly byte* _base;

    /// <summary>Describes a window.</summary>
    /// <param name="windowBase">Host address of guest address 0.</param>
    /// <param name="bytes">Memory size in bytes, at least <see cref="AddressMap.MemoryMinBytes"/>.</param>
    public GuestMemory(nint windowBase, ulong bytes)
    {
        // SAFETY: the caller says that the window is mapped; nothing is read here.
        _base = (byte*)windowBase;
        Bytes = bytes;
    }

    /// <summary>Memory size in bytes.</summary>
    public ulong Bytes { get; }

    /// <summary>The register page.</summary>
    // SAFETY: a window is at least MemoryMinBytes long and stays mapped as long as the slot lives.
    public ref RegisterPage Registers => ref *(RegisterPage*)(_base + AddressMap.RegisterPageBase);

    /// <summary>Copies bytes out of guest memory.</summary>
    /// <param name="address">First guest address.</param>
    /// <param name="destination">Where they go; its length says how many.</param>
    /// <returns>False, and nothing is copied, if the range is not inside memory.</returns>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        if (!Contains(address, (ulong)destination.Length))
        {
            return false;
        }

        // SAFETY: the range was checked to lie inside the window.
        new ReadOnlySpan<byte>(_base + address, destination.Length).CopyTo(destination);
        return true;
    }

    /// <summary>The bytes of a range themselves, for a system call that copies them.</summary>
    /// <param name="address">First guest address.</param>
    /// <param name="bytes">How many, not negative.</param>
    /// <param name="contents">They, outside of the garbage-collected heap: to be passed on, not to be looked
    /// at.</param>
    /// <returns>False if the range is not inside memory.</returns>
    public bool TryGetBytes(ulong address, int bytes, out ReadOnlySpan<byte> contents)
    {
        if (bytes < 0 || !Contains(address, (ulong)bytes))
        {
            contents = default;
            return false;
        }

        // SAFETY: the range was checked to lie inside the window.
        contents = new ReadOnlySpan<byte>(_base + address, bytes);
        return true;
    }

    /// <summary>Copies bytes into guest memory, whatever the guest itself may do there.</summary>
    /// <param name="address">First guest address.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>False, and nothing is written, if the range is not inside memory.</returns>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        if (!Contains(address, (ulong)source.Length))
        {
            return false;
        }

        // SAFETY: the range was checked to lie inside the window.
        if (!source.IsEmpty)
        {
            // The runtime reads where a long copy is to begin, to see whether there is memory. Read before it is
            // written, a page that is not there yet becomes one of zeros that many share, and is replaced at the write:
            // two faults for one, of which the second is told to all KVM VMs of the process.
            _base[address] = source[0];
        }

        source.CopyTo(new Span<byte>(_base + address, source.Length));
        return true;
    }

    /// <summary>Copies bytes from this memory into that of another VM, or to another place in this one.</summary>
    /// <param name="address">First guest address here.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="destinationAddress">First guest address there.</param>
    /// <param name="bytes">How many, not negative.</param>
    /// <returns>False, and nothing is copied, if one of the ranges is not inside its memory.</returns>
    public bool TryCopyTo(ulong address, GuestMemory destination, ulong destinationAddress, int bytes)
    {
        if (bytes < 0 || !Contains(address, (ulong)bytes) || !destination.Contains(destinationAddress, (ulong)bytes))
        {
            return false;
        }

        // SAFETY: both ranges were checked to lie inside their windows; spans may overlap.
        if (bytes > 0 && destination._base != _base)
        {
            // As above.
            destination._base[destinationAddress] = _base[address];
        }

        new ReadOnlySpan<byte>(_base + address, bytes)
            .CopyTo(new Span<byte>(destination._base + destinationAddress, bytes));
        return true;
    }

    /// <summary>Whether a range lies inside memory and above the unmapped first 64 KiB.</summary>
    /// <param name="address">First guest address.</param>
    /// <param name="bytes">Length in bytes.</param>
    /// <returns>True if so; an empty range inside memory is.</returns>
    public bool Contains(ulong address, ulong bytes) =>
        address >= AddressMap.RegisterPageBase && address <= Bytes && bytes <= Bytes - address;

    /// <summary>A ring whose memory is part of this memory.</summary>
    /// <param name="address">Base of the ring's memory.</param>
    /// <param name="bytes">Its length in bytes.</param>
    /// <param name="memory">Access to it.</param>
    /// <returns>False if the range is not inside memory or the base is not a multiple of 8.</returns>
    public bool TryGetRingMemory(ulong address, uint bytes, out GuestRingMemory memory)
    {
        if ((address & 7) != 0 || !Contains(address, bytes))
        {
            memory = default;
            return false;
        }

        // SAFETY: the range was checked to lie inside the window; GuestRingMemory checks offsets against its length.
        memory = new GuestRingMemory((nint)(_base + address), bytes);
        return true;
    }
}
