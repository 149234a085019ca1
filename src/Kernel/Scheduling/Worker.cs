// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Devices;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Memory;
using Denali.Kernel.Network;
using Denali.Kernel.Swap;
using Denali.Linux;

namespace Denali.Kernel.Scheduling;

/// <summary>
/// One core's event loop: takes commands, expires timers, runs the next VM, does what it asks for. A VM belongs to one
/// worker; nobody else touches it, so nothing here takes a lock.
/// </summary>
/// <remarks>
/// Other threads reach it by <see cref="Post"/>, which puts a command into its mailbox and kicks its thread: the kick
/// signal ends a sleep or an entry into a VM. The loop runs on a thread of its own and allocates nothing per exit.
/// The part that runs a VM is in <see cref="MachineRunner"/>.
/// </remarks>
internal sealed class Worker
{
    /// <summary>
    /// How long after each other VMs of an earlier kernel are woken whose time came when there was none: thousands at
    /// once would keep those waiting that somebody asks for something. Waking one takes a quarter of that.
    /// </summary>
    internal const ulong OverdueSpacingNs = 2_000_000;

    /// <summary>How often workers compare their load.</summary>
    private const ulong BalanceNs = 20_000_000;

    /// <summary>
    /// How long it looks for more frames before it sleeps, if some have come since it slept last: going to sleep and
    /// being woken costs as much, a part of it whoever sends.
    /// </summary>
    private const ulong SpinNs = 20_000;

    // With one core it would keep the sender from sending.
    private static readonly bool s_maySpin = Environment.ProcessorCount > 1;

    private readonly WorkerContext _context;
    private readonly ISchedulingPolicy _policy;
    private readonly ConcurrentQueue<WorkerCommand> _mailbox = new();
    private readonly Dictionary<int, WaitingInput> _waitingInput = [];
    private readonly Thread _thread;
    private readonly TaskCompletionSource _started = new();
    private readonly MachineRunner _runner;
    private readonly TimerWheel _wheel;
    private readonly WorkerPages _pages;
    private readonly MachineTable _table;
    private readonly bool _isImmediate;
    private int _threadId;
    private int _kicked;
    private int _holdsOn;
    private ulong _looksAgainNs;
    private int _slotNews;
    private bool _stopping;
    private int _load;
    private ulong _nextBalanceNs;
    private ulong _overdueNs;

    internal Worker(int index, WorkerContext context, ISchedulingPolicy policy, int workerCount)
    {
        Index = index;
        _context = context;
        _policy = policy;
        _table = context.Table;
        _isImmediate = context.InterruptDelivery == InterruptDelivery.Immediate;
        _wheel = new TimerWheel(_table, context.Clock.NowNs);
        Network = new WorkerNetwork(this, context, workerCount);
        Disks = new WorkerDisks(this, context);
        Residency = new Residency(this, context, policy);
        Captures = new WorkerCaptures(this, context);
        _pages = new WorkerPages(context, Residency.Image);
        Saving = new WorkerSaving(this, context, policy);
        _runner = new MachineRunner(this, context, policy, _wheel);
        _thread = new Thread(Run) { Name = $"denali-worker-{index}", IsBackground = true };
    }

    /// <summary>Index among the kernel's workers.</summary>
    internal int Index { get; }

    /// <summary>Its part of the switch.</summary>
    internal WorkerNetwork Network { get; }

    /// <summary>Its VMs' disk requests.</summary>
    internal WorkerDisks Disks { get; }

    /// <summary>What VMs without a slot have printed that nobody took.</summary>
    internal WaitingOutput Output { get; } = new();

    /// <summary>Which of its VMs hold a slot.</summary>
    internal Residency Residency { get; }

    /// <summary>Which of its VMs are to become templates.</summary>
    internal WorkerCaptures Captures { get; }

    /// <summary>How far it is with saving its VMs.</summary>
    internal WorkerSaving Saving { get; }

    /// <summary>The runtime's number of its thread. Any thread may read it.</summary>
    internal int ManagedThreadId => _thread.ManagedThreadId;

    /// <summary>VMs that run or could run here. Any thread may read it.</summary>
    internal int Load => Volatile.Read(ref _load);

    /// <summary>Whether the mailbox holds something, or the switch's way in. Any thread.</summary>
    internal bool HasMail => !_mailbox.IsEmpty || Network.HasInbound;

    /// <summary>Starts the thread and waits until it can be kicked.</summary>
    internal void Start()
    {
        _thread.Start();
        _started.Task.Wait();
    }

    /// <summary>Asks the thread to end; its VMs stay as they are.</summary>
    internal void RequestStop()
    {
        Volatile.Write(ref _stopping, true);
        Kick();
    }

    /// <summary>Waits for the end of the thread.</summary>
    internal void Join() => _thread.Join();

    /// <summary>Kills all VMs of this worker. All workers' threads have ended.</summary>
    internal void KillAll()
    {
        while (HasMail)
        {
            ReadMail();
        }

        for (int index = 0; index < _table.HighWater; index++)
        {
            ref MachineRecord record = ref _table[index];
            if (record.Worker == Index && record.State is MachineState.Runnable or MachineState.Idle)
            {
                bool isSaved = Saving.HasBegun && record.Swap == SwapState.Swapped;
                TakeOut(index);
                _runner.End(index, isSaved ? ExitCause.Saved : ExitCause.Killed);
            }
        }
    }

    /// <summary>Puts a command into the mailbox. Any thread.</summary>
    internal void Post(in WorkerCommand command)
    {
        _mailbox.Enqueue(command);
        Kick();
    }

    /// <summary>Does what the mailbox asks for. May make VMs runnable, and mark the one that runs as killed.</summary>
    internal void ReadMail()
    {
        if (Volatile.Read(ref _kicked) != 0)
        {
            AcknowledgeKick();
        }

        // Only what is there now: a command that cannot be carried out yet goes to the end of the queue.
        for (int count = _mailbox.Count; count > 0 && _mailbox.TryDequeue(out WorkerCommand command); count--)
        {
            Execute(command);
        }

        Network.ReadInbound();
    }

    /// <summary>
    /// Takes a pending kick. In this order: whoever posts after the exchange finds 0 and sends a new signal; what was
    /// posted before it is in the mailbox, which the caller looks at next.
    /// </summary>
    internal void AcknowledgeKick()
    {
        TakeSignal(0);
        Interlocked.Exchange(ref _kicked, 0);
    }

    /// <summary>Makes VMs runnable whose deadlines have passed.</summary>
    internal void ExpireTimers(ulong nowNs)
    {
        while (_wheel.TryExpire(nowNs, out int index))
        {
            // One that was only not told of its frames yet has them to look at. If its time has come as well, it is
            // told of that when it is entered, or idles again.
            ref MachineRecord record = ref _table[index];
            record.Pending |= record.HasPatientFrames ? InterruptBits.Nic : InterruptBits.Timer;
            record.HasPatientFrames = false;
            Wake(index);
        }
    }

    /// <summary>Ends a sleep of the thread, or its entry into a VM. Any thread.</summary>
    internal void Kick()
    {
        if (Interlocked.Exchange(ref _kicked, 1) == 0)
        {
            _ = ThreadSignal.Send(_threadId);
        }
    }

    /// <summary>
    /// Whether a frame for a VM is to interrupt this worker. Not while a VM runs that makes way for nobody, and not
    /// while the VM itself is busy with frames that it has just been given: the frame waits with all that follow, and
    /// is seen when the VM leaves the processor. Any thread, after the frame was put in.
    /// </summary>
    internal bool IsKickNeededFor(int index)
    {
        // In this order: a worker that says it holds on, or looks again, has said before which VM it runs.
        bool holdsOn = Volatile.Read(ref _holdsOn) != 0;
        ulong looksAgainNs = Volatile.Read(ref _looksAgainNs);
        MachineState state = _table[index].State;
        return state == MachineState.Running
            ? _isImmediate || looksAgainNs <= _context.Clock.NowNs
            : !holdsOn && (_isImmediate || state == MachineState.Idle);
    }

    /// <summary>A VM is about to be entered.</summary>
    /// <param name="makesWay">Whether it makes way for others.</param>
    /// <param name="looksAgainNs">When its frames are looked at again, whatever it does; 0 if that is not sure.</param>
    internal void BeginEntry(bool makesWay, ulong looksAgainNs)
    {
        Volatile.Write(ref _holdsOn, makesWay ? 0 : 1);
        Volatile.Write(ref _looksAgainNs, looksAgainNs);
    }

    /// <summary>The VM has left. Whoever did not kick has put its frame in where the next look finds it.</summary>
    internal void EndEntry()
    {
        Volatile.Write(ref _looksAgainNs, 0);
        Interlocked.Exchange(ref _holdsOn, 0);
    }

    /// <summary>Somebody wants a slot, or one has come back. Any thread.</summary>
    internal void SignalSlots()
    {
        Interlocked.Exchange(ref _slotNews, 1);
        Kick();
    }

    /// <summary>
    /// A VM has left the processor and may go on. If there is something to do about slots meanwhile, does it: whoever
    /// waits for one need not wait for the end of a quantum.
    /// </summary>
    /// <param name="nowNs">The time of the exit.</param>
    /// <returns>How long that took; it is not for the VM to pay for.</returns>
    internal ulong LookAtSlots(ulong nowNs)
    {
        if (Volatile.Read(ref _slotNews) == 0 && nowNs < Residency.GiveUpNs)
        {
            return 0;
        }

        ulong beginNs = _context.Clock.NowNs;
        GiveUpSlot();
        Residency.Turn(nowNs);
        return _context.Clock.NowNs - beginNs;
    }

    /// <summary>Something has happened for a VM: makes it runnable if it idles.</summary>
    internal void Wake(int index)
    {
        ref MachineRecord record = ref _table[index];
        if (record.State == MachineState.Idle && !Saving.HasBegun)
        {
            WakeIdle(index, ref record);
        }
        else if (_isImmediate && record.State == MachineState.Runnable && !record.IsWaitingForSlot)
        {
            _policy.Remove(index);
            _policy.Enqueue(index, EnqueueReason.Woken);
        }
    }

    /// <summary>
    /// A VM without a slot has something of its disks to take, or to ask for. It is run for that also while VMs are
    /// saved, as those are that wait for their disks in a slot: it is saved when nothing is under way any more.
    /// </summary>
    internal void WakeForDisk(int index)
    {
        ref MachineRecord record = ref _table[index];
        if (record.State == MachineState.Idle)
        {
            WakeIdle(index, ref record);
        }
    }

    /// <summary>Something has happened for a VM that can wait: makes it runnable then, if it idles.</summary>
    internal void WakeSoon(int index, ulong deadlineNs)
    {
        ref MachineRecord record = ref _table[index];
        bool isEarlier = record.TimerBucket == MachineRecord.None || record.DeadlineNs > deadlineNs;
        if (record.State == MachineState.Idle && isEarlier)
        {
            _wheel.Remove(index);
            _wheel.Add(index, deadlineNs);
        }
    }

    /// <summary>Whether console input waits in the kernel for a VM to take it.</summary>
    internal bool HasWaitingInput(int index) => _waitingInput.ContainsKey(index);

    /// <summary>A VM that was wanted came back from the swap file.</summary>
    internal void OnReturned(int index)
    {
        if (Saving.HasBegun)
        {
            _table[index].State = MachineState.Idle;
            _table[index].IsToRun = true;
            return;
        }

        _policy.Enqueue(index, EnqueueReason.Woken);
    }

    /// <summary>Ends a VM for which something was under way with the swap file, so that it is in no queue.</summary>
    internal void EndHeld(int index, ExitCause cause)
    {
        _wheel.Remove(index);
        _runner.End(index, cause);
    }

    /// <summary>The VM ended.</summary>
    internal void Forget(int index)
    {
        _waitingInput.Remove(index);
        Captures.OnEnded(index);
        Disks.OnLeft(index);
        Residency.OnLeft(index);
        if (_table[index].HasNetwork)
        {
            Network.Forget(index);
        }
    }

    /// <summary>Gives a VM the console input that its ring had no room for, as far as it has now.</summary>
    internal void FeedWaitingInput(int index, GuestMemory memory)
    {
        if (_waitingInput.Count == 0 || !_waitingInput.TryGetValue(index, out WaitingInput? waiting))
        {
            return;
        }

        while (!waiting.IsEmpty)
        {
            ReadOnlySpan<byte> input = waiting.Next;
            int fed = ConsoleDevice.Feed(memory, input);
            if (fed > 0)
            {
                _table[index].Pending |= InterruptBits.Console;
                waiting.Take(fed);
                _table.Observer(index).OnConsoleInputTaken(_table[index].MachineId, fed);
            }

            if (fed < input.Length)
            {
                return;
            }
        }

        _waitingInput.Remove(index);
    }

    private void WakeIdle(int index, ref MachineRecord record)
    {
        _wheel.Remove(index);
        Residency.OnWoken(index);
        if (record.Swap != SwapState.None)
        {
            Residency.Swap.Want(index);
            return;
        }

        record.State = MachineState.Runnable;
        _policy.Enqueue(index, EnqueueReason.Woken);
    }

    private void Run()
    {
        ThreadSignal.BlockInThisThread();
        _threadId = ThreadSignal.CurrentThreadId();
        _started.SetResult();
        using var timer = new PreemptionTimer();
        _runner.Timer = timer;
        while (!Volatile.Read(ref _stopping))
        {
            ReadMail();
            ulong now = _context.Clock.NowNs;
            ExpireTimers(now);
            now += Network.Turn(now);
            GiveUpSlot();
            Residency.Turn(now);
            if (Saving.HasBegun)
            {
                Save(now);
                continue;
            }

            Balance(now);
            if (_policy.TryDequeue(out int index, out ulong quantumNs))
            {
                Volatile.Write(ref _load, _policy.Count + 1);
                _runner.Run(index, quantumNs, now);
                Volatile.Write(ref _load, _policy.Count);
            }
            else
            {
                Sleep();
            }
        }
    }

    /// <summary>Saves VMs. Those that cannot be saved as they are run a little more.</summary>
    private void Save(ulong nowNs)
    {
        if (Saving.Turn(nowNs) && _policy.TryDequeue(out int index, out _))
        {
            _runner.Run(index, WorkerSaving.RunNs, nowNs);
        }
        else
        {
            Sleep();
        }
    }

    private void GiveUpSlot()
    {
        if (Volatile.Read(ref _slotNews) != 0)
        {
            Interlocked.Exchange(ref _slotNews, 0);
            Residency.GiveUpIfWanted();
        }
    }

    private void Sleep()
    {
        if (s_maySpin && Network.HadFrames() && SpinForWork())
        {
            return;
        }

        Interlocked.Exchange(ref _kicked, 0);
        ulong next = Math.Min(
            Math.Min(_wheel.NextExpiryNs(), Network.NextNs), Math.Min(Residency.NextNs, Saving.NextNs));
        ulong now = _context.Clock.NowNs;
        if (HasMail || Volatile.Read(ref _slotNews) != 0 || Volatile.Read(ref _stopping) || next <= now)
        {
            return;
        }

        // A command that arrives from here on finds the thread in the wait, or its signal pending before it.
        long timeout = next == InstructionPage.Never ? -1 : (long)(next - now);
        if (Network.Device is { } device)
        {
            if (ThreadSignal.WaitOrReadable(device, timeout))
            {
                _runner.ForgetTimer();
            }

            Network.OnAwake();
            return;
        }

        TakeSignal(timeout);
    }

    /// <returns>Whether there is something to do.</returns>
    private bool SpinForWork()
    {
        // Whoever posts something finds a kick on its way, and sends no signal: this looks at the mailbox by itself.
        Interlocked.Exchange(ref _kicked, 1);
        ulong now = _context.Clock.NowNs;
        ulong end = now + SpinNs;
        while (now < end)
        {
            Network.Look(now);
            if (_policy.Count > 0 || HasMail || Volatile.Read(ref _stopping) || _wheel.NextExpiryNs() <= now)
            {
                return true;
            }

            Thread.SpinWait(1);
            now = _context.Clock.NowNs;
        }

        return false;
    }

    // Kicks and the preemption timer send the same signal: whoever takes one may have taken the timer's.
    private void TakeSignal(long timeoutNs)
    {
        if (ThreadSignal.Wait(timeoutNs))
        {
            _runner.ForgetTimer();
        }
    }

    private void Execute(in WorkerCommand command)
    {
        if (command.Kind == WorkerCommandKind.DiskDone)
        {
            Disks.OnDone(command.Job!);
            return;
        }

        if (command.Kind == WorkerCommandKind.SwapDone)
        {
            // The VM neither moves nor ends meanwhile.
            Residency.Swap.OnDone(command.SwapJob!);
            return;
        }

        int index = command.Index;
        ref MachineRecord record = ref _table[index];
        bool isNew = record.State == MachineState.Created;
        if (record.MachineId != command.MachineId
            || record.State == MachineState.Ended
            || (isNew && command.Kind != WorkerCommandKind.Adopt))
        {
            // It has ended, or somebody guessed the number of a VM that is just being set up.
            command.Capture?.FailEnded(command.MachineId);
            command.Pages?.FailEnded(command.MachineId);
            command.Reply?.SetResult(false);
            return;
        }

        int owner = Volatile.Read(ref record.Worker);
        if (owner != Index || (record.State == MachineState.Moving && command.Kind != WorkerCommandKind.Adopt))
        {
            // It moved, or is on its way here: the command follows it.
            _context.Workers[owner].Post(command);
            return;
        }

        Execute(command, index, ref record);
    }

    /// <summary>Does what is asked of a VM of this worker.</summary>
    private void Execute(in WorkerCommand command, int index, ref MachineRecord record)
    {
        switch (command.Kind)
        {
            case WorkerCommandKind.Adopt:
                Output.Keep(index, command.Output ?? []);
                Adopt(index);
                break;

            case WorkerCommandKind.Interrupt:
                record.Pending |= command.Interrupts;
                Wake(index);
                break;

            case WorkerCommandKind.Input:
                AddInput(index, command.Input);
                Wake(index);
                break;

            case WorkerCommandKind.ResumeConsole:
                ResumeConsole(index);
                break;

            case WorkerCommandKind.Capture:
                Captures.Add(index, command.Capture!);
                break;

            case WorkerCommandKind.ReadPages:
                _pages.Read(index, command.Pages!);
                break;

            case WorkerCommandKind.Wake:
                Wake(index);
                break;

            case WorkerCommandKind.Park:
                command.Reply!.SetResult(Residency.TryParkIdle(index));
                break;

            case WorkerCommandKind.SwapOut:
                SwapOut(index, command.Reply!);
                break;

            case WorkerCommandKind.Kill:
                Kill(index);
                break;
        }
    }

    private void SwapOut(int index, TaskCompletionSource<bool> reply)
    {
        ref MachineRecord record = ref _table[index];
        if (Residency.TryParkIdle(index)
            && record is { State: MachineState.Idle, Parked: not BlockStore.None, DiskJobs: 0, IsDiskWaiting: false }
            && record.Swap is SwapState.None or SwapState.Unclear
            && Residency.Swap.HasRoomToWrite)
        {
            Residency.Swap.Write(index, SwapEntryFlags.None, reply);
        }
        else
        {
            reply.SetResult(record.Swap == SwapState.Swapped);
        }
    }

    private void Adopt(int index)
    {
        ref MachineRecord record = ref _table[index];
        EnqueueReason reason = record.State == MachineState.Created ? EnqueueReason.Created : EnqueueReason.Moved;
        if (record.IsResumed && reason == EnqueueReason.Created)
        {
            AdoptResumed(index, ref record);
            return;
        }

        Residency.OnArrived(index, _context.Clock.NowNs);
        record.State = MachineState.Runnable;
        _policy.Enqueue(index, reason);
    }

    /// <summary>Takes on a VM of an earlier kernel: it idles on if it did, until the same time.</summary>
    private void AdoptResumed(int index, ref MachineRecord record)
    {
        bool isToRun = record.IsToRun || record.Pending != InterruptBits.None;
        record.IsToRun = false;
        record.State = MachineState.Idle;
        if (isToRun)
        {
            Wake(index);
        }
        else if (record.DeadlineNs != InstructionPage.Never)
        {
            _wheel.Add(index, DueNs(record.DeadlineNs));
        }
    }

    /// <summary>When a VM of an earlier kernel is woken by its timer.</summary>
    private ulong DueNs(ulong deadlineNs)
    {
        ulong nowNs = _context.Clock.NowNs;
        if (deadlineNs > nowNs)
        {
            return deadlineNs;
        }

        _overdueNs = Math.Max(_overdueNs + OverdueSpacingNs, nowNs);
        return _overdueNs;
    }

    private void AddInput(int index, ReadOnlyMemory<byte> input)
    {
        if (!_waitingInput.TryGetValue(index, out WaitingInput? waiting))
        {
            waiting = new WaitingInput();
            _waitingInput.Add(index, waiting);
        }

        waiting.Add(input);
    }

    private void ResumeConsole(int index)
    {
        ref MachineRecord record = ref _table[index];
        if (!record.IsConsoleBlocked)
        {
            return;
        }

        // What a VM without a slot has printed is in its memory, and goes out when it has left the processor next.
        record.IsConsoleBlocked = false;
        if (record.Slot != MachineRecord.None)
        {
            _runner.DrainConsole(index, _context.Slots[record.Slot].Memory);
        }

        record.Pending |= InterruptBits.Console;
        Wake(index);
    }

    private void Kill(int index)
    {
        ref MachineRecord record = ref _table[index];
        if (record.State == MachineState.Running || record.Swap is SwapState.Leaving or SwapState.Returning)
        {
            // What is under way with it is over soon.
            record.IsKilled = true;
            return;
        }

        TakeOut(index);
        _runner.End(index, ExitCause.Killed);
    }

    private void TakeOut(int index)
    {
        switch (_table[index].State)
        {
            case MachineState.Idle:
                _wheel.Remove(index);
                break;

            case MachineState.Runnable when _table[index].IsWaitingForSlot:
                Residency.Remove(index);
                break;

            case MachineState.Runnable:
                _policy.Remove(index);
                break;
        }
    }

    /// <summary>
    /// Hands a waiting VM to a worker that has less to do. A difference of one is handed on as well, so that three
    /// equal VMs on two cores take turns at having a core for themselves.
    /// </summary>
    private void Balance(ulong nowNs)
    {
        if (nowNs < _nextBalanceNs)
        {
            return;
        }

        _nextBalanceNs = nowNs + BalanceNs;
        Worker least = this;
        foreach (Worker worker in _context.Workers)
        {
            least = worker.Load < least.Load ? worker : least;
        }

        int own = _policy.Count;
        Volatile.Write(ref _load, own);
        if (own > least.Load && own > 1 && _waitingInput.Count == 0 && _policy.TryGiveAway(out int index))
        {
            ref MachineRecord record = ref _table[index];
            ulong id = record.MachineId;
            bool hasNetwork = record.HasNetwork;
            int frames = hasNetwork ? Network.BeginMove(index) : MachineRecord.None;
            MachineRequest<LoadedImage>? capture = Captures.Take(index);
            Residency.OnLeft(index);
            byte[] output = Output.Take(index);
            record.State = MachineState.Moving;
            record.MovedNs = nowNs;
            record.IsDiskWaiting = false;

            // From here on the record is the other worker's.
            Volatile.Write(ref record.Worker, least.Index);
            if (hasNetwork)
            {
                Network.FinishMove(frames, index, id, least.Index);
            }

            least.Post(new WorkerCommand
            {
                Index = index,
                MachineId = id,
                Kind = WorkerCommandKind.Adopt,
                Output = output,
            });
            Disks.OnLeft(index);
            if (capture is not null)
            {
                least.Post(new WorkerCommand
                {
                    Index = index,
                    MachineId = id,
                    Kind = WorkerCommandKind.Capture,
                    Capture = capture,
                });
            }
        }
    }
}
