// SPDX-License-Identifier: MIT
using System;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;

namespace Denali.Kernel.Swap;

/// <summary>The way back: VMs that are wanted, those that could not be read, and what became of them.</summary>
internal sealed partial class WorkerSwap
{
    // One at a time in any case: those that wait for slots may be others, which never idle.
    private bool HasRoomToRead => _returning == 0 || _returning + _worker.Residency.WaitingCount < ReturningMax;

    /// <summary>A VM that is in the swap file, or on its way there, is to run. It comes to the policy when it is
    /// here.</summary>
    internal void Want(int index)
    {
        ref MachineRecord record = ref _table[index];
        record.State = MachineState.Runnable;
        record.IsWaitingForSlot = true;
        if (record.Swap is SwapState.Swapped or SwapState.Unclear)
        {
            record.IsSwapWanted = true;
            LineOf(record).AddLast(_table, index);
            StartReturning();
        }
        else
        {
            _underWay.Find(job => job.Index == index)?.CallOff();
        }
    }

    /// <summary>A VM that was wanted is not any more.</summary>
    internal void Unwant(int index)
    {
        ref MachineRecord record = ref _table[index];
        record.IsWaitingForSlot = false;
        if (record.IsSwapWanted)
        {
            record.IsSwapWanted = false;
            LineOf(record).Remove(_table, index);
        }

        SetTries(ref record, 0);
    }

    /// <summary>A VM was read, or was not. One that could not be read is tried again for as long as it takes: what is
    /// in the file may be whole.</summary>
    /// <returns>Whether it is lost: what is in the file is not what was written.</returns>
    private bool OnReturned(ref MachineRecord record, SwapJob job)
    {
        if (job.Status == SwapStatus.Ok)
        {
            record.Swap = SwapState.None;
            _againNs = record.SwapTries > 0 && !_again.IsEmpty ? 0 : _againNs;
            SetTries(ref record, 0);
            record.IsReused = false;
            _counters.SwapIns++;
            if (job.Kind == SwapJobKind.Read)
            {
                record.Parked = job.Chain;
            }

            return false;
        }

        record.Swap = SwapState.Unclear;
        if (job.Kind == SwapJobKind.Read && job.Status == SwapStatus.Unclear)
        {
            // Only its entry is left, which is tried again.
            record.Parked = job.Chain;
        }
        else if (job.Kind == SwapJobKind.Read)
        {
            record.Swap = SwapState.Swapped;
            _space!.AddMachines(1);
            _context.Gatekeeper.Uncharge(record.HeldBytes);
            record.HeldBytes = 0;
        }

        bool isLost = job.Status == SwapStatus.Damaged && !record.IsKilled;
        _counters.SwapLost += isLost ? 1u : 0;
        _counters.ReadFailures += job.Status == SwapStatus.Damaged ? 0 : 1u;
        record.IsKilled |= isLost;
        SetTries(ref record, record.IsKilled ? 0 : Math.Min(record.SwapTries + 1, byte.MaxValue));
        return isLost;
    }

    /// <summary>The line of VMs that are wanted for the first time, or of those that could not be read.</summary>
    private ref IndexList LineOf(in MachineRecord record) => ref (record.SwapTries > 0 ? ref _again : ref _wanted);

    private void SetTries(ref MachineRecord record, int tries)
    {
        _space!.AddUnreadable((tries > 0 ? 1 : 0) - (record.SwapTries > 0 ? 1 : 0));
        record.SwapTries = (byte)tries;
    }

    /// <summary>Gets VMs back that are wanted, as far as there is room.</summary>
    private void StartReturning()
    {
        _isReadRefused = false;
        while (!_wanted.IsEmpty && HasRoomToRead)
        {
            if (!TryStartReturning(_wanted.First))
            {
                _isReadRefused = true;
                _retryNs = Math.Min(_retryNs, _context.Clock.NowNs + RetryNs);
                return;
            }
        }
    }

    /// <summary>Tries again to read VMs that could not be read: a few, and more when one has come.</summary>
    private void ReadAgain()
    {
        int before = _returning;
        while (!_again.IsEmpty && HasRoomToRead && TryStartReturning(_again.First))
        {
        }

        // When one of them is done, it is decided when the others are tried.
        if (!_again.IsEmpty && _returning == before)
        {
            _againNs = _context.Clock.NowNs + RetryNs;
        }
    }

    private bool TryStartReturning(int index)
    {
        // One that was woken while it was being written is here as well.
        ref MachineRecord record = ref _table[index];
        bool isHere = record.Swap == SwapState.Unclear || record.Parked != BlockStore.None;
        ulong bytes = isHere ? 0 : Math.Min((ulong)record.SwapBytes, record.ChargedBytes);
        if (!_context.Gatekeeper.TryCharge(bytes))
        {
            Squeeze();
            return false;
        }

        record.HeldBytes += bytes;
        record.IsSwapWanted = false;
        LineOf(record).Remove(_table, index);
        SwapJob job = Take(isHere ? SwapJobKind.Erase : SwapJobKind.Read, index);
        job.Entry = new SwapEntry { MachineId = record.MachineId };
        job.Place = new SwapPlace(record.SwapBlock, record.SwapBytes);
        _space!.AddMachines(record.Swap == SwapState.Swapped ? -1 : 0);
        record.Swap = SwapState.Returning;
        _returning++;
        _space.Threads.Add(job, job.IsUrgent);
        return true;
    }
}
