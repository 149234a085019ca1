// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>Two hosts and a wire between them that can be told to do evil. Time is virtual.</summary>
internal sealed class TestWire
{
    public const ulong Millisecond = 1_000_000;

    public const ulong Second = 1000 * Millisecond;

    private const ulong LinkDrainNs = 10_000;

    private readonly PriorityQueue<TestPacket, (ulong, int)> _flying = new();
    private int _order;

    public TestWire(TcpSettings? settings = null, bool isIpv6 = false, TcpSettings? right = null)
    {
        Left = new TestHost(AddressOf(1, isIpv6), 1, Enter, settings);
        Right = new TestHost(AddressOf(2, isIpv6), 2, Enter, right ?? settings);
    }

    public TestHost Left { get; }

    public TestHost Right { get; }

    public ulong NowNs { get; private set; } = Second;

    public ulong DelayNs { get; set; } = 5 * Millisecond;

    /// <summary>What becomes of a packet: the times after which it arrives, none if it is lost.</summary>
    public Func<TestPacket, IEnumerable<ulong>>? Fate { get; set; }

    /// <summary>Packets that a link takes at a time; -1 for any number.</summary>
    public int LinkRoom { get; set; } = -1;

    /// <summary>Cuts frames of several segments, as a real wire does.</summary>
    public bool Segments { get; set; }

    /// <summary>Everything that entered the wire, in order.</summary>
    public List<TestPacket> Log { get; } = [];

    public bool IsIdle => _flying.Count == 0;

    /// <summary>Opens a connection from left to right.</summary>
    public (TcpConnection Client, TcpConnection Server) Connect(ushort port = 80)
    {
        TcpListener listener = Right.Tcp.Listen(new IpEndpoint(Right.Address, port), 16, out _)!;
        TcpConnection client = Left.Tcp.Connect(default, listener.Local, out _)!;
        RunUntil(() => listener.PendingCount > 0 && client.State == TcpState.Established, 200 * Second);
        TcpConnection server = listener.Accept()!;
        listener.Close();
        return (client, server);
    }

    /// <summary>Lets time pass until something is so.</summary>
    public bool RunUntil(Func<bool> condition, ulong limitNs)
    {
        ulong end = NowNs + limitNs;
        ulong last = 0;
        int still = 0;
        while (true)
        {
            // Time has to pass: a stack that asks to be polled at once for ever is a defect.
            still = NowNs == last ? still + 1 : 0;
            last = NowNs;
            Assert.True(still < 10_000, "time stands still");
            PollBoth();
            if (condition())
            {
                return true;
            }

            // What the condition did may have to go out before anything else happens.
            PollBoth();

            ulong next = Math.Min(Left.DeadlineNs, Right.DeadlineNs);
            if (_flying.TryPeek(out _, out (ulong At, int) first))
            {
                next = Math.Min(next, first.At);
            }

            if (Left.Ip.RoomLeft == 0 || Right.Ip.RoomLeft == 0)
            {
                next = Math.Min(next, NowNs + LinkDrainNs);
            }

            if (next > end)
            {
                NowNs = end;
                return false;
            }

            NowNs = Math.Max(NowNs, next);
            while (_flying.TryPeek(out TestPacket? packet, out first) && first.At <= NowNs)
            {
                _flying.Dequeue();
                (packet.Destination == Left.Address ? Left : Right).Receive(packet, NowNs);
            }
        }
    }

    public void Run(ulong durationNs) => RunUntil(() => false, durationNs);

    private void PollBoth()
    {
        Left.Ip.RoomLeft = LinkRoom;
        Right.Ip.RoomLeft = LinkRoom;
        Left.Poll(NowNs);
        Right.Poll(NowNs);
    }

    private static IpAddress AddressOf(uint number, bool isIpv6) =>
        isIpv6 ? new IpAddress(0xFD00_0000_0000_0000, number) : IpAddress.FromIpv4(0x0A000000 + number);

    private void Enter(TestPacket packet)
    {
        if (!Segments || packet.SegmentBytes == 0)
        {
            Fly(packet);
            return;
        }

        TcpHeader header = packet.Header;
        int length = packet.Payload.Length;
        for (int at = 0; at < length; at += packet.SegmentBytes)
        {
            int count = Math.Min(packet.SegmentBytes, length - at);
            byte[] bytes =
            [
                .. packet.Segment.AsSpan(0, header.HeaderBytes),
                .. packet.Segment.AsSpan(header.HeaderBytes + at, count),
            ];
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), header.Sequence + (uint)at);
            if (at + count < length)
            {
                bytes[13] &= (byte)~(TcpFlags.Fin | TcpFlags.Psh);
            }

            Fly(new TestPacket
            {
                Source = packet.Source,
                Destination = packet.Destination,
                Segment = bytes,
                SentNs = packet.SentNs,
            }.Sealed());
        }
    }

    private void Fly(TestPacket packet)
    {
        Log.Add(packet);
        foreach (ulong delay in Fate?.Invoke(packet) ?? [DelayNs])
        {
            _flying.Enqueue(packet, (NowNs + delay, _order++));
        }
    }
}
