// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Net.Tcp;
using Denali.Net.Tests.Support;

namespace Denali.Net.Tests.Simulation;

/// <summary>A stack with a link that has a short queue and a speed.</summary>
internal sealed class SimulatedHost : IFrameSink
{
    // A stack may want to be polled again at once, but not for ever.
    private const int PollsAtOneInstantMax = 16;

    private readonly Queue<(byte[] Frame, FrameOffload Offload)> _queue = new();
    private readonly SimulationPlan _plan;
    private bool _wasFull;
    private int _pollsAtOnce;
    private ulong _lastPollNs;

    public SimulatedHost(int number, SimulationPlan plan, Random random)
    {
        Number = number;
        _plan = plan;
        Mac = new MacAddress(0x0200_0000_0001UL + (ulong)number);
        var configuration = new IpInterface
        {
            Mac = Mac,
            MtuBytes = plan.MtuBytes,
            IsChecksumOffloaded = plan.IsOffloaded,
            IsSegmentationOffloaded = plan.IsOffloaded && random.Next(4) != 0,
            Ipv4Address = IpAddress.FromIpv4(0x0A00_0001u + (uint)number),
            Ipv4PrefixLength = 24,
            Ipv6Address = new IpAddress(0xFD00_0000_0000_0000, 1 + (ulong)number),
            Ipv6PrefixLength = 64,
            LearnsFromPackets = random.Next(4) == 0,
        };
        var settings = new TcpSettings
        {
            SynQueueMax = plan.HasCookies ? 1 : 64,
            SendBufferBytes = 4096 << random.Next(8),
            ReceiveBufferBytes = 4096 << random.Next(8),
            DelayedAckNs = (ulong)random.Next(1, 200) * 1_000_000,
        };
        Stack = new NetworkStack(configuration, this, Buffers, new SeededRandomSource(random.Next()), settings);
    }

    public int Number { get; }

    public MacAddress Mac { get; }

    public NetworkStack Stack { get; }

    public LeakCheckedBuffers Buffers { get; } = new();

    /// <summary>Peers of TCP connections that live here.</summary>
    public List<SimulatedPeer> Peers { get; } = [];

    /// <summary>When the stack wants to be polled.</summary>
    public ulong NextNs { get; private set; }

    /// <summary>Something happened that the stack has not been polled after.</summary>
    public bool IsDirty { get; set; } = true;

    /// <summary>The link sends a frame now.</summary>
    public bool IsBusy { get; set; }

    public long FrameCount { get; private set; }

    public long PollCount { get; private set; }

    public bool HasFrames => _queue.Count > 0;

    public bool TrySend(in OutgoingFrame frame)
    {
        if (_queue.Count >= _plan.QueueFrames)
        {
            _wasFull = true;
            return false;
        }

        byte[] bytes = [.. frame.Headers, .. frame.Payload, .. frame.PayloadTail];
        _queue.Enqueue((bytes, frame.Offload));
        FrameCount++;
        return true;
    }

    /// <summary>The frame that leaves next.</summary>
    public (byte[] Frame, FrameOffload Offload) Depart()
    {
        IsDirty |= _wasFull;
        _wasFull = false;
        return _queue.Dequeue();
    }

    /// <summary>How long the next frame takes to leave.</summary>
    public ulong DepartureNs() => (ulong)(_queue.Peek().Frame.Length * 1000L / _plan.BytesPerMicrosecond) + 1;

    public void Receive(byte[] frame, FrameOffload offload, ulong nowNs)
    {
        Stack.Receive(frame, offload, nowNs);
        IsDirty = true;
    }

    /// <summary>Polls the stack until it is content, with what its owners do in between.</summary>
    public void Poll(ulong nowNs)
    {
        IsDirty = false;
        PollCount++;
        _pollsAtOnce = nowNs == _lastPollNs ? _pollsAtOnce + 1 : 0;
        _lastPollNs = nowNs;
        NextNs = Stack.Poll(nowNs);
        foreach (SimulatedPeer peer in Peers)
        {
            IsDirty |= peer.ActIfDue(nowNs);
        }

        // Frames of other hosts and free places on the link set this back by being dirty; the stack alone may not.
        if (NextNs <= nowNs && !IsDirty && _pollsAtOnce > PollsAtOneInstantMax)
        {
            throw new InvalidOperationException($"host {Number} wants to be polled for ever at {nowNs}");
        }

        if (NextNs <= nowNs)
        {
            IsDirty = true;
        }
    }
}
