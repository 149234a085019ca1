// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Threading;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Bench;

/// <summary>
/// Behind the gateway: drops what a VM sends, or sends it back at once, on the worker's thread, so that an answer
/// becomes the next request.
/// </summary>
internal sealed class ReflectingPort : IKernelPort, IDisposable
{
    // Short enough that a host that does something else in between spoils few of them.
    private const int WindowFrames = 60;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private const int MacBytes = MacAddress.SizeOf;
    private const int AddressAt = EthernetHeader.SizeBytes + 12;
    private const int PortAt = EthernetHeader.SizeBytes + Ipv4Header.SizeBytes;
    private const int HeaderBytes = PortAt + UdpHeader.SizeBytes;

    private readonly VirtualSwitch _switch;
    private readonly byte[] _frame = new byte[(1 << 16) + EthernetHeader.SizeBytes];
    private readonly ManualResetEventSlim _isFilled = new();
    private long[] _ticks = [];
    private int _filled;
    private int _inWindow;

    internal ReflectingPort(VirtualSwitch network)
    {
        _switch = network;
        network.GatewayPort = this;
    }

    /// <summary>Whether frames go back. Any thread.</summary>
    internal volatile bool IsReflecting;

    /// <summary>Frames that came since it was last measured. To be read when no more come.</summary>
    internal int Count { get; private set; }

    public void Dispose() => _isFilled.Dispose();

    /// <summary>Prepares a measurement, while no frames come.</summary>
    /// <param name="windows">Of how many stretches of time.</param>
    internal void Prepare(int windows)
    {
        _isFilled.Reset();
        _filled = 0;
        _inWindow = 0;
        Count = 0;
        Volatile.Write(ref _ticks, new long[windows]);
    }

    /// <summary>Waits until enough frames have come.</summary>
    /// <returns>Microseconds per frame, for each stretch but the first.</returns>
    internal double[] WaitMicroseconds()
    {
        if (!_isFilled.Wait(s_patience))
        {
            throw new InvalidOperationException($"{Count} frames came in {s_patience}");
        }

        double[] us = new double[_ticks.Length - 1];
        for (int i = 0; i < us.Length; i++)
        {
            us[i] = Stopwatch.GetElapsedTime(_ticks[i], _ticks[i + 1]).TotalMicroseconds / WindowFrames;
        }

        return us;
    }

    void IKernelPort.Receive(ReadOnlySpan<byte> frame, in FrameOffload offload, ulong machineId)
    {
        Note();
        if (!IsReflecting || frame.Length < HeaderBytes)
        {
            return;
        }

        Span<byte> back = _frame.AsSpan(0, frame.Length);
        frame.CopyTo(back);
        Swap(frame, back, 0, MacBytes);
        Swap(frame, back, AddressAt, sizeof(uint));
        Swap(frame, back, PortAt, sizeof(ushort));
        _ = _switch.TryInject(new OutgoingFrame
        {
            Headers = back[..HeaderBytes],
            Payload = back[HeaderBytes..],
            Offload = offload,
        });
    }

    private void Note()
    {
        Count++;
        if (_filled < _ticks.Length && ++_inWindow == WindowFrames)
        {
            _inWindow = 0;
            _ticks[_filled++] = Stopwatch.GetTimestamp();
            if (_filled == _ticks.Length)
            {
                _isFilled.Set();
            }
        }
    }

    // The checksums hold whoever is the source and who the destination.
    private static void Swap(ReadOnlySpan<byte> from, Span<byte> to, int offset, int bytes)
    {
        from.Slice(offset, bytes).CopyTo(to[(offset + bytes)..]);
        from.Slice(offset + bytes, bytes).CopyTo(to[offset..]);
    }
}
