// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Linux;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>The queues of a TAP interface: what Linux answers comes to the worker that asked.</summary>
public sealed class TapQueueTests
{
    private const string Name = "denaliqueue0";
    private const ushort MachinePort = 7;
    private const int UdpStart = 34;
    private const int UdpHeaderBytes = 8;

    // In the middle of the UDP header.
    private const int PiecesStart = TapUplink.HeaderBytes + UdpStart + 3;

    private static readonly byte[] s_payload = [3, 1, 4, 1, 5];

    [Fact]
    public void Answers_OfLinux_ComeToTheQueueThatWasWrittenToLast() => PrivateNetwork.Run(() =>
    {
        using TapUplink uplink = TapUplink.Open(Name, queueCount: 2);
        Assert.Equal(2, uplink.QueueCount);
        using Socket socket = OpenSocket(out ushort port);

        foreach (int queue in (int[])[1, 0, 1, 1, 0])
        {
            Send(uplink, queue, port);
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            Assert.Equal(s_payload.Length, socket.ReceiveFrom(new byte[100], ref from));
            Assert.Equal(new IPEndPoint(IPAddress.Parse("10.1.0.0"), MachinePort), from);
            _ = socket.SendTo("back"u8, from);

            WaitForAnswer(uplink, queue);
            Assert.False(TakesAnswer(uplink, 1 - queue));
        }
    });

    [Fact]
    public void Interface_WithQueues_IsNotForAnotherKernel() => PrivateNetwork.Run(() =>
    {
        using TapUplink uplink = TapUplink.Open(Name, queueCount: 2);

        Assert.Throws<KernelException>(() => TapUplink.Open(Name, queueCount: 2));
        Assert.Throws<KernelException>(() => TapUplink.Open(Name));
    });

    [Fact]
    public void Interface_ThatWasMadeBefore_HasTheQueueThatItHas() => PrivateNetwork.Run(() =>
    {
        PrivateNetwork.Configure($"tuntap add {Name} mode tap vnet_hdr");

        using TapUplink uplink = TapUplink.Open(Name, queueCount: 2);

        Assert.Equal(1, uplink.QueueCount);
    });

    [Fact]
    public void Frame_InPieces_IsTakenWhole() => PrivateNetwork.Run(() =>
    {
        using TapUplink uplink = TapUplink.Open(Name);
        using Socket socket = OpenSocket(out ushort port);
        byte[] buffer = Build(port);
        byte[] rest = GC.AllocateArray<byte>(buffer.Length - PiecesStart, pinned: true);
        buffer.AsSpan(PiecesStart).CopyTo(rest);
        var pieces = new PieceList(2);
        pieces.Add(rest.AsSpan(0, 1));
        pieces.Add(rest.AsSpan(1));

        Assert.True(uplink.TrySendToLinux(buffer.AsSpan(0, PiecesStart), default, queue: 0, pieces));

        byte[] payload = new byte[100];
        Assert.Equal(s_payload, payload[..socket.Receive(payload)]);
    });

    private static Socket OpenSocket(out ushort port)
    {
        PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {Name}");
        PrivateNetwork.Configure($"neigh add 10.1.0.0 lladdr 02:64:6e:00:00:00 dev {Name}");
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = (int)TestObserver.Limit.TotalMilliseconds;
        socket.Bind(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 0));
        port = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }

    private static void Send(TapUplink uplink, int queue, ushort port) =>
        Assert.True(uplink.TrySendToLinux(Build(port), default, queue));

    private static byte[] Build(ushort port)
    {
        byte[] datagram = new byte[UdpHeaderBytes + s_payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, MachinePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        s_payload.CopyTo(datagram, UdpHeaderBytes);
        byte[] frame = Frames.Ipv4(0, SwitchAddressing.Gateway, datagram, IpProtocol.Udp);
        byte[] buffer = new byte[TapUplink.HeaderBytes + frame.Length];
        frame.CopyTo(buffer.AsSpan(TapUplink.HeaderBytes));
        return buffer;
    }

    private static void WaitForAnswer(TapUplink uplink, int queue)
    {
        long start = Stopwatch.GetTimestamp();
        while (!TakesAnswer(uplink, queue))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TestObserver.Limit, $"no answer came to queue {queue}");
        }
    }

    /// <summary>Whether the answer is in a queue, among what Linux sends by itself.</summary>
    private static bool TakesAnswer(TapUplink uplink, int queue)
    {
        byte[] buffer = new byte[TapUplink.HeaderBytes + FramePool.LargeBytes];
        while (uplink.TryReceive(buffer, out Span<byte> frame, out _, queue))
        {
            if (frame.Length > UdpStart + 4
                && BinaryPrimitives.ReadUInt16BigEndian(frame[12..]) == (ushort)EtherType.Ipv4
                && BinaryPrimitives.ReadUInt16BigEndian(frame[(UdpStart + 2)..]) == MachinePort)
            {
                return true;
            }
        }

        return false;
    }
}
