// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Denali.Kernel.Machines;

namespace Denali.Kernel.Swap;

/// <summary>The head and the directory of a swap file: which VMs are in it. Any thread.</summary>
internal sealed class SwapDirectory
{
    // The directory is told to be longer in steps, so that few VMs cost a write of the head.
    private const int EntryStep = 4096;

    // So much of the directory is read at a time.
    private const int ScanEntries = 8192;

    private readonly Lock _lock = new();
    private readonly ISwapDevice _device;
    private SwapHead _head;

    internal SwapDirectory(ISwapDevice device) => _device = device;

    /// <summary>Reads the head, if there is one, and decides whether what is in the file can be believed.</summary>
    /// <param name="bootId">Which run of the host's kernel this is.</param>
    /// <returns>Whether there may be VMs in it.</returns>
    /// <exception cref="KernelException">It is something else.</exception>
    /// <exception cref="IOException">The device refused.</exception>
    internal bool Open(Guid bootId)
    {
        Span<byte> bytes = stackalloc byte[SwapHead.SizeBytes];
        if (_device.Length == 0)
        {
            return false;
        }

        if (_device.ReadUpTo(0, bytes) < bytes.Length || !SwapHead.TryRead(bytes, out _head))
        {
            throw new KernelException("the swap file is something else, or damaged: remove it, or name another");
        }

        if (_head.Version != SwapHead.CurrentVersion)
        {
            throw new KernelException(
                $"the swap file is of version {_head.Version}, and this kernel reads {SwapHead.CurrentVersion}: "
                + "start the VMs with the kernel that wrote it, or remove it");
        }

        if (_head.IsClean || _head.BootId == bootId)
        {
            return true;
        }

        // The host went down with a part of it in its memory. Nobody knows which.
        _device.Clear();
        return false;
    }

    /// <summary>Says that the file changes from now on.</summary>
    /// <param name="bootId">Which run of the host's kernel this is.</param>
    /// <param name="isEmpty">Whether there are no VMs in it.</param>
    /// <exception cref="IOException">The device refused.</exception>
    internal void Begin(Guid bootId, bool isEmpty)
    {
        _head = new SwapHead
        {
            Version = SwapHead.CurrentVersion,
            BootId = bootId,
            EntryLimit = isEmpty ? 0 : _head.EntryLimit,
        };
        WriteHead(_head);
        _device.Flush();
    }

    /// <summary>All entries that are whole and in their place.</summary>
    /// <exception cref="IOException">The device refused.</exception>
    internal IEnumerable<SwapEntry> ReadAll()
    {
        byte[] bytes = new byte[ScanEntries * SwapEntry.SizeBytes];
        int limit = Math.Clamp(_head.EntryLimit, 0, MachineTable.Capacity);
        for (int first = 0; first < limit; first += ScanEntries)
        {
            int read = _device.ReadUpTo(SwapLayout.EntryOffset(first), bytes);
            for (int i = 0; i < read / SwapEntry.SizeBytes && first + i < limit; i++)
            {
                if (TryRead(first + i, bytes.AsSpan(i * SwapEntry.SizeBytes, SwapEntry.SizeBytes), out SwapEntry entry))
                {
                    yield return entry;
                }
            }
        }
    }

    /// <summary>What the directory says of an index.</summary>
    /// <returns>False if there is no VM.</returns>
    /// <exception cref="IOException">The device refused.</exception>
    internal bool TryRead(int index, out SwapEntry entry)
    {
        Span<byte> bytes = stackalloc byte[SwapEntry.SizeBytes];
        bytes.Clear();
        _ = _device.ReadUpTo(SwapLayout.EntryOffset(index), bytes);
        return TryRead(index, bytes, out entry);
    }

    /// <summary>Says that a VM is in the file.</summary>
    /// <exception cref="IOException">The device refused; it may be there or not.</exception>
    internal void Write(int index, in SwapEntry entry)
    {
        lock (_lock)
        {
            if (index >= _head.EntryLimit)
            {
                SwapHead longer = _head;
                longer.EntryLimit = Math.Min((index / EntryStep * EntryStep) + EntryStep, MachineTable.Capacity);
                WriteHead(longer);
                _head = longer;
            }
        }

        Span<byte> bytes = stackalloc byte[SwapEntry.SizeBytes];
        entry.Write(bytes);
        _device.Write(SwapLayout.EntryOffset(index), bytes);
    }

    /// <summary>Says that there is no VM of an index in the file.</summary>
    /// <exception cref="IOException">The device refused, and what is there is an entry, or cannot be read.</exception>
    internal void Erase(int index)
    {
        Span<byte> zeros = stackalloc byte[SwapEntry.SizeBytes];
        zeros.Clear();
        try
        {
            _device.Write(SwapLayout.EntryOffset(index), zeros);
        }
        catch (IOException) when (IsAbsent(index))
        {
            // A later kernel reads what this one reads. On a full disk an entry that there was no room for is not
            // there, and there is none for zeros in its place either.
        }
    }

    /// <summary>Sees to it that what is in the file outlives the host's kernel. Nothing is written after it.</summary>
    /// <exception cref="IOException">The device refused.</exception>
    internal void MakeClean()
    {
        _device.Flush();
        lock (_lock)
        {
            _head.IsClean = true;
            WriteHead(_head);
        }

        _device.Flush();
    }

    private bool IsAbsent(int index)
    {
        try
        {
            return !TryRead(index, out _);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static bool TryRead(int index, ReadOnlySpan<byte> bytes, out SwapEntry entry) =>
        SwapEntry.TryRead(bytes, out entry) && MachineTable.IndexOf(entry.MachineId) == index;

    private void WriteHead(SwapHead head)
    {
        Span<byte> bytes = stackalloc byte[SwapHead.SizeBytes];
        head.Write(bytes);
        _device.Write(0, bytes);
    }
}
