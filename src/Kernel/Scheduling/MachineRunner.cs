// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Devices;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Linux;

namespace Denali.Kernel.Scheduling;

/// <summary>Runs one VM for a quantum: enters it, and does what it left for, again and again. Its worker's
/// own.</summary>
internal sealed class MachineRunner
{
    // Of the processor's manual: the vector of a page fault, and the bits of its error code.
    private const int PageFaultVector = 14;
    private const ulong PageFaultPresent = 1;
    private const ulong PageFaultWrite = 2;

    private readonly Worker _worker;
    private readonly WorkerContext _context;
    private readonly ISchedulingPolicy _policy;
    private readonly TimerWheel _wheel;
    private readonly MachineTable _table;
    private readonly HostClock _clock;
    private ulong _armedForNs = InstructionPage.Never;

    internal MachineRunner(Worker worker, WorkerContext context, ISchedulingPolicy policy, TimerWheel wheel)
    {
        _worker = worker;
        _context = context;
        _policy = policy;
        _wheel = wheel;
        _table = context.Table;
        _clock = context.Clock;
    }

    /// <summary>What happens to the VM after an exit.</summary>
    private enum Next
    {
        /// <summary>It is entered again.</summary>
        Enter,

        /// <summary>It left the processor and waits, or ended: somebody else's turn.</summary>
        Leave,
    }

    /// <summary>The thread's preemption timer.</summary>
    internal PreemptionTimer Timer { get; set; } = null!;

    /// <summary>Runs a VM until it idles, ends, uses up its quantum, or has to make way.</summary>
    /// <param name="index">The VM, taken from the policy.</param>
    /// <param name="quantumNs">Its quantum.</param>
    /// <param name="nowNs">The time now.</param>
    internal void Run(int index, ulong quantumNs, ulong nowNs)
    {
        ref MachineRecord record = ref _table[index];
        if (!_worker.Residency.TryEnter(index, nowNs))
        {
            return;
        }

        _worker.Residency.OnEntered(index, ref record);
        IExecutionSlot slot = _context.Slots[record.Slot];
        ulong start = nowNs;
        ulong end = nowNs + quantumNs;
        record.State = MachineState.Running;
        _worker.Disks.OnEntered(index);
        if (record.IsOutOfMemory)
        {
            End(index, ExitCause.OutOfMemory);
            return;
        }

        Next next = Next.Enter;
        ulong looksAgainNs = 0;
        while (next == Next.Enter)
        {
            // One that was given frames is busy for a while, and more of them would only interrupt it.
            looksAgainNs = (record.Pending & InterruptBits.Nic) != 0 ? nowNs + WorkerNetwork.TurnNs : looksAgainNs;
            if (Deliver(ref record, index, slot, nowNs) == Next.Leave)
            {
                return;
            }

            looksAgainNs = looksAgainNs > nowNs ? looksAgainNs : 0;
            ulong latestNs = looksAgainNs != 0 ? Math.Min(end, looksAgainNs) : end;
            ArmTimer(index, latestNs, slot.Memory.Registers.TimerDeadlineNs, nowNs);
            _worker.BeginEntry(_policy.IsPreemptible(index), looksAgainNs);
            EngineExit exit = slot.Enter();
            _worker.EndEntry();
            record.ExitCount++;
            nowNs = _clock.NowNs;
            record.CpuNs += nowNs - start;
            _policy.Charge(index, nowNs - start);
            start = nowNs;

            // A first touch comes first: a device may commit the same chunk for itself, and the touch would then look
            // like one of a page that can never be had.
            bool isTouch = exit.Kind == EngineExitKind.PageFault;
            next = isTouch
                ? Handle(index, ref record, slot, exit, nowNs)
                : Serve(index, ref record, nowNs, ref start);
            if (next == Next.Enter)
            {
                next = isTouch
                    ? Serve(index, ref record, nowNs, ref start)
                    : Handle(index, ref record, slot, exit, nowNs);
            }

            if (next == Next.Enter)
            {
                next = GoOn(index, ref record, end, nowNs, ref start);
            }
        }
    }

    /// <summary>The timer may have gone off: the next entry sets it again.</summary>
    internal void ForgetTimer() => _armedForNs = InstructionPage.Never;

    /// <summary>Hands console output to the observer.</summary>
    internal void DrainConsole(int index, GuestMemory memory)
    {
        ref MachineRecord record = ref _table[index];
        if (record.IsConsoleBlocked)
        {
            return;
        }

        ConsoleDevice.DrainResult result =
            ConsoleDevice.Drain(memory, record.MachineId, _table.Observer(index));
        record.IsConsoleBlocked = result == ConsoleDevice.DrainResult.Blocked;
    }

    /// <summary>Ends a VM, which is in no list any more.</summary>
    internal void End(int index, ExitCause cause, uint code = 0, FaultSnapshot? fault = null)
    {
        ref MachineRecord record = ref _table[index];
        byte[] remaining = _worker.Output.Take(index);

        // A later kernel finds it in the ring of a VM that was saved.
        remaining = cause == ExitCause.Saved ? [] : remaining;
        if (record.Slot != MachineRecord.None)
        {
            GuestMemory memory = _context.Slots[record.Slot].Memory;
            DrainConsole(index, memory);
            remaining = ConsoleDevice.TakeRest(memory);
        }

        record.State = MachineState.Ended;
        _worker.Forget(index);
        var exit = new MachineExit
        {
            MachineId = record.MachineId,
            Cause = cause,
            Code = code,
            Fault = fault,
            RemainingOutput = remaining,
            CpuNs = record.CpuNs,
            ChargedBytes = record.ChargedBytes,
            ExitCount = record.ExitCount,
        };
        _context.Janitor.Add(index, exit, record.HeldBytes);
    }

    /// <summary>
    /// Lets the switch and the disks look at the VM's rings, and the switch at those of others that had to wait.
    /// </summary>
    /// <param name="index">The VM.</param>
    /// <param name="record">Its record.</param>
    /// <param name="nowNs">The time of its exit.</param>
    /// <param name="startNs">From when on it is charged: others' frames are not for it to pay for.</param>
    private Next Serve(int index, ref MachineRecord record, ulong nowNs, ref ulong startNs)
    {
        if (record.HasNetwork)
        {
            ulong takenNs = _worker.Network.OnExit(index, nowNs);
            record.CpuNs += takenNs;
            _policy.Charge(index, takenNs);
            startNs += takenNs;
        }

        if (record.HasDisks)
        {
            _worker.Disks.OnExit(index);
        }

        startNs += _worker.Network.Turn(nowNs);
        if (!record.IsOutOfMemory)
        {
            return Next.Enter;
        }

        End(index, ExitCause.OutOfMemory);
        return Next.Leave;
    }

    private Next GoOn(int index, ref MachineRecord record, ulong end, ulong nowNs, ref ulong startNs)
    {
        if (_worker.HasMail)
        {
            _worker.ReadMail();
        }

        if (_wheel.NextExpiryNs() <= nowNs)
        {
            _worker.ExpireTimers(nowNs);
        }

        if (record.IsKilled)
        {
            End(index, ExitCause.Killed);
            return Next.Leave;
        }

        startNs += _worker.LookAtSlots(nowNs);
        bool isQuantumUsed = nowNs >= end;
        if (_worker.Residency.TryGiveWay(index, isQuantumUsed) || isQuantumUsed)
        {
            return Requeue(index, ref record, EnqueueReason.QuantumUsed);
        }

        return _policy.ShouldPreempt(index)
            ? Requeue(index, ref record, EnqueueReason.Preempted)
            : Next.Enter;
    }

    private Next Requeue(int index, ref MachineRecord record, EnqueueReason reason)
    {
        record.State = MachineState.Runnable;
        _policy.Enqueue(index, reason);
        return Next.Leave;
    }

    /// <summary>Shows the VM what happened while it was away.</summary>
    private Next Deliver(ref MachineRecord record, int index, IExecutionSlot slot, ulong nowNs)
    {
        GuestMemory memory = slot.Memory;
        _worker.FeedWaitingInput(index, memory);
        if (record.HasNetwork)
        {
            _worker.Network.Feed(index, isIdling: false);
        }

        ref RegisterPage page = ref memory.Registers;
        if (page.TimerDeadlineNs <= nowNs)
        {
            page.TimerDeadlineNs = InstructionPage.Never;
            record.Pending |= InterruptBits.Timer;
        }

        if (record.HasPatientFrames)
        {
            record.HasPatientFrames = false;
            record.Pending |= InterruptBits.Nic;
        }

        if (record.Pending != InterruptBits.None)
        {
            page.PendingInterrupts |= record.Pending;
            record.Pending = InterruptBits.None;
        }

        if (record.Interrupted)
        {
            record.Interrupted = false;
            if (page.PendingInterrupts != InterruptBits.None)
            {
                return StartUpcall(index, ref record, slot);
            }
        }

        return Next.Enter;
    }

    /// <summary>
    /// Starts an upcall. The frame may be the first that ever touches its page of the stack: then it is committed, as
    /// it would be for the guest itself. Without that, a guest that spins there could never be interrupted.
    /// </summary>
    private Next StartUpcall(int index, ref MachineRecord record, IExecutionSlot slot)
    {
        if (Upcall.TryStart(slot, out ulong frame) || frame == 0)
        {
            return Next.Enter;
        }

        // It may lie across two chunks. Neither can be had if it lies on a guard page: the guest goes on without.
        uint committed = slot.Commit(frame) + slot.Commit(frame + UpcallFrame.SizeOf - 1);
        if (committed == 0)
        {
            return Next.Enter;
        }

        Next next = Charge(index, ref record, committed);
        if (next == Next.Enter)
        {
            _ = Upcall.TryStart(slot);
        }

        return next;
    }

    private Next Handle(int index, ref MachineRecord record, IExecutionSlot slot, in EngineExit exit, ulong nowNs)
    {
        switch (exit.Kind)
        {
            case EngineExitKind.Instruction:
                return Execute(index, ref record, slot, exit, nowNs);

            case EngineExitKind.Interrupted:
                record.Interrupted = true;
                _worker.AcknowledgeKick();
                DrainConsole(index, slot.Memory);
                return Next.Enter;

            case EngineExitKind.PageFault:
                return Commit(index, ref record, slot, exit);

            case EngineExitKind.Fault:
                EndFaulted(index, slot, slot.ReadFault());
                return Next.Leave;

            default:
                var failure = new EngineFault { Vector = FaultSnapshot.EngineVector, ErrorCode = exit.Detail };
                EndFaulted(index, slot, failure);
                return Next.Leave;
        }
    }

    private Next Execute(int index, ref MachineRecord record, IExecutionSlot slot, in EngineExit exit, ulong nowNs)
    {
        ref RegisterPage page = ref slot.Memory.Registers;
        DrainConsole(index, slot.Memory);
        switch (exit.Instruction)
        {
            case Instruction.Idle:
                // A guest that has read its input may find more of it before it sleeps.
                _worker.FeedWaitingInput(index, slot.Memory);
                if (record.HasNetwork)
                {
                    _worker.Network.Feed(index, isIdling: true);
                }

                ulong deadlineNs = Math.Min(page.IdleDeadlineNs, page.TimerDeadlineNs);
                return Idle(index, ref record, page.PendingInterrupts, deadlineNs, nowNs);

            case Instruction.Terminate:
                End(index, ExitCause.Terminated, (uint)page.Argument0);
                return Next.Leave;

            case Instruction.Yield:
                _ = _worker.Residency.TryGiveWay(index, isQuantumUsed: false);
                return Requeue(index, ref record, EnqueueReason.Yielded);

            case Instruction.Doorbell:
                return Next.Enter;

            case Instruction.Ready:
                _table.Observer(index).OnReady(record.MachineId);
                return Ready(index, ref record);

            case Instruction.Fault:
                GiveUp(index, slot);
                return Next.Leave;

            default:
                EndFaulted(index, slot, slot.ReadFault());
                return Next.Leave;
        }
    }

    private Next Ready(int index, ref MachineRecord record)
    {
        if (!record.IsTemplateSource || record.DiskJobs != 0)
        {
            return Next.Enter;
        }

        End(index, ExitCause.Captured);
        return Next.Leave;
    }

    private Next Idle(
        int index, ref MachineRecord record, InterruptBits pending, ulong deadlineNs, ulong nowNs)
    {
        if (deadlineNs <= nowNs)
        {
            record.Pending |= InterruptBits.Timer;
        }

        if ((pending | record.Pending) != InterruptBits.None)
        {
            return Next.Enter;
        }

        record.State = MachineState.Idle;
        record.IdledNs = nowNs;
        if (record.HasPatientFrames)
        {
            deadlineNs = Math.Min(deadlineNs, nowNs + WorkerNetwork.PatienceNs);
        }

        if (deadlineNs != InstructionPage.Never)
        {
            _wheel.Add(index, deadlineNs);
        }

        _worker.Captures.OnIdle(index);
        _worker.Residency.OnIdle(index);
        return Next.Leave;
    }

    private Next Commit(int index, ref MachineRecord record, IExecutionSlot slot, in EngineExit exit)
    {
        uint committed = slot.Commit(exit.Detail);
        if (committed != 0)
        {
            return Charge(index, ref record, committed);
        }

        EngineFault fault = slot.ReadFault();
        if (IsCommittedSince(fault, slot))
        {
            return Next.Enter;
        }

        EndFaulted(index, slot, fault);
        return Next.Leave;
    }

    /// <summary>
    /// Whether a page that was missing is there by now. A guest may be taken off the processor between its fault and
    /// the exit that reports it, and the switch may meanwhile have committed the chunk for itself.
    /// </summary>
    private static bool IsCommittedSince(in EngineFault fault, IExecutionSlot slot) =>
        fault.Vector == PageFaultVector
        && (fault.ErrorCode & PageFaultPresent) == 0
        && slot.IsAccessible(fault.Address, 1, write: (fault.ErrorCode & PageFaultWrite) != 0);

    /// <summary>Charges a VM for memory, or ends it if it may not have as much.</summary>
    private Next Charge(int index, ref MachineRecord record, uint committed)
    {
        if (_context.Account.TryCharge(ref record, committed))
        {
            return Next.Enter;
        }

        End(index, ExitCause.OutOfMemory);
        return Next.Leave;
    }

    /// <summary>The guest issued the fault instruction.</summary>
    private void GiveUp(int index, IExecutionSlot slot)
    {
        ref RegisterPage page = ref slot.Memory.Registers;
        uint code = (uint)page.Argument0;
        ulong address = page.Argument1;
        ulong bytes = Math.Min(page.Argument2, InstructionPage.FaultMessageMaxBytes);
        byte[] message = new byte[bytes];
        if (!slot.IsAccessible(address, bytes, write: false) || !slot.Memory.TryRead(address, message))
        {
            message = [];
        }

        var fault = new EngineFault
        {
            Vector = FaultSnapshot.GuestVector,
            ErrorCode = code,
            Registers = slot.ReadRegisters(),
        };
        ExitCause cause = code == (uint)FaultCode.OutOfMemory ? ExitCause.OutOfMemory : ExitCause.Faulted;
        End(index, cause, fault: FaultCapture.Take(slot, fault, message));
    }

    private void EndFaulted(int index, IExecutionSlot slot, in EngineFault fault) =>
        End(index, ExitCause.Faulted, fault: FaultCapture.Take(slot, fault, []));

    /// <summary>
    /// Sees to it that the kick signal comes when the quantum ends, another VM's deadline passes or it can give up its
    /// slot, or the guest's own timer is due. A timer that is set for earlier stays: one needless kick is cheaper than
    /// setting it at each exit.
    /// </summary>
    private void ArmTimer(int index, ulong end, ulong guestDeadlineNs, ulong nowNs)
    {
        ulong nextWakeNs = _policy.IsPreemptible(index) ? _wheel.NextExpiryNs() : InstructionPage.Never;
        ulong nextTurnNs = _worker.Network.NextTurnNs(nowNs);
        ulong othersNs = Math.Min(nextTurnNs, Math.Min(nextWakeNs, _worker.Residency.GiveUpNs));
        ulong target = Math.Min(Math.Min(end, guestDeadlineNs), othersNs);
        if (target >= _armedForNs)
        {
            return;
        }

        // A guest may ask for its timer as often as it likes; it pays for the kicks with its own quantum.
        ulong delay = target > nowNs ? target - nowNs : 1;
        Timer.Arm((long)delay);
        _armedForNs = target;
    }
}
