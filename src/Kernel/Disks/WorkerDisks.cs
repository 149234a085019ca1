// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Devices;
using Denali.Kernel.Machines;
using Denali.Kernel.Scheduling;

namespace Denali.Kernel.Disks;

/// <summary>
/// One worker's part of the disks: takes its VMs' requests, gives them to the threads that wait for the host, and puts
/// what they read into the VMs' memory. Only its worker uses it.
/// </summary>
/// <remarks>
/// A worker has so many jobs, and a VM gets so many of them. A VM that finds none waits in line, with its requests left
/// in its ring. A job always comes home, even if its VM has moved or ended meanwhile. If its VM has no slot any more,
/// it is kept until it has one again.
/// </remarks>
internal sealed class WorkerDisks
{
    /// <summary>Most jobs of a worker: 4 MiB of buffers, made as they are needed.</summary>
    internal const int JobMax = 64;

    /// <summary>Most jobs of a VM, so that it takes several that are busy to make others wait.</summary>
    internal const int MachineJobMax = 16;

    /// <summary>
    /// Bytes that are read for a VM at one exit if the host has them in memory; some 50 us. Threads read the rest, so
    /// that others need not wait for it.
    /// </summary>
    internal const int AtOnceBytes = 256 * 1024;

    private readonly Worker _worker;
    private readonly WorkerContext _context;
    private readonly MachineTable _table;
    private readonly GuestReach _reach;
    private readonly Stack<DiskJob> _free = new();
    private readonly Queue<(int Index, ulong MachineId)> _waiting = new();

    // Done, for VMs without a slot. No longer than there are jobs.
    private readonly List<DiskJob> _undelivered = [];

    // VMs without a slot that stood first in line. A job is kept for each, until it has a slot: others would always be
    // faster.
    private readonly List<(int Index, ulong MachineId)> _next = [];
    private int _made;

    internal WorkerDisks(Worker worker, WorkerContext context)
    {
        _worker = worker;
        _context = context;
        _table = context.Table;
        _reach = new GuestReach(context.Account);
    }

    /// <summary>Carries out a job, on a thread that may wait, and sends it home.</summary>
    internal static void Execute(DiskJob job)
    {
        job.Execute();
        job.Home.Post(DoneCommand(job));
    }

    /// <summary>The command that brings a job back.</summary>
    internal static WorkerCommand DoneCommand(DiskJob job) => new()
    {
        Index = job.Index,
        MachineId = job.MachineId,
        Kind = WorkerCommandKind.DiskDone,
        Job = job,
    };

    /// <summary>A VM has left the processor: takes its requests.</summary>
    internal void OnExit(int index) => Serve(index);

    /// <summary>A job is done, or comes home.</summary>
    internal void OnDone(DiskJob job)
    {
        if (!job.IsDelivered)
        {
            ref MachineRecord record = ref _table[job.Index];
            if (record.MachineId == job.MachineId)
            {
                int owner = Volatile.Read(ref record.Worker);
                if (owner != _worker.Index || record.State == MachineState.Moving)
                {
                    // It moved, or is on its way here: the job follows it.
                    _context.Workers[owner].Post(DoneCommand(job));
                    return;
                }

                if (record.State != MachineState.Ended)
                {
                    if (record.Slot == MachineRecord.None)
                    {
                        _undelivered.Add(job);
                        _worker.WakeForDisk(job.Index);
                        return;
                    }

                    if (Deliver(ref record, job))
                    {
                        _worker.Wake(job.Index);
                    }

                    Serve(job.Index);
                }
            }
        }

        SendHome(job);
    }

    /// <summary>A VM is about to run: tells it what became of its requests while it had no slot.</summary>
    internal void OnEntered(int index)
    {
        while (TryTakeUndelivered(index, out DiskJob? job))
        {
            _ = Deliver(ref _table[index], job);
            SendHome(job);
        }

        if (_next.Remove((index, _table[index].MachineId)))
        {
            _table[index].IsDiskWaiting = false;
            Serve(index);
            ServeWaiting();
        }
    }

    /// <summary>A VM has ended, or goes to another worker, and its record says so: so does what is done for it.
    /// </summary>
    internal void OnLeft(int index)
    {
        while (TryTakeUndelivered(index, out DiskJob? job))
        {
            OnDone(job);
        }

        if (_next.RemoveAll(next => next.Index == index) > 0)
        {
            ServeWaiting();
        }
    }

    private bool TryTakeUndelivered(int index, [NotNullWhen(true)] out DiskJob? job)
    {
        for (int i = 0; i < _undelivered.Count; i++)
        {
            job = _undelivered[i];
            if (job.Index == index)
            {
                _undelivered.RemoveAt(i);
                return true;
            }
        }

        job = null;
        return false;
    }

    private void SendHome(DiskJob job)
    {
        job.IsDelivered = true;
        job.Disk = null;
        if (job.Home == _worker)
        {
            _free.Push(job);
            ServeWaiting();
        }
        else
        {
            job.Home.Post(DoneCommand(job));
        }
    }

    /// <summary>Tells a VM of this worker what became of its request.</summary>
    /// <returns>Whether it could be told.</returns>
    private bool Deliver(ref MachineRecord record, DiskJob job)
    {
        IExecutionSlot slot = _context.Slots[record.Slot];
        DiskRequest request = job.Request;
        if (request.Operation == DiskOperation.Read && job.Status == DiskStatus.Ok)
        {
            // What the guest may write does not change as long as it lives.
            _ = slot.Memory.TryWrite(request.Address, job.Data);
        }

        record.DiskJobs--;
        bool isTold = DiskDevice.TryOpen(
                _reach, ref record, slot, out _, out RingProducer<GuestRingMemory> completions)
            && DiskDevice.TryComplete(ref completions, request.Tag, job.Status);
        record.Pending |= isTold ? InterruptBits.Disk : InterruptBits.None;
        return isTold;
    }

    private void Serve(int index)
    {
        ref MachineRecord record = ref _table[index];
        if (record.IsDiskWaiting)
        {
            return;
        }

        IExecutionSlot slot = _context.Slots[record.Slot];
        if (DiskDevice.TryOpen(
            _reach,
            ref record,
            slot,
            out RingConsumer<GuestRingMemory> requests,
            out RingProducer<GuestRingMemory> completions))
        {
            int atOnceBytes = AtOnceBytes;

            // There is room for the completion of everything that is taken.
            while (requests.Count > 0 && record.DiskJobs < MachineJobMax && completions.Free > record.DiskJobs)
            {
                if (!TryTakeJob(out DiskJob job))
                {
                    record.IsDiskWaiting = true;
                    _waiting.Enqueue((index, record.MachineId));
                    break;
                }

                Start(index, ref record, slot, job, DiskDevice.Take(ref requests));
                if (job.Status == DiskStatus.Ok && atOnceBytes > 0 && job.TryReadCached())
                {
                    atOnceBytes -= job.Data.Length;
                    FinishAtOnce(ref record, slot, job, ref completions);
                }
                else
                {
                    HandOver(slot, job);
                }
            }
        }

        if (record.IsOutOfMemory)
        {
            _worker.Wake(index);
        }
    }

    private void Start(int index, ref MachineRecord record, IExecutionSlot slot, DiskJob job, in DiskRequest request)
    {
        DiskImage[] disks = _table.Disks(index)!;
        record.DiskJobs++;
        record.HasUsedDisks = true;
        job.Index = index;
        job.MachineId = record.MachineId;
        job.Request = request;
        job.IsDelivered = false;
        job.Status = DiskDevice.Check(_reach, ref record, slot, disks, request);
        job.Disk = job.Status == DiskStatus.Ok ? disks[request.DiskIndex] : null;
    }

    private void HandOver(IExecutionSlot slot, DiskJob job)
    {
        if (job.Status != DiskStatus.Ok)
        {
            // Through the mailbox too, so that a flood of them takes its turn.
            _worker.Post(DoneCommand(job));
            return;
        }

        if (job.Request.Operation == DiskOperation.Write)
        {
            _ = slot.Memory.TryRead(job.Request.Address, job.Data);
        }

        _context.Disks.Add(job);
    }

    /// <summary>Tells a VM of this worker that it has what it asked for just now.</summary>
    private void FinishAtOnce(
        ref MachineRecord record, IExecutionSlot slot, DiskJob job, ref RingProducer<GuestRingMemory> completions)
    {
        _ = slot.Memory.TryWrite(job.Request.Address, job.Data);
        record.DiskJobs--;
        if (DiskDevice.TryComplete(ref completions, job.Request.Tag, DiskStatus.Ok))
        {
            record.Pending |= InterruptBits.Disk;
            _worker.Wake(job.Index);
        }

        job.IsDelivered = true;
        job.Disk = null;
        _free.Push(job);
    }

    private bool TryTakeJob(out DiskJob job)
    {
        if (_free.Count > _next.Count)
        {
            job = _free.Pop();
            return true;
        }

        if (_made == JobMax)
        {
            job = null!;
            return false;
        }

        _made++;
        job = new DiskJob(_worker);
        return true;
    }

    private void ServeWaiting()
    {
        // Those that find no job go to the end of the line.
        for (int count = _waiting.Count; count > 0 && _free.Count > _next.Count; count--)
        {
            (int index, ulong machineId) = _waiting.Dequeue();
            ref MachineRecord record = ref _table[index];
            if (record.MachineId == machineId
                && record.IsDiskWaiting
                && Volatile.Read(ref record.Worker) == _worker.Index
                && record.State is MachineState.Idle or MachineState.Runnable or MachineState.Running)
            {
                if (record.Slot != MachineRecord.None)
                {
                    record.IsDiskWaiting = false;
                    Serve(index);
                }
                else if (!_next.Contains((index, machineId)))
                {
                    // Its requests are in its memory: it waits until it is entered.
                    _next.Add((index, machineId));
                    _worker.WakeForDisk(index);
                }
            }
        }
    }
}
