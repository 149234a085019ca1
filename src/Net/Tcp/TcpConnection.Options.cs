// SPDX-License-Identifier: MIT
using System;
using System.Numerics;

namespace Denali.Net.Tcp;

/// <content>What the owner may set, and see.</content>
public sealed partial class TcpConnection
{
    private const ulong KeepAliveIdleDefaultNs = 7_200_000_000_000;
    private const ulong KeepAliveIntervalDefaultNs = 75_000_000_000;
    private const byte KeepAliveCountDefault = 9;
    private const int BufferLimitMin = 4096;

    private int _sendLimit;
    private int _receiveLimitMax;
    private bool _isKeptAlive;
    private bool _isCorked;

    /// <summary>Small segments go out at once (turns Nagle's algorithm off, RFC 9293 section 3.7.4).</summary>
    public bool NoDelay { get; set; }

    /// <summary>Only full segments go out, for at most 200 ms.</summary>
    public bool Cork
    {
        get => _isCorked;
        set
        {
            _isCorked = value;
            if (!value && !IsOver)
            {
                Mark();
            }
        }
    }

    /// <summary>An idle peer is asked whether it is there (RFC 9293 section 3.8.4).</summary>
    public bool KeepAlive
    {
        get => _isKeptAlive;
        set
        {
            _isKeptAlive = value;
            Schedule();
        }
    }

    /// <summary>Silence before the first keep-alive probe, in nanoseconds; by default two hours.</summary>
    public ulong KeepAliveIdleNs { get; set; } = KeepAliveIdleDefaultNs;

    /// <summary>Time between keep-alive probes, in nanoseconds.</summary>
    public ulong KeepAliveIntervalNs { get; set; } = KeepAliveIntervalDefaultNs;

    /// <summary>Probes without an answer after which the connection is timed out.</summary>
    public byte KeepAliveCount { get; set; } = KeepAliveCountDefault;

    /// <summary>
    /// How long data may stay unacknowledged before the connection is given up, in nanoseconds; 0 for the layer's
    /// default. Of RFC 5482 only the local part: the option is not sent.
    /// </summary>
    public ulong UserTimeoutNs { get; set; }

    /// <summary>
    /// How long <see cref="Close"/> tries to deliver what was sent, in nanoseconds; then the peer gets a reset. 0
    /// resets at once. At most <see cref="TcpSettings.OrphanTimeoutNs"/>; by default that long without progress.
    /// </summary>
    public ulong LingerNs { get; set; } = ulong.MaxValue;

    /// <summary>Type of service or traffic class of our packets.</summary>
    public byte TrafficClass { get; set; }

    /// <summary>Most bytes that wait to be sent and acknowledged; rounded up to a power of two.</summary>
    public int SendBufferBytes
    {
        get => _sendLimit;
        set => _sendLimit = RoundLimit(value);
    }

    /// <summary>
    /// Most bytes that the peer may send ahead; rounded up to a power of two. The window grows up to it as the owner
    /// reads. Beyond 64 KiB it works only if set before the handshake: the window's scale is agreed on there.
    /// </summary>
    public int ReceiveBufferBytes
    {
        get => _receiveLimitMax;
        set
        {
            _receiveLimitMax = RoundLimit(value);
            _receiveLimit = Math.Min(_receiveLimit, _receiveLimitMax);
        }
    }

    /// <summary>Payload bytes acknowledged by the peer.</summary>
    public ulong BytesSent { get; private set; }

    /// <summary>Payload bytes received in order.</summary>
    public ulong BytesReceived { get; private set; }

    /// <summary>Ranges sent more than once.</summary>
    public uint Retransmissions { get; private set; }

    /// <summary>Smoothed round-trip time in nanoseconds; 0 before the first sample.</summary>
    public ulong RoundTripNs => _rtt.SmoothedNs;

    /// <summary>Congestion window in bytes.</summary>
    public uint CongestionWindow => _cwnd;

    /// <summary>Slow start threshold in bytes; uint.MaxValue before the first loss.</summary>
    public uint SlowStartThreshold => _ssthresh;

    /// <summary>Most payload bytes per segment that goes out.</summary>
    public int SegmentBytes => _smss;

    /// <summary>The peer's window in bytes.</summary>
    public uint SendWindow => _sndWnd;

    internal static int RoundLimit(int bytes) =>
        (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(bytes, BufferLimitMin, BufferAllocator.LargestBytes));

    private void ResetOptions()
    {
        _sendLimit = RoundLimit(_layer.Settings.SendBufferBytes);
        _receiveLimitMax = RoundLimit(_layer.Settings.ReceiveBufferBytes);
        _receiveLimit = Math.Min(ReceiveLimitFirst, _receiveLimitMax);
        NoDelay = false;
        _isCorked = false;
        _isKeptAlive = false;
        KeepAliveIdleNs = KeepAliveIdleDefaultNs;
        KeepAliveIntervalNs = KeepAliveIntervalDefaultNs;
        KeepAliveCount = KeepAliveCountDefault;
        UserTimeoutNs = 0;
        LingerNs = ulong.MaxValue;
        TrafficClass = 0;
        BytesSent = 0;
        BytesReceived = 0;
        Retransmissions = 0;
    }
}
