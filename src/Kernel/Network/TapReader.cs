// SPDX-License-Identifier: MIT
using System;
using Denali.Linux;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// Takes in what Linux sends over the TAP interface. The kernel answers ARP and neighbour discovery for the VMs here
/// too, for those that the interface serves.
/// </summary>
/// <remarks>The own of the worker that has the queue.</remarks>
internal sealed class TapReader(TapUplink uplink, int queue, VirtualSwitch network, WorkerNetwork worker)
{
    /// <summary>Most bytes of one poll: what a VM may send in its turn.</summary>
    private const int BudgetBytes = WorkerNetwork.QuantumBytes;

    /// <summary>How long an empty interface is left alone: looking costs a third of a microsecond.</summary>
    private const ulong PauseNs = 20_000;

    /// <summary>How often leases that have ended are looked for; the filters know by themselves.</summary>
    private const ulong ExpiryNs = 1_000_000_000;

    private readonly OutsideFilter _filter = new(network.Addressing, network.Dhcp);
    private readonly byte[] _buffer = new byte[TapUplink.HeaderBytes + FramePool.LargeBytes];
    private readonly byte[] _answer = new byte[TapUplink.HeaderBytes + Responder.AnswerMaxBytes];
    private ulong _nextNs;
    private ulong _expiryNs;
    private int _waitingBytes;
    private FrameOffload _waitingOffload;

    /// <summary>Its frames cannot be passed on: the way to another worker is full.</summary>
    internal bool IsBlocked { get; private set; }

    /// <summary>What to wait for; null while its frames cannot be passed on.</summary>
    internal TapDevice? Device => IsBlocked ? null : uplink.Queue(queue);

    /// <summary>The last poll used its whole budget: there may be more.</summary>
    internal bool HasMore { get; private set; }

    /// <summary>The interface may have become readable, or another worker has made room.</summary>
    internal void OnAwake()
    {
        _nextNs = 0;
        IsBlocked = false;
        HasMore |= _waitingBytes != 0;
    }

    /// <summary>Whether it is time to look.</summary>
    internal bool IsDue(ulong nowNs) => nowNs >= _nextNs && !IsBlocked;

    /// <summary>Takes frames in, as many as the budget allows.</summary>
    internal void Poll(ulong nowNs)
    {
        HasMore = false;
        if (nowNs >= _expiryNs)
        {
            _expiryNs = nowNs + ExpiryNs;
            network.Dhcp.Expire();
        }

        if (_waitingBytes != 0 && !TryPass(_buffer.AsSpan(TapUplink.HeaderBytes, _waitingBytes), _waitingOffload))
        {
            IsBlocked = true;
            return;
        }

        _waitingBytes = 0;
        for (int left = BudgetBytes; left > 0;)
        {
            if (!uplink.TryReceive(_buffer, out Span<byte> frame, out FrameOffload offload, queue))
            {
                _nextNs = nowNs + PauseNs;
                return;
            }

            if (!TryPass(frame, offload))
            {
                // The way to the VM's worker is full. This frame stays, and Linux keeps the others.
                _waitingBytes = frame.Length;
                _waitingOffload = offload;
                IsBlocked = true;
                return;
            }

            left -= Math.Max(frame.Length, WorkerNetwork.FrameCostMin);
        }

        HasMore = true;
    }

    /// <summary>Passes a frame on, answers it or drops it.</summary>
    /// <returns>False if it has to wait.</returns>
    private bool TryPass(ReadOnlySpan<byte> frame, in FrameOffload offload)
    {
        int bytes = Answer(frame);
        if (bytes != 0)
        {
            ulong answeredNs = worker.CaptureTimeNs;
            worker.Capture(new SpanFrame(frame), offload, 0, 0, answeredNs);
            worker.Capture(
                new SpanFrame(_answer.AsSpan(TapUplink.HeaderBytes, bytes)), default, 0, 0, answeredNs);
            uplink.TrySend(_answer.AsSpan(0, TapUplink.HeaderBytes + bytes), default, queue);
            return true;
        }

        if (Check(frame, out int target, out ulong machineId) is { } reason)
        {
            worker.CountDrop(reason);
            return true;
        }

        var source = new SpanFrame(frame);
        ulong timeNs = worker.CaptureTimeNs;
        bool isPassed =
            worker.TryInject(target, machineId, source, offload, isPatient: BareAcknowledgment.Is(frame));
        if (isPassed)
        {
            worker.Capture(source, offload, machineId, 0, timeNs);
        }

        return isPassed;
    }

    /// <summary>Finds the VM that a frame is for.</summary>
    /// <returns>Why no VM gets it; null if one does.</returns>
    private DropReason? Check(ReadOnlySpan<byte> frame, out int target, out ulong machineId)
    {
        machineId = 0;
        bool isForClient = !network.Dhcp.IsEmpty && DhcpFrame.IsForClient(frame);
        DropReason? reason = isForClient ? CheckDhcp(frame, out target) : _filter.Check(frame, out target);
        return reason
            ?? (!network.Ports.TryFind(target, out machineId, out uint group) ? DropReason.NoDestination
                : !uplink.Serves(group) ? DropReason.OtherGroup
                : null);
    }

    /// <summary>
    /// Reads along what a DHCP server says, and lets it pass if it is for a VM that asked. It may be a broadcast: then
    /// the message tells whom it is for.
    /// </summary>
    private DropReason? CheckDhcp(ReadOnlySpan<byte> frame, out int target)
    {
        target = SwitchAddressing.None;
        SwitchAddressing addressing = network.Addressing;
        if (!DhcpFrame.TryReadAnswer(frame, out DhcpMessage message, out IpAddress source, out IpAddress destination))
        {
            return DropReason.Malformed;
        }

        // As it would come back from a bridge or a router if a VM had sent it.
        MacAddress from = MacAddress.Read(frame[MacAddress.SizeOf..]);
        if (addressing.FindMac(from) >= 0)
        {
            return DropReason.SpoofedMac;
        }

        if (addressing.FindIp(source) >= 0 || network.Dhcp.FindIp(source) >= 0)
        {
            return DropReason.SpoofedAddress;
        }

        target = addressing.FindMac(message.Client);
        var to = MacAddress.Read(frame);
        if (network.Dhcp.Find(target) is not { } port || (to != MacAddress.Broadcast && to != port.Mac))
        {
            return DropReason.NoDestination;
        }

        return network.Dhcp.TryTake(port, message, source, destination) ? null : DropReason.ForgedDhcp;
    }

    /// <summary>Answers a question for a VM's address.</summary>
    /// <returns>Bytes of the answer, or 0 if it is no question or there is no such VM.</returns>
    private int Answer(ReadOnlySpan<byte> frame)
    {
        Span<byte> answer = _answer.AsSpan(TapUplink.HeaderBytes);
        if (!EthernetHeader.TryParse(frame, out EthernetHeader ethernet))
        {
            return 0;
        }

        if (ethernet.EtherType == EtherType.Arp)
        {
            int asked = Responder.TryReadArp(frame, out ArpPacket request)
                ? network.FindIp(request.TargetAddress)
                : SwitchAddressing.None;
            return IsServed(asked) ? Responder.AnswerArp(request, asked, answer) : 0;
        }

        if (ethernet.EtherType != EtherType.Ipv6)
        {
            return 0;
        }

        int target = network.Responder.FindNeighborTarget(frame, out NeighborSolicitation solicitation);
        return IsServed(target) ? Responder.AnswerNeighbor(frame, solicitation, target, answer) : 0;
    }

    private bool IsServed(int index) =>
        index >= 0 && network.Ports.TryFind(index, out _, out uint group) && uplink.Serves(group);
}
