// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Linq;
using Denali.Net;
using Denali.Net.Tests.Simulation;

namespace Denali.Interop.Tests.Wire;

/// <summary>
/// Frames on their way between Linux and a peer, and what happens to them there. Only TCP has bad luck: it mends
/// itself, and a lost ARP request would only cost a second.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class FaultyWire(FaultPlan plan, int seed)
{
    /// <summary>Longest time that a frame is behind those that overtake it.</summary>
    private const int LateUsMax = 4000;

    private const ulong Microsecond = 1000;

    // A router's memory. What finds no room is lost.
    private const int BytesMax = 16 << 20;

    private readonly PriorityQueue<WireFrame, (ulong DueNs, long Number)> _frames = new();
    private readonly Random _random = new(seed);
    private long _count;
    private int _bytes;

    /// <summary>Frames that went in, pieces of large ones each.</summary>
    internal long OfferedCount { get; private set; }

    /// <summary>Frames that had bad luck.</summary>
    internal long FaultCount { get; private set; }

    /// <summary>The cable is cut: nothing goes through.</summary>
    internal bool IsDown { get; set; }

    /// <summary>When the next frame arrives; <see cref="ulong.MaxValue"/> for never.</summary>
    internal ulong NextNs =>
        _frames.TryPeek(out _, out (ulong DueNs, long Number) next) ? next.DueNs : ulong.MaxValue;

    /// <summary>Takes a frame in.</summary>
    internal void Offer(in WireFrame frame, ulong nowNs)
    {
        if (IsDown)
        {
            return;
        }

        if (!plan.IsCut)
        {
            Meet(frame, nowNs);
            return;
        }

        foreach (byte[] piece in FrameCutter.Cut(frame.Bytes, frame.Offload))
        {
            Meet(frame with { Bytes = piece, Offload = default }, nowNs);
        }
    }

    /// <summary>Gives the next frame that has arrived.</summary>
    internal bool TryTake(ulong nowNs, out WireFrame frame)
    {
        frame = default;
        if (NextNs > nowNs)
        {
            return false;
        }

        frame = _frames.Dequeue();
        _bytes -= frame.Bytes.Length;
        return true;
    }

    // Linux's frame may carry an Ethernet header only, so nothing is believed of it.
    private static bool IsTcp(ReadOnlySpan<byte> frame)
    {
        const int Ipv4Protocol = 23;
        const int Ipv6NextHeader = 20;
        if (frame.Length < EthernetHeader.SizeBytes + Ipv6Header.SizeBytes)
        {
            return false;
        }

        return (EtherType)BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) switch
        {
            EtherType.Ipv4 => frame[Ipv4Protocol] == (byte)IpProtocol.Tcp,
            EtherType.Ipv6 => frame[Ipv6NextHeader] == (byte)IpProtocol.Tcp,
            _ => false,
        };
    }

    private void Meet(WireFrame frame, ulong nowNs)
    {
        OfferedCount++;
        ulong dueNs = nowNs + ((ulong)plan.DelayMs * 1000 * Microsecond);
        if (!IsTcp(frame.Bytes))
        {
            Add(frame, dueNs);
            return;
        }

        if (IsStruck(plan.Loss))
        {
            return;
        }

        if (IsStruck(plan.Corruption))
        {
            frame = Corrupt(frame);
        }

        if (IsStruck(plan.Duplication))
        {
            Add(frame, dueNs + LateNs());
        }

        Add(frame, IsStruck(plan.Reordering) ? dueNs + LateNs() : dueNs);
    }

    private void Add(in WireFrame frame, ulong dueNs)
    {
        if (_bytes + frame.Bytes.Length <= BytesMax)
        {
            _bytes += frame.Bytes.Length;
            _frames.Enqueue(frame, (dueNs, _count++));
        }
    }

    private bool IsStruck(int thousandths)
    {
        bool isStruck = _random.Next(1000) < thousandths;
        FaultCount += isStruck ? 1 : 0;
        return isStruck;
    }

    private ulong LateNs() => (ulong)_random.Next(1, LateUsMax) * Microsecond;

    // One bit, which every Internet checksum notices. Nobody checks Ethernet's own here.
    private WireFrame Corrupt(in WireFrame frame)
    {
        byte[] bytes = [.. FrameCutter.Cut(frame.Bytes, frame.Offload).First()];
        int at = _random.Next(EthernetHeader.SizeBytes, bytes.Length);
        bytes[at] ^= (byte)(1 << _random.Next(8));
        return frame with { Bytes = bytes, Offload = default };
    }
}
