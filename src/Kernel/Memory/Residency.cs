// SPDX-License-Identifier: MIT
using System;
using Denali.Engine;
using Denali.Kernel.Devices;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Scheduling;
using Denali.Kernel.Swap;

namespace Denali.Kernel.Memory;

/// <summary>
/// Which of a worker's VMs hold an execution slot. Slots are a cache over the VMs: one that is to run without a slot is
/// bound to one, and if there is none, a VM that idles is parked for it: its memory is saved, and the slot is free.
/// </summary>
/// <remarks>Its worker's own. Between workers slots go through the <see cref="SlotPool"/>.</remarks>
internal sealed class Residency
{
    /// <summary>How soon a VM that could not be bound is tried again if nothing happens meanwhile.</summary>
    private const ulong RetryNs = 20_000_000;

    private readonly Worker _worker;
    private readonly WorkerContext _context;
    private readonly ISchedulingPolicy _policy;
    private readonly MachineTable _table;
    private readonly SlotPool _slots;
    private readonly SlotClock _clock;
    private readonly Func<int, bool> _canPark;

    // No longer than there are VMs: each stands in it once, by its own links, so that waiting takes no memory. Nobody
    // is sent away who is in already; what is shed is the newest of the frames that come for them (ReceiveQueues).
    private IndexList _waiting = new();
    private long _ticket = SlotPool.NoTicket;
    private ulong _retryNs = Hardware.InstructionPage.Never;
    private ulong _giveUpNs = Hardware.InstructionPage.Never;

    // The VM that was bound and has not been entered since.
    private int _next = MachineRecord.None;

    internal Residency(Worker worker, WorkerContext context, ISchedulingPolicy policy)
    {
        _worker = worker;
        _context = context;
        _policy = policy;
        _table = context.Table;
        _slots = context.Slots;
        Image = new ParkedImage(context.Parked);
        Swap = new WorkerSwap(worker, context, Counters);
        _clock = new SlotClock(_table);
        _canPark = CanParkIdle;
    }

    /// <summary>When <see cref="Turn"/> has something to do, if nothing else happens.</summary>
    internal ulong NextNs => Math.Min(Math.Min(_retryNs, _giveUpNs), Swap.NextNs);

    /// <summary>When one of its VMs can give up its slot that has only just begun to idle, if somebody waits for it.
    /// </summary>
    internal ulong GiveUpNs => _giveUpNs;

    /// <summary>VMs that hold a slot. Any thread may read it.</summary>
    internal int BoundCount => _clock.Count;

    /// <summary>VMs that wait for a slot.</summary>
    internal int WaitingCount => _waiting.Count;

    /// <summary>What turns its VMs' memory into blocks and back.</summary>
    internal ParkedImage Image { get; }

    /// <summary>Which of its VMs are in the swap file.</summary>
    internal WorkerSwap Swap { get; }

    /// <summary>Counters of this worker. Any thread may read them.</summary>
    internal ResidencyCounters Counters { get; } = new();

    /// <summary>A VM came that may hold a slot.</summary>
    internal void OnArrived(int index, ulong nowNs)
    {
        if (_table[index].Slot != MachineRecord.None)
        {
            _clock.Add(index, nowNs);
        }
    }

    /// <summary>A VM ended or goes to another worker. It does not wait for a slot.</summary>
    internal void OnLeft(int index)
    {
        if (_table[index].Slot != MachineRecord.None)
        {
            _clock.Remove(index);
        }

        ForgetNext(index);
        Swap.OnLeft(index, isWoken: false);
    }

    /// <summary>A VM that idled is to run.</summary>
    internal void OnWoken(int index)
    {
        ref MachineRecord record = ref _table[index];
        record.WokenNs = _context.Clock.NowNs;
        record.WokenFrom = ResidenceOf(record);
        if (record.WokenFrom == Residence.Bound)
        {
            if (record.WokenNs >= record.IdledNs + SlotClock.RestNs && CanParkIdle(index))
            {
                record.TurnCpuNs = record.CpuNs;
            }

            _clock.Touch(index, record.WokenNs);
        }
        else
        {
            Swap.OnLeft(index, isWoken: true);
        }
    }

    /// <summary>A VM is about to be entered.</summary>
    internal void OnEntered(int index, ref MachineRecord record)
    {
        ForgetNext(index);
        if (record.WokenNs != 0)
        {
            Counters.Wakes[(int)record.WokenFrom].Add(_context.Clock.NowNs - record.WokenNs);
            record.WokenNs = 0;
        }
    }

    /// <summary>Where a VM's memory is. Any thread.</summary>
    internal static Residence ResidenceOf(in MachineRecord record) =>
        record.Slot != MachineRecord.None ? Residence.Bound
        : record.Swap is SwapState.Swapped or SwapState.Returning ? Residence.Swapped
        : Residence.Parked;

    /// <summary>A VM idles now. If somebody waits for a slot, one is given up.</summary>
    internal void OnIdle(int index)
    {
        GiveUpIfWanted();
        if (CanParkIdle(index) && !_clock.IsResting(index, _table[index].IdledNs))
        {
            _table[index].TurnCpuNs = _table[index].CpuNs;
        }
    }

    /// <summary>Parks a VM that idles, if somebody waits for a slot.</summary>
    internal void GiveUpIfWanted()
    {
        if (_slots.IsShort)
        {
            GiveUp();
        }
    }

    /// <summary>Takes a VM out of the line of those that wait for a slot.</summary>
    internal void Remove(int index)
    {
        if (_table[index].Swap != SwapState.None)
        {
            Swap.Unwant(index);
            return;
        }

        // One place in the line of all workers is for the first of this worker's own line.
        bool isFirst = _waiting.First == index;
        _waiting.Remove(_table, index);
        _table[index].IsWaitingForSlot = false;
        if (!isFirst)
        {
            return;
        }

        _slots.Unwant(_ticket);
        _ticket = _waiting.IsEmpty ? SlotPool.NoTicket : _slots.Want();
        _retryNs = _waiting.IsEmpty ? Hardware.InstructionPage.Never : _retryNs;
    }

    /// <summary>Parks a VM that idles, if there is one, so that its slot is free.</summary>
    /// <returns>False if none idles.</returns>
    internal bool GiveUp()
    {
        int victim = _clock.FindVictim(_context.Clock.NowNs, _canPark);
        _giveUpNs = _clock.NextNs;
        return victim != MachineRecord.None && TryPark(victim, isMidway: false);
    }

    /// <summary>Parks a VM, if it idles and has nothing to send.</summary>
    /// <returns>Whether it is parked.</returns>
    internal bool TryParkIdle(int index) =>
        _table[index].Slot == MachineRecord.None || (_canPark(index) && TryPark(index, isMidway: false));

    /// <summary>Parks a VM that is not to run any more, whatever its devices wait for.</summary>
    /// <param name="index">The VM.</param>
    /// <param name="isMidway">It does not idle: its registers are kept.</param>
    /// <returns>Whether it is parked.</returns>
    internal bool TryParkForGood(int index, bool isMidway) =>
        _table[index].Slot == MachineRecord.None || TryPark(index, isMidway);

    /// <summary>
    /// A VM that does not idle has left the processor. If others wait for a slot and it has had its turn, it gives up
    /// its own in the middle of its code, with its registers, unless one that idles does: a VM that never idles does
    /// not keep a slot for ever.
    /// </summary>
    /// <remarks>
    /// A turn is a quantum of processor time since it was bound, or could last have been parked as one that idles. So
    /// it ends however often the VM yields, and whatever it left for.
    /// </remarks>
    /// <param name="index">The VM.</param>
    /// <param name="isQuantumUsed">Its turn is over in any case.</param>
    /// <returns>Whether it is parked. It is still to run.</returns>
    internal bool TryGiveWay(int index, bool isQuantumUsed)
    {
        ref MachineRecord record = ref _table[index];
        return _slots.IsShort
            && (isQuantumUsed || IsTurnOver(record))
            && CanPark(index)
            && !GiveUp()
            && TryPark(index, isMidway: true);
    }

    /// <summary>Sees to it that a VM which is about to run has a slot.</summary>
    /// <returns>False if there is none: it waits in line, and comes back to the policy by itself.</returns>
    internal bool TryEnter(int index, ulong nowNs)
    {
        ref MachineRecord record = ref _table[index];
        if (record.Slot != MachineRecord.None)
        {
            return true;
        }

        if (TryBind(index, ref record, SlotPool.NoTicket, nowNs))
        {
            return true;
        }

        record.State = MachineState.Runnable;
        record.IsWaitingForSlot = true;
        _waiting.AddLast(_table, index);
        if (_ticket == SlotPool.NoTicket)
        {
            _ticket = _slots.Want();
        }

        _slots.Wanted();
        _retryNs = Math.Min(_retryNs, nowNs + RetryNs);
        return false;
    }

    /// <summary>
    /// Binds the first VM that waits, if there is a slot now. It runs next, or as soon as VMs with priority let it:
    /// were it to stand in line once more, with its slot, all slots would soon be held by VMs that do not run.
    /// </summary>
    internal void Turn(ulong nowNs)
    {
        Swap.Turn(nowNs);
        if (nowNs >= _giveUpNs)
        {
            _giveUpNs = Hardware.InstructionPage.Never;
            GiveUpIfWanted();
        }

        // One at a time: those that were bound before would stand behind it.
        int first = _waiting.First;
        if (first == MachineRecord.None || _next != MachineRecord.None)
        {
            return;
        }

        if (TryBind(first, ref _table[first], _ticket, nowNs))
        {
            Remove(first);
            _next = first;
            _policy.Enqueue(first, EnqueueReason.Bound);

            // The next in line has not asked the others yet.
            _retryNs = _waiting.IsEmpty ? Hardware.InstructionPage.Never : nowNs;
        }
        else if (nowNs >= _retryNs)
        {
            _retryNs = nowNs + RetryNs;
            _slots.Wanted();
        }
    }

    /// <summary>Whether a VM holds a slot, and nothing is under way between it and its devices.</summary>
    internal bool IsQuiet(int index) =>
        CanPark(index)
        && _table[index] is { DiskJobs: 0, IsDiskWaiting: false, IsConsoleBlocked: false }
        && TransmitOf(index) == TransmitState.Quiet;

    private void ForgetNext(int index) => _next = _next == index ? MachineRecord.None : _next;

    private static bool IsTurnOver(in MachineRecord record) =>
        record.CpuNs - record.TurnCpuNs >= RoundRobinPolicy.QuantumNs;

    private TransmitState TransmitOf(int index) =>
        _table[index].HasNetwork ? _context.Switch.Ports[index].Transmit : TransmitState.Quiet;

    /// <summary>Whether a VM holds a slot that it need not keep: whatever its devices wait for, guests could make them
    /// wait for ever.</summary>
    private bool CanPark(int index) => _table[index] is { Slot: not MachineRecord.None, IsOutOfMemory: false };

    /// <summary>
    /// Whether a VM can be parked as one that idles. One with frames to send is better left alone until they are sent,
    /// but not while its rate does not let it, and not for longer than its turn.
    /// </summary>
    private bool CanParkIdle(int index)
    {
        ref MachineRecord record = ref _table[index];
        return record.State == MachineState.Idle
            && CanPark(index)
            && (TransmitOf(index) is TransmitState.Quiet or TransmitState.Throttled || IsTurnOver(record));
    }

    private bool TryBind(int index, ref MachineRecord record, long ticket, ulong nowNs)
    {
        LoadedImage image = _context.Images[record.Image];
        if (!TryTakeSlot(image.Layout.MemoryBytes, ticket, out int number))
        {
            return false;
        }

        ulong more = record.ChargedBytes - record.HeldBytes;
        while (!_context.Gatekeeper.TryCharge(more))
        {
            if (!GiveUp())
            {
                Swap.Squeeze();
                _slots.IsMemoryShort = true;
                _slots.ReturnUnused(number);
                return false;
            }
        }

        _slots.IsMemoryShort = false;
        IExecutionSlot slot = _slots[number];
        try
        {
            slot.Bind(image.Base, isResumed: !record.IsFresh);
            if (record.IsFresh)
            {
                _context.Start.Write(index, slot, image);
            }
            else
            {
                Image.Load(record.Parked, slot, image.Base);
                if (record.IsResumed)
                {
                    _context.Start.Renew(index, slot, image);
                }
                else
                {
                    SetClock(slot);
                }
            }
        }
        catch (EngineException)
        {
            // The host cannot bind it now. The VM is as it was, and is tried again.
            _slots.DiscardUnused(number);
            _context.Gatekeeper.Uncharge(more);
            Counters.BindFailures++;
            return false;
        }

        _context.Parked.Free(record.Parked);
        record.Parked = BlockStore.None;
        record.IsFresh = false;
        record.IsResumed = false;
        record.HeldBytes = record.ChargedBytes;
        record.Slot = number;
        record.TurnCpuNs = record.CpuNs;
        _clock.Add(index, nowNs);
        Counters.Binds++;
        _worker.Output.Drop(index);
        return true;
    }

    private void SetClock(IExecutionSlot slot)
    {
        ref Hardware.RegisterPage page = ref slot.Memory.Registers;
        page.WallClockOffsetNs = _context.Clock.WallClockOffsetNs();
        ulong tscBase = _context.Clock.TscBase + (ulong)slot.TscOffset;
        if (page.TscBase != tscBase)
        {
            // A slot with another counter. A guest that was reading the clock sees by the generation that it must
            // begin again.
            page.TscBase = tscBase;
            page.Generation++;
        }
    }

    private bool TryTakeSlot(ulong memoryBytes, long ticket, out int number)
    {
        try
        {
            while (!_slots.TryRent(memoryBytes, ticket, mayGrow: false, out number))
            {
                if (!GiveUp())
                {
                    // Where one that has just begun to idle gives way in a moment, that is waited for.
                    bool isAnyResting = _giveUpNs != Hardware.InstructionPage.Never;
                    return _slots.TryRent(memoryBytes, ticket, mayGrow: !isAnyResting, out number);
                }

                _slots.OnGivenWay(memoryBytes);
            }

            return true;
        }
        catch (EngineException)
        {
            // The host cannot make one more: then those that there are must do.
            number = MachineRecord.None;
            return GiveUp() && TryRentAgain(memoryBytes, ticket, out number);
        }
    }

    private bool TryRentAgain(ulong memoryBytes, long ticket, out int number)
    {
        try
        {
            return _slots.TryRent(memoryBytes, ticket, mayGrow: false, out number);
        }
        catch (EngineException)
        {
            // Another worker was faster, and the host still cannot. The VM waits in line.
            number = MachineRecord.None;
            return false;
        }
    }

    private bool TryPark(int index, bool isMidway)
    {
        ref MachineRecord record = ref _table[index];
        IExecutionSlot slot = _slots[record.Slot];
        LoadedImage image = _context.Images[record.Image];
        long chain;
        try
        {
            if (!Image.TrySave(slot, image.Base, isMidway, out chain))
            {
                return false;
            }
        }
        catch (Exception e) when (e is OutOfMemoryException or EngineException)
        {
            // It keeps its slot: nothing is lost.
            Counters.ParkFailures++;
            return false;
        }

        if (record.IsConsoleBlocked)
        {
            _worker.Output.Keep(index, ConsoleDevice.TakeRest(slot.Memory));
        }

        int number = record.Slot;
        ForgetNext(index);
        _clock.Remove(index);
        record.Parked = chain;
        record.Slot = MachineRecord.None;
        record.Interrupted |= isMidway;

        // What is saved may be a little more than what was charged: pages of the kernel's own, and headers.
        ulong held = Math.Min((ulong)BlockStore.BytesOf(chain), record.ChargedBytes);
        record.HeldBytes = held;
        _context.Gatekeeper.Uncharge(record.ChargedBytes - held);
        Counters.Parks++;
        Counters.ParkedPages += (ulong)Image.SavedPages;
        GiveBack(number, slot);
        StopSending(index, ref record);
        if (record.State == MachineState.Idle)
        {
            Swap.OnParked(index);
        }

        return true;
    }

    /// <summary>What a VM has not sent yet is in its ring. It is looked at when the VM has a slot again, and left the
    /// processor: one that idles is woken for that as soon as its rate lets it send.</summary>
    private void StopSending(int index, ref MachineRecord record)
    {
        if (TransmitOf(index) == TransmitState.Quiet)
        {
            return;
        }

        ulong readyNs = _worker.Network.StopSending(index);
        if (record.State == MachineState.Idle)
        {
            record.HasPatientFrames = true;
            _worker.WakeSoon(index, readyNs);
        }
    }

    private void GiveBack(int number, IExecutionSlot slot)
    {
        try
        {
            slot.Unbind();
        }
        catch (EngineException)
        {
            _slots.Discard(number);
            return;
        }

        _slots.Return(number);
    }
}
