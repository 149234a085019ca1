// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>The queues of a TAP interface: what Linux answers comes to the worker that asked.</summary>
public sealed class TapQueueTests
{
    private const string Name = "denaliqueue0";
    private const ushort MachinePort = 7;
    private const int UdpStart = 34;

    [Fact]
    public void Answers_OfLinux_ComeToTheQueueThatWasWrittenToLast() => PrivateNetwork.Run(() =>
    {
        using TapUplink uplink = TapUplink.Open(Name, queueCount: 2);
        Assert.Equal(2, uplink.QueueCount);
        PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {Name}");
        PrivateNetwork.Configure($"neigh add 10.1.0.0 lladdr 02:64:6e:00:00:00 dev {Name}");
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = (int)TestObserver.Limit.TotalMilliseconds;
        socket.Bind(new IPEndPoint(IPAddress.Parse("10.0.0.1"), 0));
        ushort port = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port;

        foreach (int queue in (int[])[1, 0, 1, 1, 0])
        {
            Send(uplink, queue, port);
            EndPoint from = new IPEndPoint(IPAddress.Any, 0);
            Assert.Equal(4, socket.ReceiveFrom(new byte[100], ref from));
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

    private static void Send(TapUplink uplink, int queue, ushort port)
    {
        byte[] datagram = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(datagram, MachinePort);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(2), port);
        BinaryPrimitives.WriteUInt16BigEndian(datagram.AsSpan(4), (ushort)datagram.Length);
        byte[] frame = Frames.Ipv4(0, SwitchAddressing.Gateway, datagram, IpProtocol.Udp);
        byte[] buffer = new byte[TapUplink.HeaderBytes + frame.Length];
        frame.CopyTo(buffer.AsSpan(TapUplink.HeaderBytes));
        Assert.True(uplink.TrySendToLinux(buffer, default, queue));
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
