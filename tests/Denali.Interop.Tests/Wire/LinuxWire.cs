// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Threading;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Linux;
using Denali.Net;
using Xunit;

namespace Denali.Interop.Tests.Wire;

/// <summary>
/// A wire whose one end is a TAP interface of the Linux in the calling thread's network namespace, with the gateway's
/// addresses of the virtual LAN. A thread carries the frames.
/// </summary>
internal sealed class LinuxWire : IDisposable
{
    /// <summary>Linux's interface.</summary>
    internal const string InterfaceName = "lab0";

    /// <summary>Linux's addresses.</summary>
    internal static readonly SwitchAddressing Lan = new(new LanOptions());

    private const ulong Second = 1_000_000_000;
    private const int LargestFrameBytes = 70_000;

    private readonly TapDevice _tap;
    private readonly FaultyWire _wire;
    private readonly Thread _thread;
    private readonly ManualResetEventSlim _isRunning = new();
    private IFarEnd? _far;
    private Exception? _failure;
    private int _threadId;
    private volatile bool _isStopping;

    /// <summary>Makes the interface and configures it.</summary>
    internal LinuxWire(FaultPlan plan, int seed)
    {
        _wire = new FaultyWire(plan, seed);
        _tap = TapDevice.Open(InterfaceName, SwitchAddressing.GatewayMac.Value);
        PrivateNetwork.Configure("link set lo up");
        PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {InterfaceName}");
        PrivateNetwork.Configure($"-6 addr add fd64:656e:616c:6900::1/64 dev {InterfaceName} nodad");
        _thread = new Thread(Run) { Name = "wire", IsBackground = true };
    }

    /// <summary>Guards the wire and what is at its far end; pulsed after each round of the thread.</summary>
    internal object Gate { get; } = new();

    /// <summary>Monotonic nanoseconds.</summary>
    internal static ulong NowNs => (ulong)Stopwatch.GetTimestamp() * (Second / (ulong)Stopwatch.Frequency);

    /// <summary>Frames that had bad luck.</summary>
    internal long FaultCount
    {
        get
        {
            lock (Gate)
            {
                return _wire.FaultCount;
            }
        }
    }

    /// <summary>Starts carrying.</summary>
    internal void Start(IFarEnd far)
    {
        _far = far;
        _thread.Start();
        _isRunning.Wait();
    }

    /// <summary>Takes a frame for Linux from the far end, which holds the lock.</summary>
    internal void SendToLinux(byte[] frame, in FrameOffload offload) =>
        _wire.Offer(new WireFrame(frame, offload, IsToLinux: true), NowNs);

    /// <summary>Lets the thread look again.</summary>
    internal void Kick() => _ = ThreadSignal.Send(_threadId);

    /// <summary>Cuts the cable, for good.</summary>
    internal void Cut()
    {
        lock (Gate)
        {
            _wire.IsDown = true;
        }
    }

    /// <summary>Stops carrying: the far end is not called any more.</summary>
    internal void Stop()
    {
        if (_far is not null && !_isStopping)
        {
            _isStopping = true;
            Kick();
            Assert.True(_thread.Join(TimeSpan.FromSeconds(20)), "the wire does not stop");
        }
    }

    public void Dispose()
    {
        Stop();
        _tap.Dispose();
        _isRunning.Dispose();
        Assert.Null(_failure);
    }

    private void Run()
    {
        ThreadSignal.BlockInThisThread();
        _threadId = ThreadSignal.CurrentThreadId();
        _isRunning.Set();
        try
        {
            byte[] buffer = new byte[TapUplink.HeaderBytes + LargestFrameBytes];
            while (!_isStopping)
            {
                ulong nextNs = Carry(buffer);
                ulong nowNs = NowNs;
                if (nextNs > nowNs)
                {
                    _ = ThreadSignal.WaitOrReadable(_tap, (long)Math.Min(nextNs - nowNs, Second));
                }
            }
        }
        catch (Exception e)
        {
            _failure = e;
        }
    }

    private ulong Carry(byte[] buffer)
    {
        lock (Gate)
        {
            ReadFromLinux(buffer);
            ulong nowNs = NowNs;
            while (_wire.TryTake(nowNs, out WireFrame frame))
            {
                if (frame.IsToLinux)
                {
                    WriteToLinux(buffer, frame);
                }
                else
                {
                    _far!.Deliver(frame, nowNs);
                }
            }

            ulong farNs = _far!.Poll(nowNs);
            Monitor.PulseAll(Gate);
            return Math.Min(farNs, _wire.NextNs);
        }
    }

    private void ReadFromLinux(byte[] buffer)
    {
        // Few at a time: what waits for Linux waits until then.
        const int FramesMax = 64;
        for (int i = 0; i < FramesMax; i++)
        {
            int bytes = _tap.Read(buffer);
            if (bytes < TapUplink.HeaderBytes + EthernetHeader.SizeBytes)
            {
                return;
            }

            byte[] frame = buffer[TapUplink.HeaderBytes..bytes];
            FrameOffload offload = TapUplink.ReadHeader(buffer, frame);
            _wire.Offer(new WireFrame(frame, offload, IsToLinux: false), NowNs);
        }
    }

    private void WriteToLinux(byte[] buffer, in WireFrame frame)
    {
        Span<byte> whole = buffer.AsSpan(0, TapUplink.HeaderBytes + frame.Bytes.Length);
        frame.Bytes.CopyTo(whole[TapUplink.HeaderBytes..]);
        TapUplink.WriteHeader(whole, frame.Bytes, frame.Offload);
        _ = _tap.TryWrite(whole);
    }
}
