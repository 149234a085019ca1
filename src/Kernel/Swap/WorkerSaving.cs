// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Denali.Hardware;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel.Swap;

/// <summary>
/// Gets all VMs of a worker into the swap file, because the kernel stops: those that idle as they are, those that run
/// with their registers. From then on no VM of the worker is woken. Only its worker uses it, but for what says
/// otherwise.
/// </summary>
internal sealed class WorkerSaving
{
    /// <summary>How long a VM runs that cannot be saved as it is: until it is in its own code again.</summary>
    internal const ulong RunNs = 1_000_000;

    // How soon it looks again at VMs for which something is under way.
    private const ulong LookNs = 1_000_000;

    // VMs between two looks at the mailbox.
    private const int BatchMax = 256;

    private const string OnItsWay = "it was still on its way to the swap file, or from it";

    private readonly Worker _worker;
    private readonly WorkerContext _context;
    private readonly ISchedulingPolicy _policy;
    private readonly MachineTable _table;
    private TaskCompletionSource<List<UnsavedMachine>>? _reply;
    private SavingStart? _start;
    private bool _hasBegun;
    private bool _hasJoined;
    private bool _hasAll;
    private bool _isDone;
    private int _cursor;
    private int _left;
    private ulong _deadlineNs;
    private ulong _nextNs = InstructionPage.Never;

    internal WorkerSaving(Worker worker, WorkerContext context, ISchedulingPolicy policy)
    {
        _worker = worker;
        _context = context;
        _policy = policy;
        _table = context.Table;
    }

    /// <summary>What became of a VM at one look.</summary>
    private enum Progress
    {
        /// <summary>It is in the file, with all that is known of it.</summary>
        Saved,

        /// <summary>It is not, and has to be looked at again.</summary>
        Later,

        /// <summary>Nothing more can be begun now.</summary>
        Busy,
    }

    /// <summary>Whether VMs are not to be woken any more. Any thread.</summary>
    internal bool HasBegun => Volatile.Read(ref _hasBegun);

    /// <summary>When <see cref="Turn"/> has something to do, if nothing else happens.</summary>
    internal ulong NextNs => _nextNs;

    /// <summary>Begins. Any thread, once.</summary>
    /// <param name="deadlineNs">When to stop.</param>
    /// <param name="start">Where the workers wait for each other.</param>
    /// <returns>Completes with the VMs that could not be saved, and why.</returns>
    internal Task<List<UnsavedMachine>> BeginAsync(ulong deadlineNs, SavingStart start)
    {
        _deadlineNs = deadlineNs;
        _start = start;
        _reply = new TaskCompletionSource<List<UnsavedMachine>>(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _hasBegun, true);
        _worker.Kick();
        return _reply.Task;
    }

    /// <summary>Goes on.</summary>
    /// <returns>Whether VMs that wait for the processor are to run, because they cannot be saved as they are.</returns>
    internal bool Turn(ulong nowNs)
    {
        if (_isDone || !HasAll(nowNs))
        {
            return false;
        }

        _nextNs = nowNs;
        for (int count = 0; count < BatchMax; count++)
        {
            if (_cursor == _table.HighWater)
            {
                return EndPass(nowNs);
            }

            Progress progress = Look(_cursor, nowNs, out _);
            if (progress == Progress.Busy && nowNs < _deadlineNs)
            {
                _nextNs = nowNs + LookNs;
                return true;
            }

            _left += progress == Progress.Saved ? 0 : 1;
            _cursor++;
        }

        return false;
    }

    /// <summary>Whether all VMs have come that others were handing over when this began.</summary>
    private bool HasAll(ulong nowNs)
    {
        if (_hasAll)
        {
            return true;
        }

        if (!_hasJoined)
        {
            _hasJoined = true;
            _start!.Join();
        }

        // The mailbox is read once more before the next turn.
        _hasAll = _start!.IsOver || nowNs >= _deadlineNs;
        _nextNs = _hasAll ? nowNs : nowNs + LookNs;
        return false;
    }

    private bool EndPass(ulong nowNs)
    {
        _cursor = 0;
        if (_left > 0 && nowNs < _deadlineNs)
        {
            _left = 0;
            _nextNs = nowNs + LookNs;
            return true;
        }

        var unsaved = new List<UnsavedMachine>();
        for (int index = 0; _left > 0 && index < _table.HighWater; index++)
        {
            if (Look(index, nowNs, out string reason) != Progress.Saved)
            {
                unsaved.Add(new UnsavedMachine(_table[index].MachineId, reason));
            }
        }

        _isDone = true;
        _nextNs = InstructionPage.Never;
        _reply!.SetResult(unsaved);
        return false;
    }

    private Progress Look(int index, ulong nowNs, out string reason)
    {
        reason = "";
        ref MachineRecord record = ref _table[index];
        if (Volatile.Read(ref record.Worker) != _worker.Index
            || record.State is MachineState.Free or MachineState.Ended)
        {
            return Progress.Saved;
        }

        if (record.Swap is SwapState.Leaving or SwapState.Returning)
        {
            reason = OnItsWay;
            return Progress.Later;
        }

        reason = WhyNotNow(index, record);
        return reason.Length > 0 || !TryTakeOff(index, ref record, out reason)
            ? Progress.Later
            : Write(index, ref record, nowNs, out reason);
    }

    private string WhyNotNow(int index, in MachineRecord record) =>
        record.State is MachineState.Created or MachineState.Moving ? "it was only just being made, or moved"
        : record.IsTemplateSource ? "a template was being made of it"
        : record.DiskJobs != 0 || record.IsDiskWaiting ? "its disk did not answer"
        : record.IsOutOfMemory ? "it had run out of memory"
        : _worker.HasWaitingInput(index) ? "it did not take its console input"
        : "";

    /// <summary>Takes a VM off the processor for good, and out of its slot.</summary>
    private bool TryTakeOff(int index, ref MachineRecord record, out string reason)
    {
        reason = "it could not be taken off the processor, or out of its slot";
        bool wasQueued = false;
        if (record.State == MachineState.Runnable)
        {
            if (record.IsWaitingForSlot)
            {
                _worker.Residency.Remove(index);
            }
            else
            {
                _policy.Remove(index);
                wasQueued = true;
            }

            record.State = MachineState.Idle;
            record.IsToRun = true;
        }

        // Once it is parked: its output is kept then, should it not be saved after all.
        record.IsToRun |= record.IsConsoleBlocked;
        if (record.Slot == MachineRecord.None)
        {
            record.IsConsoleBlocked = false;
            return true;
        }

        // What its devices have left is in its rings, and is looked at when it runs again.
        if (record.HasNetwork && _context.Switch.Ports[index].Transmit != TransmitState.Quiet)
        {
            _ = _worker.Network.StopSending(index);
            record.IsToRun = true;
        }

        record.Pending |= record.HasPatientFrames ? InterruptBits.Nic : InterruptBits.None;
        record.HasPatientFrames = false;
        if (_worker.Residency.TryParkForGood(index, isMidway: wasQueued))
        {
            record.IsConsoleBlocked = false;
            return true;
        }

        if (wasQueued)
        {
            record.State = MachineState.Runnable;
            _policy.Enqueue(index, EnqueueReason.Yielded);
        }

        return false;
    }

    private Progress Write(int index, ref MachineRecord record, ulong nowNs, out string reason)
    {
        // Parking it may have sent it on its way already.
        WorkerSwap swap = _worker.Residency.Swap;
        reason = OnItsWay;
        if (record.Swap == SwapState.Leaving)
        {
            return Progress.Later;
        }

        bool isNew = record.IsToRun || record.Pending != InterruptBits.None;
        if (record.Swap == SwapState.Swapped && !isNew)
        {
            return Progress.Saved;
        }

        if (swap.IsPaused(nowNs))
        {
            reason = "the swap file is full, or its device refuses";
            return Progress.Later;
        }

        if (!swap.HasRoomToWrite || nowNs >= _deadlineNs)
        {
            reason = "the time was up";
            return Progress.Busy;
        }

        SwapEntryFlags flags = record.IsToRun ? SwapEntryFlags.Runnable : SwapEntryFlags.None;
        if (record.Swap == SwapState.Swapped)
        {
            swap.Mark(index, flags);
        }
        else
        {
            swap.Write(index, flags);
        }

        return Progress.Later;
    }
}
