// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Tcp;

/// <summary>
/// A peer made of hand-made segments. Sequence numbers are relative: the SYN of either side is 0, its first byte is 1.
/// </summary>
internal sealed class ScriptedPeer
{
    public const ulong Millisecond = 1_000_000;
    public const ulong Second = 1000 * Millisecond;

    /// <summary>The peer's initial sequence number.</summary>
    public const uint Iss = 0xFFFF_F000;

    private readonly Queue<TestPacket> _out = new();

    public ScriptedPeer(TcpSettings? settings = null, bool isOffloaded = false)
    {
        Host = new TestHost(IpAddress.FromIpv4(0x0A000001), 7, _out.Enqueue, settings);
        Host.Ip.IsSegmentationOffloaded = isOffloaded;
        Host.Poll(NowNs);
    }

    public TestHost Host { get; }

    public IpEndpoint Local { get; set; } = new(IpAddress.FromIpv4(0x0A000001), 80);

    public IpEndpoint Remote { get; set; } = new(IpAddress.FromIpv4(0x0A000002), 5555);

    public ulong NowNs { get; private set; } = 100 * Second;

    public uint HostIss { get; set; }

    public TcpListener? Listener { get; private set; }

    public TcpConnection Connection { get; private set; } = null!;

    /// <summary>Timestamps that the peer sends, if it uses them.</summary>
    public uint? Timestamp { get; set; }

    /// <summary>What the host's last timestamp was.</summary>
    public uint LastHostTimestamp { get; private set; }

    public int Waiting => _out.Count;

    public static byte[] Mss(ushort value) => [2, 4, (byte)(value >> 8), (byte)value];

    public static byte[] Scale(byte value) => [1, 3, 3, value];

    public static byte[] SackPermitted() => [1, 1, 4, 2];

    public static byte[] Timestamps(uint value, uint echo)
    {
        byte[] bytes = [1, 1, 8, 10, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), value);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(8), echo);
        return bytes;
    }

    /// <summary>A SACK option; edges relative to the host's initial sequence number.</summary>
    public byte[] Sack(params uint[] edges)
    {
        byte[] bytes = new byte[4 + (edges.Length * 4)];
        bytes[0] = 1;
        bytes[1] = 1;
        bytes[2] = 5;
        bytes[3] = (byte)(2 + (edges.Length * 4));
        for (int i = 0; i < edges.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4 + (i * 4)), HostIss + edges[i]);
        }

        return bytes;
    }

    /// <summary>The host listens; the peer's handshake is done with the given options on its SYN.</summary>
    public static ScriptedPeer Accepted(
        byte[]? options = null, ushort window = 65535, TcpSettings? settings = null, bool isOffloaded = false,
        uint? timestamp = null)
    {
        ScriptedPeer peer = new(settings, isOffloaded) { Timestamp = timestamp };
        peer.Listen();
        peer.Send(TcpFlags.Syn, 0, 0, options: options ?? Mss(1000), window: window);
        peer.ExpectSyn(TcpFlags.Syn | TcpFlags.Ack);
        peer.Send(TcpFlags.Ack, 1, 1, window: window);
        peer.GetConnection();
        peer.ExpectNothing();
        return peer;
    }

    /// <summary>Accepts the connection whose handshake is done.</summary>
    public TcpConnection GetConnection()
    {
        Connection = Listener!.Accept()!;
        Assert.NotNull(Connection);
        return Connection;
    }

    public void Listen(int backlog = 8) => Listener = Host.Tcp.Listen(Local, backlog, out _);

    /// <summary>The host connects; nothing of the peer yet.</summary>
    public TestPacket Connect()
    {
        Connection = Host.Tcp.Connect(new IpEndpoint(Local.Address, 4444), Remote, out NetError error)!;
        Assert.Equal(NetError.None, error);
        Local = Connection.Local;
        return ExpectSyn(TcpFlags.Syn);
    }

    /// <summary>Gives a segment to the host, and polls it.</summary>
    public void Send(
        TcpFlags flags, uint sequence, uint acknowledgment, int length = 0, ushort window = 65535,
        byte[]? options = null, bool isPolled = true, byte fill = (byte)'x')
    {
        List<byte> all = [];
        if (Timestamp is uint value && (flags & TcpFlags.Rst) == 0)
        {
            all.AddRange(Timestamps(value, LastHostTimestamp));
        }

        all.AddRange(options ?? []);
        byte[] segment = new byte[TcpHeader.SizeOf + all.Count + length];
        TcpHeader header = new()
        {
            SourcePort = Remote.Port,
            DestinationPort = Local.Port,
            Sequence = Iss + sequence,
            Acknowledgment = (flags & TcpFlags.Ack) != 0 ? HostIss + acknowledgment : 0,
            HeaderBytes = TcpHeader.SizeOf + all.Count,
            Flags = flags,
            Window = window,
        };
        header.Write(segment);
        all.CopyTo(segment, TcpHeader.SizeOf);
        segment.AsSpan(header.HeaderBytes).Fill(fill);
        Inject(segment);
        if (isPolled)
        {
            Poll();
        }
    }

    public void Inject(byte[] segment) => Host.Receive(
        new TestPacket { Source = Remote.Address, Destination = Local.Address, Segment = segment }.Sealed(), NowNs);

    public void Poll() => Host.Poll(NowNs);

    /// <summary>Lets time pass, with every timer at its time.</summary>
    public void Wait(ulong durationNs)
    {
        ulong end = NowNs + durationNs;
        Poll();
        while (Host.DeadlineNs <= end)
        {
            NowNs = Math.Max(NowNs, Host.DeadlineNs);
            Poll();
        }

        NowNs = end;
        Poll();
    }

    /// <summary>Lets time pass until the host sends, and says how long that took.</summary>
    public ulong WaitForOutput(ulong limitNs)
    {
        ulong start = NowNs;
        Poll();
        while (_out.Count == 0 && Host.DeadlineNs <= start + limitNs)
        {
            NowNs = Math.Max(NowNs, Host.DeadlineNs);
            Poll();
        }

        Assert.True(_out.Count > 0, "nothing was sent");
        return NowNs - start;
    }

    public TestPacket ExpectSyn(TcpFlags flags)
    {
        Poll();
        TestPacket packet = Next();
        Assert.Equal(flags, packet.Flags);
        HostIss = packet.Header.Sequence;
        return packet;
    }

    /// <summary>The next segment of the host. PSH is not looked at.</summary>
    public TestPacket Expect(TcpFlags flags, uint sequence, int length, uint acknowledgment)
    {
        TestPacket packet = Next();
        TcpHeader header = packet.Header;
        Assert.Equal(
            $"{flags} {sequence}({length}) ack {acknowledgment}",
            $"{header.Flags & ~TcpFlags.Psh} {header.Sequence - HostIss}({packet.Payload.Length}) ack "
            + (header.Flags.HasFlag(TcpFlags.Ack) ? header.Acknowledgment - Iss : 0));
        return packet;
    }

    public void ExpectAck(uint sequence, uint acknowledgment) => Expect(TcpFlags.Ack, sequence, 0, acknowledgment);

    public void ExpectNothing() => Assert.Empty(_out);

    public void Drop() => _out.Clear();

    /// <summary>Edges of the SACK blocks, relative to the peer's initial sequence number.</summary>
    public static uint[] SackOf(TestPacket packet)
    {
        TcpOptions options = packet.Options;
        uint[] edges = new uint[options.SackBlockCount * 2];
        for (int i = 0; i < options.SackBlockCount; i++)
        {
            options.SackBlock(i, out uint start, out uint end);
            edges[i * 2] = start - Iss;
            edges[(i * 2) + 1] = end - Iss;
        }

        return edges;
    }

    /// <summary>The next segment of the host, whatever it is.</summary>
    public TestPacket Take() => Next();

    private TestPacket Next()
    {
        Assert.True(_out.Count > 0, "nothing was sent");
        TestPacket packet = _out.Dequeue();
        LastHostTimestamp = packet.Options.HasTimestamps ? packet.Options.TimestampValue : LastHostTimestamp;
        return packet;
    }
}
