// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;

namespace Denali.Net;

/// <summary>IPv4 and IPv6 of a host with one link: takes frames, gives transports their packets, and sends.</summary>
/// <remarks>
/// This part holds what both directions share. Nothing is forwarded. One thread at a time; no method may be called from
/// inside a callback.
/// </remarks>
public sealed partial class IpLayer : IIpOutput
{
    /// <summary>Largest IP packet that goes through a link with segmentation offload: a frame has at most 64
    /// KiB.</summary>
    public const int LargestOffloadedBytes = 65536 - EthernetHeader.SizeBytes;

    private const byte DefaultHopLimit = 64;

    // A VM talks to its gateway and perhaps to some neighbours.
    private const int NeighborCapacity = 64;

    private readonly IFrameSink _link;
    private readonly BufferAllocator _buffers;
    private readonly NeighborCache _neighbors;
    private readonly PathMtuCache _pathMtus;
    private readonly Reassembler _reassembler;
    private LoopbackQueue _loopback;
    private uint _nextIdentification;

    /// <summary>Makes the layer. <see cref="Attach"/> comes next.</summary>
    /// <param name="configuration">The interface.</param>
    /// <param name="link">The link below.</param>
    /// <param name="buffers">Where memory comes from.</param>
    /// <param name="random">For what must not be guessed.</param>
    public IpLayer(IpInterface configuration, IFrameSink link, BufferAllocator buffers, RandomSource random)
    {
        Interface = configuration;
        _link = link;
        _buffers = buffers;
        _neighbors = new NeighborCache(buffers, random, this, NeighborCapacity);
        _pathMtus = new PathMtuCache();
        _reassembler = new Reassembler(buffers);
        Renew(random);
    }

    /// <summary>The interface.</summary>
    public IpInterface Interface { get; }

    /// <summary>What was counted.</summary>
    public IpCounters Counters { get; } = new();

    /// <inheritdoc/>
    public bool IsSegmentationOffloaded => Interface.IsSegmentationOffloaded;

    /// <inheritdoc/>
    public int LargestPacketBytes => LargestOffloadedBytes;

    /// <summary>The time, as the owner told it last.</summary>
    internal ulong NowNs { get; set; }

    private IcmpLayer Icmp { get; set; } = null!;

    private IIpInput Transports { get; set; } = null!;

    /// <summary>Draws anew what must not be guessed.</summary>
    internal void Renew(RandomSource random)
    {
        Span<byte> seed = stackalloc byte[4];
        random.Fill(seed);
        _nextIdentification = BinaryPrimitives.ReadUInt32LittleEndian(seed);
    }

    /// <summary>Sets who takes what was received.</summary>
    /// <param name="icmp">ICMP.</param>
    /// <param name="transports">TCP and UDP.</param>
    internal void Attach(IcmpLayer icmp, IIpInput transports)
    {
        Icmp = icmp;
        Transports = transports;
    }

    /// <summary>Does what is due, and what this host sent to itself.</summary>
    /// <param name="nowNs">The time.</param>
    /// <returns>When to call again at the latest.</returns>
    internal ulong Poll(ulong nowNs)
    {
        NowNs = nowNs;
        PollReassembler(nowNs);
        bool hasDrained = !_loopback.IsEmpty;
        DrainLoopback(nowNs);

        // Neighbours last: what went out above may have asked for some. Transports have not been polled since they were
        // given what was drained.
        ulong next = Math.Min(_neighbors.Poll(nowNs), _reassembler.NextDeadlineNs);
        return hasDrained ? nowNs : next;
    }

    /// <inheritdoc/>
    public int PathMtuOf(IpAddress destination) =>
        Interface.IsOwn(destination) ? LargestOffloadedBytes : _pathMtus.Get(destination, Interface.MtuBytes, NowNs);

    /// <inheritdoc/>
    public bool TryGetSource(IpAddress destination, out IpAddress source) =>
        Interface.TryGetSource(destination, out source);

    /// <summary>Takes the path MTU out of an error that is believed, if it has one.</summary>
    internal void NotePathMtu(in IcmpError error, ulong nowNs)
    {
        if (error.Error == NetError.TooLarge)
        {
            _ = _pathMtus.TryLower(
                error.Destination, (uint)error.PathMtuBytes, error.PacketBytes, Interface.MtuBytes, nowNs);
        }
    }

    private void DrainLoopback(ulong nowNs)
    {
        // Only what is there now: answers to it wait for the next round.
        int left = _loopback.Count;
        while (left > 0 && !_loopback.IsEmpty)
        {
            int before = _loopback.Count;
            byte[]? packet = _loopback.Take(_buffers, out int length, out ushort segmentBytes);
            left -= before - _loopback.Count;
            if (packet is not null)
            {
                ReceivePacket(packet.AsSpan(0, length), isTrusted: true, segmentBytes, nowNs);
                _buffers.Return(packet);
            }
        }
    }
}
