// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using Denali.Hardware;
using Denali.Kernel.Memory;

namespace Denali.Kernel.Swap;

/// <summary>
/// The file that holds VMs whose memory is not in the machine's. It describes itself: a later kernel finds in it all
/// VMs that were in it and had not run since.
/// </summary>
/// <remarks>
/// <para>A VM is in it from the moment its entry in the directory is whole until that is erased, which is before it
/// runs again. Each of these is one small write, so that killing the kernel at any time leaves either the one or the
/// other.</para>
/// <para>Any thread; its methods wait for the device, so no worker calls them.</para>
/// </remarks>
internal sealed partial class SwapFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly ISwapDevice _device;
    private readonly SwapDirectory _directory;
    private readonly BlockMap _map;
    private ulong _sequence;

    /// <summary>Opens a swap file and finds what is in it.</summary>
    /// <param name="device">The device; this disposes it.</param>
    /// <param name="maxBytes">Most bytes of all records, up to 1 TiB. If there are more, none is added.</param>
    /// <param name="bootId">Which run of the host's kernel this is.</param>
    /// <exception cref="KernelException">It is something else, or cannot be read.</exception>
    internal SwapFile(ISwapDevice device, ulong maxBytes, Guid bootId)
    {
        _device = device;
        _directory = new SwapDirectory(device);
        _map = new BlockMap(SwapLayout.BlockMax);
        try
        {
            // What is there is taken over, also if an earlier kernel was allowed more.
            Open(bootId);
            _map.Limit = (uint)Math.Min(maxBytes / SwapLayout.BlockBytes, SwapLayout.BlockMax);
        }
        catch (IOException e)
        {
            throw new KernelException($"the swap file cannot be read ({e.Message}): mend the disk, or name another");
        }
    }

    /// <summary>The VMs that were in the file when it was opened, by index.</summary>
    internal List<SavedMachine> Saved { get; } = [];

    /// <summary>The latest time at which one of them was written, on the kernel's clock.</summary>
    internal ulong LastSavedNs { get; private set; }

    /// <summary>Bytes that records take.</summary>
    internal ulong UsedBytes
    {
        get
        {
            lock (_lock)
            {
                return (ulong)_map.Used * SwapLayout.BlockBytes;
            }
        }
    }

    /// <summary>Most bytes that they may take.</summary>
    internal ulong LimitBytes => (ulong)_map.Limit * SwapLayout.BlockBytes;

    /// <summary>Writes a VM: its record, then its entry.</summary>
    /// <param name="index">The VM's index.</param>
    /// <param name="entry">What is to be said of it; where it is, is filled in here.</param>
    /// <param name="chain">Its chain of blocks; none for a VM without pages.</param>
    /// <param name="stream">The thread's own.</param>
    /// <param name="place">Where it is.</param>
    /// <returns>Ok, full, failed, left or unclear. If it is full or failed, there is no entry.</returns>
    internal SwapStatus Write(int index, SwapEntry entry, long chain, SwapStream stream, out SwapPlace place)
    {
        place = default;
        if (!TryEraseLeft(index))
        {
            return SwapStatus.Left;
        }

        long payload = SwapPayload.BytesOf(chain);
        int headBytes = payload == 0 ? 0 : SwapRecord.HeadBytes(payload);
        int runCount = 0;
        lock (_lock)
        {
            long blocks = SwapLayout.BlocksOf(headBytes + payload);
            if (blocks > _map.Limit || (blocks > 0 && !_map.TryTake((uint)blocks, stream.Runs, out runCount)))
            {
                return SwapStatus.Full;
            }

            entry.Sequence = ++_sequence;
        }

        Span<SwapRun> runs = stackalloc SwapRun[runCount];
        stream.Runs[..runCount].CopyTo(runs);
        entry.RecordBytes = headBytes + payload;
        entry.RunCount = (ushort)runCount;
        entry.Run0 = runCount > 0 ? runs[0] : default;
        entry.Run1 = runCount > 1 ? runs[1] : default;
        entry.Run2 = runCount > 2 ? runs[2] : default;
        bool hasBegunEntry = false;
        try
        {
            if (runCount > 0)
            {
                stream.BeginWrite(_device, runCount);
                SwapPayload.Write(entry, runs, headBytes, chain, stream);
            }

            hasBegunEntry = true;
            _directory.Write(index, entry);
            place = new SwapPlace(entry.Run0.First, entry.RecordBytes);
            EraseOneLeft();
            return SwapStatus.Ok;
        }
        catch (IOException) when (hasBegunEntry)
        {
            // What of the entry may be there must not be: nobody may take it for the VM's last state.
            return Erase(index, runs) == SwapStatus.Ok ? SwapStatus.Failed : SwapStatus.Unclear;
        }
        catch (IOException)
        {
            Return(runs);
            return SwapStatus.Failed;
        }
    }

    /// <summary>Reads a VM back, and erases it from the file.</summary>
    /// <param name="index">The VM's index.</param>
    /// <param name="machineId">Its number.</param>
    /// <param name="place">Where it is.</param>
    /// <param name="store">Gets its chain of blocks.</param>
    /// <param name="stream">The thread's own.</param>
    /// <param name="chain">The chain; none if this fails.</param>
    /// <returns>Ok, failed, damaged, or unclear: then it was read, and its entry is to be erased before it runs. If it
    /// failed or is damaged, it stays in the file.</returns>
    internal SwapStatus Read(
        int index, ulong machineId, SwapPlace place, BlockStore store, SwapStream stream, out long chain)
    {
        chain = BlockStore.None;
        Span<SwapRun> runs = default;
        try
        {
            if (place.Bytes > 0)
            {
                ReadOnlySpan<byte> start = stream.Peek(_device, place.Block, place.Bytes);
                if (!SwapRecord.TryRead(start, out SwapEntry entry, stream.Runs, out int count, out int headBytes)
                    || entry.MachineId != machineId
                    || entry.RecordBytes != place.Bytes
                    || !AreGood(stream.Runs[..count], place.Bytes))
                {
                    return SwapStatus.Damaged;
                }

                // The stream reads on in the same memory.
                Span<byte> head = stackalloc byte[headBytes];
                start[..headBytes].CopyTo(head);
                runs = stream.Runs[..count];
                stream.BeginRead(_device, count, headBytes);
                if (!SwapPayload.TryRead(head, place.Bytes - headBytes, store, stream, out chain))
                {
                    return SwapStatus.Damaged;
                }
            }
        }
        catch (Exception e) when (e is IOException or OutOfMemoryException)
        {
            store.Free(chain);
            chain = BlockStore.None;

            // Where the file has been cut off, nothing will be when it is tried again.
            return e is EndOfStreamException ? SwapStatus.Damaged : SwapStatus.Failed;
        }

        return Erase(index, runs) == SwapStatus.Ok ? SwapStatus.Ok : SwapStatus.Unclear;
    }

    /// <summary>Erases a VM from the file.</summary>
    /// <param name="index">Its index.</param>
    /// <returns>Ok or failed. If it failed it is tried again, at the latest before the index is written to; the VM must
    /// not run before this says Ok.</returns>
    internal SwapStatus Erase(int index)
    {
        if (!TryEraseLeft(index))
        {
            return SwapStatus.Failed;
        }

        Span<SwapRun> runs = stackalloc SwapRun[SwapRecord.RunMax];
        int count;
        try
        {
            count = _directory.TryRead(index, out SwapEntry entry) ? FindRuns(entry, runs) : 0;
        }
        catch (IOException)
        {
            Leave(index, null);
            return SwapStatus.Failed;
        }

        return Erase(index, runs[..count]);
    }

    /// <summary>What is known of a VM that is in the file.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="entry">What the directory says.</param>
    /// <returns>False if there is none, or the device refused.</returns>
    internal bool TryFind(int index, out SwapEntry entry)
    {
        try
        {
            return _directory.TryRead(index, out entry);
        }
        catch (IOException)
        {
            entry = default;
            return false;
        }
    }

    /// <summary>Says of a VM in the file what has happened for it since it was written.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="flags">In which state it is.</param>
    /// <param name="pending">Interrupts that it has not been told of.</param>
    /// <returns>Ok, failed, or damaged if it is not there.</returns>
    internal SwapStatus Mark(int index, SwapEntryFlags flags, InterruptBits pending)
    {
        try
        {
            if (!_directory.TryRead(index, out SwapEntry entry))
            {
                return SwapStatus.Damaged;
            }

            entry.Flags |= flags;
            entry.Pending |= pending;
            _directory.Write(index, entry);
            return SwapStatus.Ok;
        }
        catch (IOException)
        {
            return SwapStatus.Failed;
        }
    }

    /// <summary>Sees to it that what is in the file outlives the host's kernel. Nothing is written after it.</summary>
    /// <returns>Ok or failed.</returns>
    internal SwapStatus MakeClean()
    {
        try
        {
            _directory.MakeClean();
            return SwapStatus.Ok;
        }
        catch (IOException)
        {
            return SwapStatus.Failed;
        }
    }

    public void Dispose() => _device.Dispose();

    private void Open(Guid bootId)
    {
        if (_directory.Open(bootId))
        {
            Span<SwapRun> runs = new SwapRun[SwapRecord.RunMax];
            foreach (SwapEntry entry in _directory.ReadAll())
            {
                if (TryTakeBlocks(entry, runs))
                {
                    Saved.Add(new SavedMachine(
                        entry.MachineId, entry.Key, entry.ChargedBytes, (ulong)entry.RecordBytes));
                    LastSavedNs = Math.Max(LastSavedNs, entry.SavedNs);
                    _sequence = Math.Max(_sequence, entry.Sequence);
                }
            }
        }

        _directory.Begin(bootId, isEmpty: Saved.Count == 0);
    }

    /// <summary>Takes the blocks of a record, unless another has one of them.</summary>
    private bool TryTakeBlocks(in SwapEntry entry, Span<SwapRun> runs)
    {
        int count = FindRuns(entry, runs);
        if (count != entry.RunCount || !AreGood(runs[..count], entry.RecordBytes))
        {
            return false;
        }

        for (int i = 0; i < count; i++)
        {
            if (!_map.TryTake(runs[i]))
            {
                Return(runs[..i]);
                return false;
            }
        }

        return true;
    }

    /// <summary>Where a record lies that the directory tells of.</summary>
    /// <returns>How many runs; none if they cannot be found.</returns>
    private int FindRuns(in SwapEntry entry, Span<SwapRun> runs)
    {
        if (entry.RunCount > SwapEntry.InlineRuns)
        {
            Span<byte> head = stackalloc byte[SwapLayout.BlockBytes];
            return _device.ReadUpTo(SwapLayout.OffsetOf(entry.Run0.First), head) == head.Length
                && SwapRecord.TryRead(head, out SwapEntry told, runs, out int count, out _)
                && told.MachineId == entry.MachineId
                && told.Sequence == entry.Sequence
                ? count
                : 0;
        }

        runs[0] = entry.Run0;
        runs[1] = entry.Run1;
        runs[2] = entry.Run2;
        return entry.RunCount;
    }

    private static bool AreGood(ReadOnlySpan<SwapRun> runs, long bytes)
    {
        long blocks = 0;
        foreach (SwapRun run in runs)
        {
            if (run.Count == 0 || run.First >= SwapLayout.BlockMax || run.Count > SwapLayout.BlockMax - run.First)
            {
                return false;
            }

            blocks += run.Count;
        }

        return blocks == SwapLayout.BlocksOf(bytes);
    }

    private SwapStatus Erase(int index, ReadOnlySpan<SwapRun> runs)
    {
        try
        {
            _directory.Erase(index);
        }
        catch (IOException)
        {
            Leave(index, runs.ToArray());
            return SwapStatus.Failed;
        }

        Return(runs);
        EraseOneLeft();
        return SwapStatus.Ok;
    }

    private void Return(ReadOnlySpan<SwapRun> runs)
    {
        lock (_lock)
        {
            foreach (SwapRun run in runs)
            {
                _map.Return(run);
            }
        }
    }
}
