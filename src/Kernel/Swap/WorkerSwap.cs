// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Numerics;
using System.Threading.Tasks;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel.Swap;

/// <summary>
/// One worker's part of swapping: sends its coldest parked VMs to the swap file when there is too much in memory, and
/// gets those back that are to run. Only its worker uses it; threads of their own wait for the file.
/// </summary>
/// <remarks>
/// While a VM has a job under way it does not run, does not move, and is not ended: whoever wakes it waits, and so does
/// who kills it. A VM that is woken before its job has begun stays.
/// </remarks>
internal sealed partial class WorkerSwap
{
    /// <summary>Most VMs of a worker on their way out: enough that the threads always have one to write.</summary>
    internal const int LeavingMax = 8;

    /// <summary>
    /// Most VMs of a worker on their way back, those that wait for a slot included. What they take is in memory twice.
    /// </summary>
    internal const int ReturningMax = 32;

    /// <summary>
    /// How long until what could not be done is tried again. For a VM that could not be read it is twice as long each
    /// time, up to <see cref="RetryMaxNs"/>.
    /// </summary>
    internal const ulong RetryNs = 100_000_000;

    /// <summary>Longest time between two tries to read a VM: whoever waits for it when the device is mended should not
    /// wait much longer.</summary>
    internal const ulong RetryMaxNs = 64 * RetryNs;

    /// <summary>How long nothing is written after the device has refused, or was full.</summary>
    internal const ulong PauseNs = 1_000_000_000;

    private readonly Worker _worker;
    private readonly WorkerContext _context;
    private readonly MachineTable _table;
    private readonly SwapSpace? _space;
    private readonly ParkedQueue _parked;
    private readonly ResidencyCounters _counters;
    private readonly Stack<SwapJob> _free = new();
    private readonly List<SwapJob> _underWay = [];

    // No longer than there are VMs, as the line for slots.
    private IndexList _wanted = new();
    private IndexList _again = new();
    private int _leaving;
    private int _returning;
    private ulong _retryNs = InstructionPage.Never;
    private ulong _againNs = InstructionPage.Never;
    private ulong _pausedUntilNs;
    private bool _isReadRefused;

    internal WorkerSwap(Worker worker, WorkerContext context, ResidencyCounters counters)
    {
        _worker = worker;
        _context = context;
        _table = context.Table;
        _space = context.Swap;
        _parked = new ParkedQueue(_table);
        _counters = counters;
    }

    /// <summary>When <see cref="Turn"/> has something to do, if nothing else happens.</summary>
    internal ulong NextNs => Math.Min(_retryNs, _againNs);

    /// <summary>Whether a VM can be written now, as far as this worker goes.</summary>
    internal bool HasRoomToWrite => _space is not null && _leaving < LeavingMax;

    /// <summary>Whether the device refused, or was full, a short while ago.</summary>
    internal bool IsPaused(ulong nowNs) => nowNs < _pausedUntilNs;

    /// <summary>A VM that idles was parked. One that waits for its disk stays: what comes is put into its memory soon,
    /// and a later kernel would not know of it.</summary>
    internal void OnParked(int index)
    {
        if (_space is not null
            && _table[index] is { Parked: not BlockStore.None, DiskJobs: 0, IsDiskWaiting: false })
        {
            _parked.Add(index);
            Trim();
        }
    }

    /// <summary>A VM without a slot is to run, ends or goes to another worker.</summary>
    /// <param name="index">The VM.</param>
    /// <param name="isWoken">It is to run.</param>
    internal void OnLeft(int index, bool isWoken)
    {
        ref MachineRecord record = ref _table[index];
        if (record.IsParkedIdle && isWoken)
        {
            _parked.Wake(index, record.WokenNs);
        }
        else if (record.IsParkedIdle)
        {
            _parked.Remove(index);
        }
    }

    /// <summary>Writes a VM of this worker that has no slot and does not run.</summary>
    /// <param name="index">The VM.</param>
    /// <param name="flags">In which state it is.</param>
    /// <param name="reply">Who waits for it, if anybody.</param>
    internal void Write(int index, SwapEntryFlags flags, TaskCompletionSource<bool>? reply = null)
    {
        ref MachineRecord record = ref _table[index];
        OnLeft(index, isWoken: false);
        SwapJob job = Take(SwapJobKind.Write, index);
        job.Entry = new SwapEntry
        {
            MachineId = record.MachineId,
            ChargedBytes = record.ChargedBytes,
            CpuNs = record.CpuNs,
            ExitCount = record.ExitCount,
            DeadlineNs = record.TimerBucket == MachineRecord.None ? InstructionPage.Never : record.DeadlineNs,
            SavedNs = _context.Clock.NowNs,
            Flags = flags
                | (record.IsFresh ? SwapEntryFlags.Fresh : SwapEntryFlags.None)
                | (record.Interrupted ? SwapEntryFlags.Interrupted : SwapEntryFlags.None)
                | (record.HasUsedDisks ? SwapEntryFlags.UsedDisks : SwapEntryFlags.None),
            Pending = record.Pending,
        };
        job.Image = _context.Images[record.Image];
        job.Chain = record.Parked;
        job.Reply = reply;
        job.Before = record.Swap;
        record.Swap = SwapState.Leaving;
        _leaving++;
        _space!.AddLeaving(BlockStore.BytesOf(record.Parked));
        _space.Threads.Add(job, job.IsUrgent);
    }

    /// <summary>Says in the file what has happened for a VM that is there.</summary>
    internal void Mark(int index, SwapEntryFlags flags)
    {
        ref MachineRecord record = ref _table[index];
        SwapJob job = Take(SwapJobKind.Mark, index);
        job.Entry = new SwapEntry { MachineId = record.MachineId, Flags = flags, Pending = record.Pending };
        record.Swap = SwapState.Returning;
        _leaving++;
        _space!.Threads.Add(job, job.IsUrgent);
    }

    /// <summary>Tries again what failed, and sends VMs away if there is too much in memory.</summary>
    internal void Turn(ulong nowNs)
    {
        if (nowNs >= _againNs)
        {
            _againNs = InstructionPage.Never;
            ReadAgain();
        }

        if (nowNs >= _retryNs)
        {
            // It may have been paused for longer since.
            _retryNs = IsPaused(nowNs) ? _pausedUntilNs : InstructionPage.Never;
            StartReturning();
            Trim();
            _space!.IsRefusing &= _space.IsFull;
        }
        else if (!_wanted.IsEmpty && !_isReadRefused)
        {
            // There was no room for more, and since then some have had their slots.
            StartReturning();
        }
    }

    /// <summary>Memory is short: sends one more VM away, whether or not there is too much.</summary>
    internal void Squeeze()
    {
        int index = _parked.Coldest();
        if (index != MachineRecord.None && _leaving == 0 && !IsPaused(_context.Clock.NowNs))
        {
            Write(index, SwapEntryFlags.None);
        }
    }

    /// <summary>A job is done.</summary>
    internal void OnDone(SwapJob job)
    {
        int index = job.Index;
        bool isLost = false;
        ref MachineRecord record = ref _table[index];
        switch (job.Kind)
        {
            case SwapJobKind.Write:
                _leaving--;
                OnWritten(ref record, job);
                break;

            case SwapJobKind.Mark:
                _leaving--;
                record.Swap = SwapState.Swapped;
                OnTold(ref record, job);
                break;

            default:
                _returning--;
                isLost = OnReturned(ref record, job);
                break;
        }

        TaskCompletionSource<bool>? reply = job.Reply;
        bool isOk = job.Status == SwapStatus.Ok;
        _underWay.Remove(job);
        job.Image = null;
        job.Reply = null;
        _free.Push(job);
        reply?.SetResult(isOk);
        Settle(index, ref record, isLost);
        StartReturning();
        Trim();
    }

    private void OnWritten(ref MachineRecord record, SwapJob job)
    {
        _space!.AddLeaving(-BlockStore.BytesOf(job.Chain));
        if (job.Status == SwapStatus.Ok)
        {
            record.Swap = SwapState.Swapped;
            record.SwapBlock = job.Place.Block;
            record.SwapBytes = job.Place.Bytes;
            _space.IsRefusing = false;
            _space.AddMachines(1);
            _counters.SwapOuts++;
            OnTold(ref record, job);
            if (!record.IsWaitingForSlot)
            {
                _context.Parked.Free(record.Parked);
                record.Parked = BlockStore.None;
                _context.Gatekeeper.Uncharge(record.HeldBytes);
                record.HeldBytes = 0;
                if (_context.Slots.IsMemoryShort)
                {
                    _context.Slots.Tell();
                }
            }

            return;
        }

        record.Swap = job.Status switch
        {
            SwapStatus.Unclear => SwapState.Unclear,
            SwapStatus.Cancelled or SwapStatus.Left => job.Before,
            _ => SwapState.None,
        };
        if (job.Status != SwapStatus.Cancelled)
        {
            _counters.WriteFailures++;
            _space.IsRefusing = true;
            _pausedUntilNs = _context.Clock.NowNs + PauseNs;
            _retryNs = Math.Min(_retryNs, _pausedUntilNs);
        }
    }

    /// <summary>The file says now what is known of the VM, which is news only while VMs are saved.</summary>
    private static void OnTold(ref MachineRecord record, SwapJob job)
    {
        if (job.Status == SwapStatus.Ok)
        {
            record.IsToRun &= (job.Entry.Flags & SwapEntryFlags.Runnable) == 0;
            record.Pending &= ~job.Entry.Pending;
        }
    }

    /// <summary>No job is under way for a VM any more: it is ended, run, or kept, as was wished meanwhile.</summary>
    private void Settle(int index, ref MachineRecord record, bool isLost)
    {
        if (record.IsKilled)
        {
            _worker.EndHeld(index, isLost ? ExitCause.SwapLost : ExitCause.Killed);
        }
        else if (record.IsWaitingForSlot)
        {
            record.IsWaitingForSlot = false;
            if (record.Swap == SwapState.None)
            {
                _worker.OnReturned(index);
            }
            else
            {
                Want(index);
            }
        }
        else if (record.Swap is SwapState.None or SwapState.Unclear && record.State == MachineState.Idle)
        {
            // It could not be written, and stays here.
            _parked.Add(index);
        }

        if (!_again.IsEmpty && _againNs == InstructionPage.Never)
        {
            int shift = Math.Clamp(_table[_again.First].SwapTries - 1, 0, BitOperations.Log2(RetryMaxNs / RetryNs));
            _againNs = _context.Clock.NowNs + (RetryNs << shift);
        }
    }

    /// <summary>Sends the coldest VMs away while there is too much in memory.</summary>
    private void Trim()
    {
        while (HasRoomToWrite && _space!.IsOverLimit && !IsPaused(_context.Clock.NowNs))
        {
            int index = _parked.Coldest();
            if (index == MachineRecord.None)
            {
                return;
            }

            Write(index, SwapEntryFlags.None);
        }
    }

    private SwapJob Take(SwapJobKind kind, int index)
    {
        if (!_free.TryPop(out SwapJob? job))
        {
            job = new SwapJob(_worker);
        }

        job.Prepare(kind, index);
        _underWay.Add(job);
        return job;
    }
}
