// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;

namespace Denali.Net.Tests.Simulation;

/// <summary>What is between the hosts: it delays, loses, doubles, reorders, damages and refuses frames.</summary>
internal sealed class SimulatedNetwork(SimulationPlan plan, Random random, SimulatedHost[] hosts)
{
    private const int SmallestPathBytes = 576;
    private const int SmallestIpv6PathBytes = 1280;

    private readonly PriorityQueue<(int Host, byte[]? Frame, FrameOffload Offload), (ulong, long)> _events = new();
    private readonly int[] _pathMtuBytes = new int[hosts.Length];
    private readonly ulong _outageNs = plan.StartNs + (ulong)random.Next(1, 2_000_000_000);
    private readonly ulong _outageEndNs = plan.HasOutage ? (ulong)random.NextInt64(1, 25_000_000_000) : 0;
    private ulong _nextPathChangeNs = plan.StartNs;
    private long _order;

    /// <summary>When the next frame is somewhere.</summary>
    public ulong NextNs => _events.TryPeek(out _, out (ulong TimeNs, long) at) ? at.TimeNs : ulong.MaxValue;

    /// <summary>Lets hosts that have frames begin to send them.</summary>
    public void StartLinks(ulong nowNs)
    {
        foreach (SimulatedHost host in hosts)
        {
            if (host.HasFrames && !host.IsBusy)
            {
                host.IsBusy = true;
                _events.Enqueue((host.Number, null, default), (nowNs + host.DepartureNs(), _order++));
            }
        }
    }

    /// <summary>Does everything that is to happen by now.</summary>
    public void Advance(ulong nowNs)
    {
        while (NextNs <= nowNs)
        {
            (int number, byte[]? frame, FrameOffload offload) = _events.Dequeue();
            SimulatedHost host = hosts[number];
            if (frame is not null)
            {
                host.Receive(frame, offload, nowNs);
                continue;
            }

            host.IsBusy = false;
            (byte[] departing, FrameOffload work) = host.Depart();
            Carry(host, departing, work, nowNs);
        }
    }

    private void Carry(SimulatedHost from, byte[] frame, FrameOffload offload, ulong nowNs)
    {
        ChangePaths(nowNs);
        if (nowNs >= _outageNs && nowNs < _outageNs + _outageEndNs)
        {
            return;
        }

        if (!plan.IsCutAlways && !plan.HasSmallPaths)
        {
            Route(from, frame, offload, nowNs);
            return;
        }

        foreach (byte[] piece in FrameCutter.Cut(frame, offload))
        {
            Route(from, piece, default, nowNs);
        }
    }

    private void Route(SimulatedHost from, byte[] frame, FrameOffload offload, ulong nowNs)
    {
        _ = EthernetHeader.TryParse(frame, out EthernetHeader header);
        foreach (SimulatedHost to in hosts)
        {
            if (to != from && (header.Destination == to.Mac || header.Destination.IsGroup))
            {
                Forward(from, to, frame, offload, nowNs);
            }
        }
    }

    private void Forward(SimulatedHost from, SimulatedHost to, byte[] frame, FrameOffload offload, ulong nowNs)
    {
        int mtu = _pathMtuBytes[to.Number];
        mtu = mtu != 0 && frame[EthernetHeader.SizeBytes] >> 4 == 6 ? Math.Max(mtu, SmallestIpv6PathBytes) : mtu;
        if (mtu != 0 && RouterModel.IsTooLarge(frame, mtu))
        {
            if (RouterModel.TellTooLarge(frame, mtu) is byte[] error)
            {
                Deliver(from, error, default, nowNs);
            }

            return;
        }

        Deliver(to, frame, offload, nowNs);
        if (Happens(plan.DuplicatePermille))
        {
            Deliver(to, frame, offload, nowNs);
        }
    }

    private void Deliver(SimulatedHost to, byte[] frame, FrameOffload offload, ulong nowNs)
    {
        if (Happens(plan.LossPermille))
        {
            return;
        }

        if (Happens(plan.CorruptPermille) && (frame[12] != 0x08 || frame[13] != 0x06))
        {
            // ARP has no checksum of its own: on a real wire the frame's catches this.
            frame = [.. frame];
            frame[random.Next(frame.Length)] ^= (byte)random.Next(1, 256);
        }

        ulong delay = plan.DelayNs + (plan.JitterNs == 0 ? 0 : (ulong)random.NextInt64((long)plan.JitterNs));
        if (Happens(plan.ReorderPermille))
        {
            delay += (ulong)random.NextInt64((long)(plan.DelayNs * 2) + 1_000_000);
        }

        _events.Enqueue((to.Number, frame, offload), (nowNs + delay, _order++));
    }

    private void ChangePaths(ulong nowNs)
    {
        if (!plan.HasSmallPaths || nowNs < _nextPathChangeNs)
        {
            return;
        }

        _nextPathChangeNs = nowNs + (ulong)random.NextInt64(1_000_000, 10_000_000_000);
        _pathMtuBytes[random.Next(hosts.Length)] = random.Next(3) == 0 ? 0 : random.Next(SmallestPathBytes, 1500);
    }

    private bool Happens(int permille) => permille > 0 && random.Next(1000) < permille;
}
