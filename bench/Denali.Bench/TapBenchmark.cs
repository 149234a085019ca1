// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using Denali.Kernel.Network;
using Denali.Net;
using Denali.Net.Tcp;

namespace Denali.Bench;

/// <summary>The system calls of a TAP interface, which lies in a network namespace of its own.</summary>
internal sealed class TapBenchmark : IDisposable
{
    private const string Name = "denalibench";
    private const int PlainMax = 1514;
    private const int SegmentBytes = 1448;
    private const int TransportStart = EthernetHeader.SizeBytes + Ipv4Header.SizeBytes;
    private const byte HopLimit = 64;

    // Linux keeps up to 500 frames, or more, for a reader that does not come.
    private const int Batch = 100;

    private readonly NamespaceThread _thread = new();
    private readonly byte[] _buffer = new byte[TapUplink.HeaderBytes + (1 << 16)];
    private readonly SwitchAddressing _addressing = new(new LanOptions());
    private TapUplink? _tap;

    private TapBenchmark()
    {
        _thread.Invoke(() => _tap = TapUplink.Open(Name));
        _thread.Ip($"addr add 10.0.0.1/8 dev {Name}");
        _thread.Ip($"neigh add 10.1.0.0 lladdr 02:64:6e:00:00:00 dev {Name}");
    }

    /// <summary>Makes the interface where that is possible.</summary>
    /// <returns>The benchmark, or null without root.</returns>
    internal static TapBenchmark? TryCreate()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            BenchmarkContext.Progress("the TAP interface is left out: it needs root");
            return null;
        }

        return new TapBenchmark();
    }

    public void Dispose()
    {
        _tap?.Dispose();
        _thread.Dispose();
    }

    /// <summary>Measures frames of a size.</summary>
    internal void Measure(BenchmarkContext context, int frameBytes)
    {
        int rounds = context.IsQuick ? 50 : 500;
        context.Add($"{frameBytes} B: TAP write", Repeat(rounds, MakeWrite(frameBytes)), "us");
        if (frameBytes <= PlainMax)
        {
            // Of Linux's frames a larger one comes only from its TCP.
            context.Add($"{frameBytes} B: TAP read", Repeat(rounds, () => Read(frameBytes)), "us");
        }
    }

    private List<double> Repeat(int rounds, Func<double> measure)
    {
        List<double> us = [];
        _thread.Invoke(() => us.AddRange(Enumerable.Range(0, rounds).Select(_ => measure())));
        return us;
    }

    // To an address that is not Linux's own: the frame ends where it would be passed on.
    private Func<double> MakeWrite(int frameBytes)
    {
        bool isLarge = frameBytes > PlainMax;
        Span<byte> frame = _buffer.AsSpan(TapUplink.HeaderBytes, frameBytes);
        frame.Clear();
        new EthernetHeader
        {
            Destination = SwitchAddressing.GatewayMac,
            Source = SwitchAddressing.MacOf(0),
            EtherType = EtherType.Ipv4,
        }.Write(frame);
        new Ipv4Header
        {
            TotalBytes = frameBytes - EthernetHeader.SizeBytes,
            HopLimit = HopLimit,
            Protocol = isLarge ? IpProtocol.Tcp : IpProtocol.Udp,
            Source = _addressing.Ipv4Of(0),
            Destination = _addressing.Ipv4Of(1),
        }.Write(frame[EthernetHeader.SizeBytes..]);
        FrameOffload offload = default;
        if (isLarge)
        {
            new TcpHeader { HeaderBytes = TcpHeader.SizeOf }.Write(frame[TransportStart..]);
            offload.IsChecksumPartial = true;
            offload.ChecksumStart = TransportStart;
            offload.ChecksumOffset = TcpHeader.ChecksumOffset;
            offload.SegmentBytes = SegmentBytes;
            offload.HeaderBytes = TransportStart + TcpHeader.SizeOf;
        }

        return () => Write(frameBytes, offload);
    }

    private double Write(int frameBytes, FrameOffload offload)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Batch; i++)
        {
            if (!_tap!.TrySendToLinux(_buffer.AsSpan(0, TapUplink.HeaderBytes + frameBytes), offload))
            {
                throw new InvalidOperationException("Linux does not take a frame");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Batch;
    }

    private double Read(int frameBytes)
    {
        // Whatever Linux has sent by itself meanwhile.
        while (_tap!.TryReceive(_buffer, out _, out _))
        {
        }

        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            var machine = new IPEndPoint(IPAddress.Parse("10.1.0.0"), 7);
            byte[] payload = new byte[frameBytes - TransportStart - UdpHeader.SizeBytes];
            for (int i = 0; i < Batch; i++)
            {
                _ = socket.SendTo(payload, machine);
            }
        }

        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Batch; i++)
        {
            if (!_tap.TryReceive(_buffer, out Span<byte> frame, out _) || frame.IsEmpty)
            {
                throw new InvalidOperationException($"Linux sent {i} frames of {Batch}");
            }
        }

        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / Batch;
    }
}
