// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using Denali.Kernel.Network;
using Denali.Linux;
using Denali.Net;

namespace Denali.Bench.Visits;

/// <summary>
/// Visitors of servers on Linux's own stack: a host on a segment with Linux, which a TAP interface is.
/// </summary>
internal sealed class TapHost : ClientHost, IFrameSink, ILinkAddressMap
{
    private const ulong LongestSleepNs = 100_000_000;
    private const ulong LinuxMac = 0x0264_6EFF_FF01;
    private const ulong OwnMac = 0x0264_6EFF_FF02;
    private const int PrefixLength = 24;
    private const uint OwnAddress = 0x0A62_0002;

    private readonly Lock _gate = new();
    private readonly HostClock _clock = new(1_000_000);
    private readonly byte[] _incoming = new byte[TapUplink.HeaderBytes + FramePool.LargeBytes];
    private readonly byte[] _outgoing = new byte[TapUplink.HeaderBytes + FramePool.LargeBytes];
    private readonly TapDevice _device;
    private readonly Thread _thread;
    private int _threadId;
    private ulong _wakeNs;
    private volatile bool _isStopping;

    /// <summary>Makes the interface in a thread's network namespace.</summary>
    /// <param name="home">The thread.</param>
    /// <param name="name">The interface's name.</param>
    internal TapHost(NamespaceThread home, string name)
    {
        TapDevice? device = null;
        home.Invoke(() => device = TapDevice.Open(name, LinuxMac));
        _device = device!;
        home.Ip($"addr add {ServerAddress}/{PrefixLength} dev {name}");
        var configuration = new IpInterface
        {
            Mac = new MacAddress(OwnMac),
            IsChecksumOffloaded = true,
            IsSegmentationOffloaded = true,
            LinkAddresses = this,
            Ipv4Address = IpAddress.FromIpv4(OwnAddress),
            Ipv4PrefixLength = PrefixLength,
        };
        Stack = new NetworkStack(configuration, this, new HostBuffers(), new HostRandom());
        using var started = new ManualResetEventSlim();
        _thread = new Thread(() => Run(started)) { Name = "bench-tap", IsBackground = true };
        _thread.Start();
        started.Wait();
    }

    /// <summary>The address of Linux's end, where servers listen.</summary>
    internal static string ServerAddress => "10.98.0.1";

    /// <summary>The same address.</summary>
    internal static IpAddress Server { get; } = IpAddress.FromIpv4(OwnAddress - 1);

    internal override NetworkStack Stack { get; }

    internal override void Enter()
    {
        _gate.Enter();
        Stack.SetTime(_clock.NowNs);
    }

    internal override void Leave()
    {
        ulong next = Stack.Poll(_clock.NowNs);
        bool isEarlier = next < _wakeNs;
        _gate.Exit();
        if (isEarlier && Environment.CurrentManagedThreadId != _thread.ManagedThreadId)
        {
            _ = ThreadSignal.Send(_threadId);
        }
    }

    /// <inheritdoc/>
    bool IFrameSink.TrySend(in OutgoingFrame frame)
    {
        Span<byte> to = _outgoing.AsSpan(0, TapUplink.HeaderBytes + frame.LengthBytes);
        Span<byte> bytes = to[TapUplink.HeaderBytes..];
        frame.Headers.CopyTo(bytes);
        frame.Payload.CopyTo(bytes[frame.Headers.Length..]);
        frame.PayloadTail.CopyTo(bytes[(frame.Headers.Length + frame.Payload.Length)..]);
        TapUplink.WriteHeader(to, bytes, frame.Offload);

        // A frame that Linux does not take is lost, as on any wire.
        _ = _device.TryWrite(to);
        return true;
    }

    /// <inheritdoc/>
    bool ILinkAddressMap.TryMap(IpAddress address, out MacAddress mac)
    {
        mac = new MacAddress(_device.MacAddress);
        return true;
    }

    public override void Dispose()
    {
        _isStopping = true;
        _ = ThreadSignal.Send(_threadId);
        _thread.Join();
        _device.Dispose();
    }

    private void Run(ManualResetEventSlim started)
    {
        ThreadSignal.BlockInThisThread();
        _threadId = ThreadSignal.CurrentThreadId();
        started.Set();
        while (!_isStopping)
        {
            Enter();
            TakeFrames();
            ulong nowNs = _clock.NowNs;
            ulong next = Math.Min(Stack.Poll(nowNs), nowNs + LongestSleepNs);
            _wakeNs = next;
            _gate.Exit();
            _ = ThreadSignal.WaitOrReadable(_device, next > nowNs ? (long)(next - nowNs) : 0);
        }
    }

    private void TakeFrames()
    {
        int bytes = _device.Read(_incoming);
        while (bytes != 0)
        {
            if (bytes >= TapUplink.HeaderBytes + EthernetHeader.SizeBytes)
            {
                Span<byte> frame = _incoming.AsSpan(TapUplink.HeaderBytes, bytes - TapUplink.HeaderBytes);
                Stack.Receive(frame, TapUplink.ReadHeader(_incoming, frame), _clock.NowNs);
            }

            bytes = _device.Read(_incoming);
        }
    }
}
