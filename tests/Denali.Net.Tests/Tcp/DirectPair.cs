// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Tcp;

/// <summary>Two layers whose packets go straight over, through rings that are allocated once: for counting
/// bytes.</summary>
internal sealed class DirectPair
{
    private const int Slots = 4096;

    private readonly Direction _toRight;
    private readonly Direction _toLeft;
    private readonly byte[] _sink = new byte[128 * 1024];
    private ulong _nowNs = 1_000_000_000;

    public DirectPair()
    {
        Buffers.Scribbles = false;
        TcpSettings settings = new() { TimeWaitMax = 1024, SegmentLifetimeNs = 1_000_000 };
        _toRight = new Direction(this);
        _toLeft = new Direction(this);
        Left = new TcpLayer(_toRight, Buffers, new SeededRandom(1), settings);
        Right = new TcpLayer(_toLeft, Buffers, new SeededRandom(2), settings);
        Listener = Right.Listen(RightEnd, 100, out _)!;
    }

    public static IpEndpoint RightEnd => new(IpAddress.FromIpv4(2), 80);

    public TestBuffers Buffers { get; } = new();

    public TcpLayer Left { get; }

    public TcpLayer Right { get; }

    public TcpListener Listener { get; }

    public bool IsSegmentationOffloaded { get; init; }

    public int LosesEvery { get; init; }

    public (TcpConnection Client, TcpConnection Server) Connect()
    {
        TcpConnection client = Left.Connect(default, RightEnd, out _)!;
        Run();
        return (client, Listener.Accept()!);
    }

    public void ConnectMany(int count, List<TcpConnection> into)
    {
        for (int i = 0; i < count; i++)
        {
            (TcpConnection client, TcpConnection server) = Connect();
            into.Add(client);
            into.Add(server);
        }
    }

    public void OpenAndClose(int count)
    {
        for (int i = 0; i < count; i++)
        {
            (TcpConnection client, TcpConnection server) = Connect();
            client.Send("ping"u8);
            Run();
            server.Consume(4);
            client.Release();
            server.Release();
            Run();
        }

        _nowNs += 1_000_000_000;
        Run();
    }

    /// <summary>Sends a text and reads what comes, again and again.</summary>
    public void Exchange(TcpConnection client, TcpConnection server, byte[] data, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            _ = client.Send(data);
            Step();
            _ = server.Receive(_sink);
        }
    }

    public void Run()
    {
        for (int i = 0; i < 8; i++)
        {
            Step();
        }
    }

    private void Step()
    {
        _nowNs += 100_000;
        _ = Left.Poll(_nowNs);
        _toRight.Deliver(Right, _nowNs);
        _ = Right.Poll(_nowNs);
        _toLeft.Deliver(Left, _nowNs);
    }

    private sealed class Direction(DirectPair pair) : IIpOutput
    {
        private readonly byte[][] _packets = new byte[Slots][];
        private readonly int[] _lengths = new int[Slots];
        private readonly ushort[] _segments = new ushort[Slots];
        private int _count;
        private int _sent;
        private IpAddress _source;
        private IpAddress _destination;

        public bool IsSegmentationOffloaded => pair.IsSegmentationOffloaded;

        public int LargestPacketBytes => 65535;

        public int PathMtuOf(IpAddress destination) => 1500;

        public bool TryGetSource(IpAddress destination, out IpAddress source)
        {
            source = IpAddress.FromIpv4(1);
            return true;
        }

        public IpSendResult Send(scoped ref IpTransmission packet)
        {
            if (_count == Slots)
            {
                return IpSendResult.LinkFull;
            }

            if (pair.LosesEvery != 0 && packet.Payload.Length > 0 && ++_sent % pair.LosesEvery == 0)
            {
                return IpSendResult.Sent;
            }

            byte[] slot = _packets[_count] ??= new byte[65536];
            packet.Header.CopyTo(slot);
            packet.Payload.CopyTo(slot.AsSpan(packet.Header.Length));
            packet.PayloadTail.CopyTo(slot.AsSpan(packet.Header.Length + packet.Payload.Length));
            _lengths[_count] = packet.Header.Length + packet.Payload.Length + packet.PayloadTail.Length;
            _segments[_count] = packet.SegmentBytes;
            _source = packet.Source;
            _destination = packet.Destination;
            _count++;
            return IpSendResult.Sent;
        }

        public void Deliver(TcpLayer to, ulong nowNs)
        {
            IpPacket packet = new() { Source = _source, Destination = _destination, IsChecksumTrusted = true };
            for (int i = 0; i < _count; i++)
            {
                packet.SegmentBytes = _segments[i];
                to.Receive(packet, _packets[i].AsSpan(0, _lengths[i]), nowNs);
            }

            _count = 0;
        }
    }
}
