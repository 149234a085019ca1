// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Engine;
using Denali.Hardware;
using Denali.Kernel.Devices;
using Denali.Kernel.Machines;
using Denali.Kernel.Scheduling;
using Denali.Linux;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// One worker's part of the switch. It reads its VMs' transmit rings, passes the frames on, and fills its VMs' receive
/// rings. Only its worker uses it, but for what says otherwise; nothing here takes a lock or allocates per frame.
/// </summary>
/// <remarks>
/// A frame for a VM of this worker is copied from the one VM's memory to the other's. One for a VM of another worker is
/// copied into the ring between the two. If that ring is full, the sender's descriptors stay where they are.
/// </remarks>
internal sealed class WorkerNetwork
{
    /// <summary>Bytes that a VM may send in its turn: four largest frames, some 50 microseconds.</summary>
    internal const int QuantumBytes = 256 * 1024;

    /// <summary>
    /// Bytes that a VM may send at one exit while nobody else of its worker waits: its whole ring as a guest makes it,
    /// so that it need not leave again to have the rest sent. Less than half a millisecond.
    /// </summary>
    internal const int AloneBytes = 8 * QuantumBytes;

    /// <summary>What a small frame costs of the quantum: looking at a frame takes as long as copying so much.</summary>
    internal const int FrameCostMin = 1024;

    /// <summary>What a descriptor costs of the quantum.</summary>
    internal const int DescriptorCost = 32;

    /// <summary>Longest time between two turns while a VM runs and others have frames to send.</summary>
    internal const ulong TurnNs = 1_000_000;

    /// <summary>
    /// How long a VM may idle on with a bare acknowledgment: about as long as it takes to run it for that alone. Mostly
    /// what is worth it comes before.
    /// </summary>
    internal const ulong PatienceNs = 2 * TimerWheel.TickNs;

    private readonly Worker _worker;
    private readonly WorkerContext _context;
    private readonly MachineTable _table;
    private readonly VirtualSwitch _switch;
    private readonly PortTable _ports;
    private readonly GuestReach _reach;
    private readonly ReceiveQueues _queues;
    private readonly TransmitScheduler _scheduler;
    private readonly GuestFrame _frame = new();
    private readonly PieceList _rest = new(GuestFrame.PieceMax);
    private readonly byte[] _scratch = new byte[TapUplink.HeaderBytes + FramePool.LargeBytes];
    private readonly TapReader? _tap;
    private readonly int _tapQueue;
    private readonly byte[] _answer = new byte[Responder.AnswerMaxBytes];
    private readonly bool[] _toKick;
    private bool _hasKicks;
    private bool _isRoomDue;
    private NetworkCounters _total;
    private ulong _seenFrames;
    private int _inbound;

    internal WorkerNetwork(Worker worker, WorkerContext context, int workerCount)
    {
        _worker = worker;
        _context = context;
        _table = context.Table;
        _switch = context.Switch;
        _ports = context.Switch.Ports;
        _reach = new GuestReach(context.Account);
        _queues = new ReceiveQueues(_ports);
        _scheduler = new TransmitScheduler(_ports);
        _toKick = new bool[workerCount];
        if (context.Switch.Tap is { } uplink && worker.Index < uplink.QueueCount)
        {
            _tap = new TapReader(uplink, worker.Index, context.Switch, this);
            _tapQueue = worker.Index;
        }
    }

    /// <summary>What a sleep of this worker also has to wait for.</summary>
    internal TapDevice? Device => _tap?.Device;

    /// <summary>Whether other threads have put in frames, or made room. Any thread.</summary>
    internal bool HasInbound => Volatile.Read(ref _inbound) != 0;

    /// <summary>When <see cref="Turn"/> has something to do, if nothing else happens.</summary>
    internal ulong NextNs => _scheduler.HasBacklog || _tap is { HasMore: true } ? 0 : _scheduler.NextNs;

    /// <summary>What went through this worker's part. Any thread may read it.</summary>
    internal ref readonly NetworkCounters Total => ref _total;

    /// <summary>Buffers that hold frames for VMs.</summary>
    internal int BuffersInUse => _queues.BuffersInUse;

    /// <summary>Tells that there is something to look at. Any thread, before it kicks.</summary>
    internal void SignalInbound() => Interlocked.Exchange(ref _inbound, 1);

    /// <summary>A VM has left the processor: sends what it wants to send. <see cref="Turn"/> follows.</summary>
    /// <returns>Nanoseconds that it took beyond the VM's share, which the VM is to pay for.</returns>
    internal ulong OnExit(int index, ulong nowNs)
    {
        // One that waits is not looked at out of its turn.
        if (_ports[index].Transmit != TransmitState.Quiet)
        {
            return 0;
        }

        Visit(index, nowNs, isDeferred: false);
        if (!_scheduler.IsOnlyBacklog(index))
        {
            return 0;
        }

        ulong beginNs = _context.Clock.NowNs;
        for (int sent = QuantumBytes; sent < AloneBytes && _scheduler.IsOnlyBacklog(index); sent += QuantumBytes)
        {
            _ = _scheduler.TryTake(out _);
            Visit(index, nowNs, isDeferred: false);
        }

        return _context.Clock.NowNs - beginNs;
    }

    /// <summary>When a VM that runs is to be interrupted, so that others do not wait for its quantum to end.</summary>
    internal ulong NextTurnNs(ulong nowNs) =>
        _scheduler.HasBacklog || _tap is not null ? nowNs + TurnNs : _scheduler.NextNs;

    /// <summary>A VM is about to be entered, or to idle: gives it what it had no room for.</summary>
    /// <param name="index">The VM.</param>
    /// <param name="isIdling">
    /// It has seen all of its ring and idles: a frame for which it still does not have buffers enough is dropped.
    /// </param>
    internal void Feed(int index, bool isIdling)
    {
        ref PortRecord port = ref _ports[index];
        if (port.QueueFirst == MachineRecord.None)
        {
            return;
        }

        ref MachineRecord record = ref _table[index];
        IExecutionSlot slot = _context.Slots[record.Slot];
        while (port.QueueFirst != MachineRecord.None)
        {
            ReadOnlySpan<byte> frame = _queues.Pool.Frame(port.QueueFirst);
            NicDevice.DeliverResult result = NicDevice.Deliver(
                _reach, ref record, slot, new SpanFrame(frame), _queues.Pool.Offload(port.QueueFirst));
            if (record.IsOutOfMemory)
            {
                // It does not idle, and ends at its next exit.
                record.Pending |= InterruptBits.Nic;
                return;
            }

            switch (result)
            {
                case NicDevice.DeliverResult.Delivered:
                    record.Pending |= InterruptBits.Nic;
                    isIdling = false;
                    port.Counters.CountReceived(frame.Length);
                    _total.CountReceived(frame.Length);
                    break;

                case NicDevice.DeliverResult.NoRoom:
                case NicDevice.DeliverResult.TooFewBuffers when !isIdling:
                    return;

                default:
                    Drop(ref port, ReasonOf(result));
                    break;
            }

            _queues.RemoveFirst(index);
        }
    }

    /// <summary>Serves those that had to wait, one of them at each call. After every exit and between VMs.</summary>
    /// <returns>Nanoseconds that it took, which no VM that runs is to pay for; 0 if there was nothing.</returns>
    internal ulong Turn(ulong nowNs)
    {
        _scheduler.Advance(nowNs);
        ulong takenNs = 0;
        if (_scheduler.TryTake(out int index))
        {
            ulong beginNs = _context.Clock.NowNs;
            Visit(index, nowNs, isDeferred: true);
            takenNs = _context.Clock.NowNs - beginNs;
            _table[index].CpuNs += takenNs;
        }

        if (_tap is not null && _tap.IsDue(nowNs))
        {
            ulong beginNs = _context.Clock.NowNs;
            _tap.Poll(nowNs);
            takenNs += _context.Clock.NowNs - beginNs;
        }

        KickOthers();
        return takenNs;
    }

    /// <summary>Whether VMs got frames since this was asked last.</summary>
    internal bool HadFrames()
    {
        ulong before = _seenFrames;
        _seenFrames = _total.FramesReceived;
        return before != _seenFrames;
    }

    /// <summary>Looks at the TAP interface, whether it is time or not: the worker has nothing else to do.</summary>
    internal void Look(ulong nowNs)
    {
        if (_tap is { IsBlocked: false })
        {
            _tap.Poll(nowNs);
            KickOthers();
        }
    }

    /// <summary>The worker slept, or read its mail: what waited for another worker may go on.</summary>
    internal void OnAwake() => _tap?.OnAwake();

    /// <summary>Takes in what other threads have put in.</summary>
    internal void ReadInbound()
    {
        if (!HasInbound || Interlocked.Exchange(ref _inbound, 0) == 0)
        {
            return;
        }

        _scheduler.Unblock();
        _tap?.OnAwake();
        for (int from = 0; from < _toKick.Length; from++)
        {
            FrameRing? ring = _switch.RingFrom(from, _worker.Index);
            if (ring is not null && Drain(ring, isCaptured: false))
            {
                Worker other = _context.Workers[from];
                other.Network.SignalInbound();
                other.Kick();
            }
        }

        TakeInjected();
        if (_isRoomDue)
        {
            _isRoomDue = false;
            _switch.GatewayPort?.OnRoom();
        }

        KickOthers();
    }

    /// <summary>Takes in what the gateway's port has sent from other threads. A port that waits for room is told with
    /// the next look.</summary>
    internal void TakeInjected()
    {
        if (_switch.InjectedTo(_worker.Index) is { } injected && Drain(injected, isCaptured: true))
        {
            _isRoomDue = true;
            SignalInbound();
        }
    }

    /// <summary>Counts a frame that came from outside and has no VM.</summary>
    internal void CountDrop(DropReason reason) => _total.CountDrop(reason);

    /// <summary>
    /// The time that a capture is to show of a frame; 0 if there is no capture. To be taken before the frame is passed
    /// on: another thread may answer it, and capture the answer, before this one comes to capture the frame.
    /// </summary>
    internal ulong CaptureTimeNs => _switch.Capture?.NowNs ?? 0;

    /// <summary>Puts a frame into the capture, if there is one and it is about one of these VMs.</summary>
    internal void Capture<TSource>(
        in TSource source, in FrameOffload offload, ulong machineId, ulong otherId, ulong timeNs)
        where TSource : struct, IFrameSource, allows ref struct
    {
        CaptureWriter? capture = _switch.Capture;
        if (capture is not null
            && timeNs != 0
            && (capture.MachineId == 0 || capture.MachineId == machineId || capture.MachineId == otherId))
        {
            capture.Add(_worker.Index, source, offload, timeNs);
        }
    }

    /// <summary>Sends a frame to a VM, on this worker's thread.</summary>
    /// <param name="target">The VM.</param>
    /// <param name="machineId">Its number.</param>
    /// <param name="source">The frame.</param>
    /// <param name="offload">What travels beside it.</param>
    /// <param name="isPatient">A VM that idles need not be woken for it at once.</param>
    /// <returns>False if there is no room.</returns>
    internal bool TryInject<TSource>(
        int target, ulong machineId, in TSource source, in FrameOffload offload, bool isPatient = false)
        where TSource : struct, IFrameSource, allows ref struct
    {
        int owner = Volatile.Read(ref _table[target].Worker);
        if (owner == _worker.Index)
        {
            Deliver(target, machineId, source, offload, isPatient);
            return true;
        }

        return TryPush(owner, target, machineId, source, offload);
    }

    /// <summary>A VM is to go to another worker. Call <see cref="FinishMove"/> when it has gone.</summary>
    /// <returns>The frames that wait for it.</returns>
    internal int BeginMove(int index)
    {
        _scheduler.Remove(index);
        return _queues.Detach(index);
    }

    /// <summary>A VM gives up its slot, or is to be saved: what it has to send stays in its ring.</summary>
    /// <returns>From when on its rate lets it send what was held back, or a frame of the MTU.</returns>
    internal ulong StopSending(int index)
    {
        ref PortRecord port = ref _ports[index];
        ulong heldBackNs = port.Transmit == TransmitState.Throttled ? port.ReadyNs : 0;
        _scheduler.Remove(index);
        port.Deficit = 0;
        ulong readyNs = Math.Max(port.ByteRate.ReadyNs(NicDevice.PlainFrameMaxBytes), port.FrameRate.ReadyNs(1));
        return Math.Max(readyNs, heldBackNs);
    }

    /// <summary>Sends what waited for a VM after it.</summary>
    internal void FinishMove(int queue, int index, ulong machineId, int worker)
    {
        while (queue != MachineRecord.None)
        {
            var source = new SpanFrame(_queues.Pool.Frame(queue));
            if (!TryPush(worker, index, machineId, source, _queues.Pool.Offload(queue)))
            {
                _total.CountDrop(DropReason.QueueFull);
            }

            int next = _queues.Pool.Next(queue);
            _queues.Pool.Return(queue);
            queue = next;
        }
    }

    /// <summary>A VM has ended: nothing of it is kept.</summary>
    internal void Forget(int index)
    {
        _scheduler.Remove(index);
        for (int count = _queues.Clear(index); count > 0; count--)
        {
            Drop(ref _ports[index], DropReason.NotRunning);
        }

        _ports.Detach(index);
        _switch.Dhcp.Detach(index);
        _switch.GatewayPort?.OnEnded(index);
    }

    private static DropReason ReasonOf(NicDevice.DeliverResult result) => result switch
    {
        NicDevice.DeliverResult.NoRing => DropReason.NoReceiveRing,
        _ => DropReason.TooLargeForRing,
    };

    /// <summary>Reads the transmit ring of a VM that waits for nothing, as far as its share goes.</summary>
    private void Visit(int index, ulong nowNs, bool isDeferred)
    {
        ref MachineRecord record = ref _table[index];
        ref PortRecord port = ref _ports[index];
        IExecutionSlot slot = _context.Slots[record.Slot];
        if (!NicDevice.TryOpenTransmit(
                _reach, ref record, slot, out RingConsumer<GuestRingMemory> ring, out uint entries)
            || ring.Refresh() != RingStatus.Ok
            || ring.Count == 0)
        {
            port.Deficit = 0;
            return;
        }

        bool wasFull = ring.Count == entries;
        uint before = ring.Count;
        port.Deficit = Math.Min(port.Deficit + QuantumBytes, QuantumBytes + FramePool.LargeBytes);
        while (TrySendOne(index, ref record, ref port, slot, ref ring, entries, nowNs))
        {
        }

        // Who waits for room is told that there is some, and who had to wait that all has gone.
        bool isNews = wasFull || (isDeferred && ring.Count == 0);
        if ((isNews && ring.Count < before) || record.IsOutOfMemory)
        {
            Notify(index, ref record);
        }
    }

    /// <summary>Sends the first frame of a transmit ring.</summary>
    /// <returns>False if there is none, or it has to wait.</returns>
    private bool TrySendOne(
        int index,
        ref MachineRecord record,
        ref PortRecord port,
        IExecutionSlot slot,
        ref RingConsumer<GuestRingMemory> ring,
        uint entries,
        ulong nowNs)
    {
        NicDevice.TakeResult result = NicDevice.TryTake(
            _reach, ref record, slot, ref ring, entries, _frame, out uint descriptors);
        if (result == NicDevice.TakeResult.Nothing || record.IsOutOfMemory)
        {
            port.Deficit = 0;
            return false;
        }

        int bytes = _frame.LengthBytes;
        int cost = Math.Min(Math.Max(bytes, FrameCostMin) + ((int)descriptors * DescriptorCost), QuantumBytes);
        if (cost > port.Deficit)
        {
            _scheduler.AddBacklog(index);
            return false;
        }

        if (result == NicDevice.TakeResult.Frame)
        {
            ulong readyNs = Math.Max(port.ByteRate.ReadyNs((uint)bytes), port.FrameRate.ReadyNs(1));
            if (readyNs > nowNs)
            {
                port.Deficit = 0;
                port.ReadyNs = readyNs;
                _scheduler.Throttle(index, readyNs, nowNs);
                return false;
            }

            if (!TryForward(index, ref port, record.MachineId))
            {
                _scheduler.Block(index);
                return false;
            }

            port.ByteRate.Take((uint)bytes, nowNs);
            port.FrameRate.Take(1, nowNs);
        }
        else
        {
            Drop(ref port, result == NicDevice.TakeResult.Bad ? DropReason.BadDescriptor : DropReason.TooLong);
        }

        port.Deficit -= cost;
        ring.Release(descriptors);
        return true;
    }

    /// <summary>Passes the frame on, answers it or drops it.</summary>
    /// <returns>False if it has to stay where it is, because the way to another worker is full.</returns>
    private bool TryForward(int sender, ref PortRecord port, ulong machineId)
    {
        FrameVerdict verdict = _switch.Filter.Check(
            _frame.Head, sender, _frame.Offload, out int target, out DropReason reason);
        switch (verdict)
        {
            case FrameVerdict.Machine:
                return TryForwardToMachine(ref port, target);

            case FrameVerdict.Gateway:
                ForwardToGateway(sender, ref port, machineId);
                return true;

            case FrameVerdict.Outside:
                _frame.GetRest(_rest);
                SendOutside(ref port, CopyHead(), _rest);
                return true;

            case FrameVerdict.DhcpQuestion:
                AskDhcp(sender, ref port);
                return true;

            case FrameVerdict.Arp:
                ForwardArp(sender, ref port, machineId);
                return true;

            case FrameVerdict.NeighborDiscovery:
                CountSent(ref port, 0, CaptureTimeNs);
                AnswerNeighbor(sender, ref port, machineId);
                return true;

            default:
                Drop(ref port, reason);
                return true;
        }
    }

    private bool TryForwardToMachine(ref PortRecord port, int target)
    {
        if (!_ports.TryFind(target, out ulong machineId, out uint group))
        {
            Drop(ref port, DropReason.NoDestination);
            return true;
        }

        if (group != port.Group)
        {
            Drop(ref port, DropReason.OtherGroup);
            return true;
        }

        ulong timeNs = CaptureTimeNs;
        if (!TryInject(target, machineId, new GuestFrameSource(_frame), _frame.Offload))
        {
            return false;
        }

        CountSent(ref port, machineId, timeNs);
        return true;
    }

    private void ForwardToGateway(int sender, ref PortRecord port, ulong machineId)
    {
        FrameOffload offload = _frame.Offload;
        ulong timeNs = CaptureTimeNs;
        if (_switch.Tap is { } tap)
        {
            _frame.GetRest(_rest);
            if (tap.Serves(port.Group) && tap.TrySendToLinux(CopyHead(), offload, _tapQueue, _rest))
            {
                CountSent(ref port, 0, timeNs);
            }
            else
            {
                Drop(ref port, DropReason.NoUplink);
            }

            return;
        }

        Span<byte> frame = CopyFrame()[TapUplink.HeaderBytes..];
        if (!offload.IsChecksumPartial && _switch.Responder.TryAnswerEcho(frame))
        {
            CountSent(ref port, 0, timeNs);
            Answer(sender, machineId, frame);
        }
        else if (_switch.GatewayPort is { } gateway)
        {
            CountSent(ref port, 0, timeNs);
            gateway.Receive(frame, offload, machineId);
        }
        else
        {
            Drop(ref port, DropReason.NoUplink);
        }
    }

    /// <summary>Copies the head that was checked, with room for the header of the TAP interface before it.</summary>
    private Span<byte> CopyHead()
    {
        Span<byte> buffer = _scratch.AsSpan(0, TapUplink.HeaderBytes + _frame.Head.Length);
        _frame.Head.CopyTo(buffer[TapUplink.HeaderBytes..]);
        return buffer;
    }

    /// <summary>Copies the frame, with room for the header of the TAP interface before it.</summary>
    private Span<byte> CopyFrame()
    {
        Span<byte> buffer = _scratch.AsSpan(0, TapUplink.HeaderBytes + _frame.LengthBytes);
        _frame.CopyTo(0, buffer[TapUplink.HeaderBytes..]);
        return buffer;
    }

    /// <summary>Puts a frame on the network behind the TAP interface, for whoever has its destination there.</summary>
    private bool SendOutside(ref PortRecord port, Span<byte> buffer, PieceList? rest = null)
    {
        ulong timeNs = CaptureTimeNs;
        bool isSent = _switch.Tap is { } tap
            && tap.Serves(port.Group)
            && tap.TrySend(buffer, _frame.Offload, _tapQueue, rest);
        if (isSent)
        {
            CountSent(ref port, 0, timeNs);
        }
        else
        {
            Drop(ref port, DropReason.NoUplink);
        }

        return isSent;
    }

    /// <summary>Sends a VM's message to DHCP servers, if it speaks for itself.</summary>
    private void AskDhcp(int sender, ref PortRecord port)
    {
        Span<byte> buffer = CopyFrame();
        if (_switch.Dhcp.Find(sender) is not { } dhcp
            || !DhcpFrame.TryReadQuestion(buffer[TapUplink.HeaderBytes..], out DhcpClientMessage message)
            || !dhcp.TryAsk(message))
        {
            Drop(ref port, DropReason.ForgedDhcp);
        }
        else if (SendOutside(ref port, buffer) && message.Type is DhcpMessageType.Decline or DhcpMessageType.Release)
        {
            _switch.Dhcp.End(dhcp);
        }
    }

    /// <summary>Answers an ARP request, or lets it out to those whose addresses the kernel does not know.</summary>
    private void ForwardArp(int sender, ref PortRecord port, ulong machineId)
    {
        int target = Responder.TryReadArp(_frame.Head, out ArpPacket request)
            ? _switch.FindIp(request.TargetAddress)
            : SwitchAddressing.None;
        bool isForOutside = (target == SwitchAddressing.None || target == sender)
            && request.Operation == ArpOperation.Request
            && _switch.Dhcp.Find(sender) is not null;
        if (isForOutside)
        {
            SendOutside(ref port, CopyFrame());
            return;
        }

        CountSent(ref port, 0, CaptureTimeNs);
        if (IsTold(sender, ref port, target))
        {
            Answer(sender, machineId, _answer.AsSpan(0, Responder.AnswerArp(request, target, _answer)));
        }
    }

    private void AnswerNeighbor(int sender, ref PortRecord port, ulong machineId)
    {
        int target = _switch.Responder.FindNeighborTarget(_frame.Head, out NeighborSolicitation solicitation);
        if (IsTold(sender, ref port, target))
        {
            int bytes = Responder.AnswerNeighbor(_frame.Head, solicitation, target, _answer);
            Answer(sender, machineId, _answer.AsSpan(0, bytes));
        }
    }

    /// <summary>
    /// Whether a VM learns of an address: the gateway's, and those of VMs that it may talk to. Not its own: an answer
    /// would tell it that somebody else has it (RFC 5227, RFC 4862 section 5.4).
    /// </summary>
    private bool IsTold(int sender, ref PortRecord port, int target) =>
        target == SwitchAddressing.Gateway
        || (target >= 0
            && target != sender
            && _ports.TryFind(target, out _, out uint group)
            && group == port.Group);

    /// <summary>Gives a frame to a VM of this worker: into its ring, or its queue.</summary>
    private void Deliver<TSource>(
        int index, ulong machineId, in TSource source, in FrameOffload offload, bool isPatient = false)
        where TSource : struct, IFrameSource, allows ref struct
    {
        ref MachineRecord record = ref _table[index];
        if (record.MachineId != machineId || record.State is MachineState.Free or MachineState.Ended)
        {
            _total.CountDrop(DropReason.NotRunning);
            return;
        }

        // One that its worker has not taken on yet, or that is parked, gets the frame when it is entered.
        ref PortRecord port = ref _ports[index];
        bool isFirst = port.QueueFirst == MachineRecord.None;
        if (isFirst && record.State != MachineState.Created && record.Slot != MachineRecord.None)
        {
            IExecutionSlot slot = _context.Slots[record.Slot];
            NicDevice.DeliverResult result = NicDevice.Deliver(_reach, ref record, slot, source, offload);
            if (record.IsOutOfMemory)
            {
                // It is woken to end.
                Notify(index, ref record);
            }

            if (result == NicDevice.DeliverResult.Delivered)
            {
                port.Counters.CountReceived(source.LengthBytes);
                _total.CountReceived(source.LengthBytes);
                if (isPatient)
                {
                    record.HasPatientFrames = true;
                    _worker.WakeSoon(index, _context.Clock.NowNs + PatienceNs);
                }
                else
                {
                    Notify(index, ref record);
                }

                return;
            }

            if (result is NicDevice.DeliverResult.NoRing or NicDevice.DeliverResult.TooLarge)
            {
                Drop(ref port, ReasonOf(result));
                return;
            }
        }

        if (!_queues.TryAdd(index, source, offload, out DropReason reason))
        {
            Drop(ref port, reason);
        }
        else if (isFirst)
        {
            // It is told once that there is no room.
            Notify(index, ref record);
        }
    }

    /// <summary>Puts a frame into the ring to another worker.</summary>
    private bool TryPush<TSource>(
        int owner, int target, ulong machineId, in TSource source, in FrameOffload offload)
        where TSource : struct, IFrameSource, allows ref struct
    {
        FrameRing ring = _switch.RingTo(_worker.Index, owner);
        var entry = new RingFrame
        {
            LengthBytes = source.LengthBytes,
            Index = target,
            MachineId = machineId,
            Offload = offload,
        };
        if (!ring.TryPush(entry, source))
        {
            ring.WaitForRoom();
            if (!ring.TryPush(entry, source))
            {
                _context.Workers[owner].Network.SignalInbound();
                KickLater(owner);
                return false;
            }
        }

        // In this order: the other worker looks at its inbound frames after the VM's state has become idle, so either
        // it sees this frame, or this worker sees the state and kicks.
        _context.Workers[owner].Network.SignalInbound();
        if (_context.Workers[owner].IsKickNeededFor(target))
        {
            KickLater(owner);
        }

        return true;
    }

    /// <summary>Takes in what is in a ring now.</summary>
    /// <returns>Whether the producer waits for room.</returns>
    private bool Drain(FrameRing ring, bool isCaptured)
    {
        // As much as the ring can hold: a producer that goes on meanwhile does not keep the worker.
        int left = FrameRing.LargestBytes;
        while (ring.TryPeek(out RingFrame frame, out ReadOnlySpan<byte> bytes))
        {
            if (left < 0)
            {
                SignalInbound();
                break;
            }

            left -= frame.LengthBytes;
            if (isCaptured)
            {
                Capture(new SpanFrame(bytes), frame.Offload, frame.MachineId, 0, CaptureTimeNs);
            }

            int owner = Volatile.Read(ref _table[frame.Index].Worker);
            if (owner == _worker.Index)
            {
                Deliver(frame.Index, frame.MachineId, new SpanFrame(bytes), frame.Offload);
            }
            else if (!TryPush(owner, frame.Index, frame.MachineId, new SpanFrame(bytes), frame.Offload))
            {
                // It moved, and nobody waits here for the way to its new worker.
                _total.CountDrop(DropReason.QueueFull);
            }

            ring.Release(frame);
        }

        return ring.TakeWait();
    }

    private void Notify(int index, ref MachineRecord record)
    {
        record.Pending |= InterruptBits.Nic;
        _worker.Wake(index);
    }

    private void KickLater(int worker)
    {
        _toKick[worker] = true;
        _hasKicks = true;
    }

    /// <summary>One kick for all that was sent to a worker.</summary>
    private void KickOthers()
    {
        if (!_hasKicks)
        {
            return;
        }

        _hasKicks = false;
        for (int i = 0; i < _toKick.Length; i++)
        {
            if (_toKick[i])
            {
                _toKick[i] = false;
                _context.Workers[i].Kick();
            }
        }
    }

    /// <summary>The kernel itself answers a VM.</summary>
    private void Answer(int target, ulong machineId, ReadOnlySpan<byte> frame)
    {
        var source = new SpanFrame(frame);
        Capture(source, default, machineId, 0, CaptureTimeNs);
        Deliver(target, machineId, source, default);
    }

    /// <summary>The VM's frame goes on: it is counted, and captured.</summary>
    /// <param name="port">The VM that sent it.</param>
    /// <param name="target">Number of the VM that it is for, 0 for none.</param>
    /// <param name="timeNs">When it went on, as <see cref="CaptureTimeNs"/> said before.</param>
    private void CountSent(ref PortRecord port, ulong target, ulong timeNs)
    {
        Capture(new GuestFrameSource(_frame), _frame.Offload, port.MachineId, target, timeNs);
        port.Counters.CountSent(_frame.LengthBytes);
        _total.CountSent(_frame.LengthBytes);
    }

    private void Drop(ref PortRecord port, DropReason reason)
    {
        port.Counters.CountDrop(reason);
        _total.CountDrop(reason);
    }
}
