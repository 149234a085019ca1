// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tests.Support;
using Xunit;

namespace Denali.Net.Tests.Ip;

/// <summary>After the first packets nothing allocates.</summary>
public sealed class IpAllocationTests : INeighborOutput
{
    private static readonly MacAddress s_mac = new(0x0200_0000_0001);

    private readonly byte[] _packet = new byte[1500];
    private readonly byte[] _quote = new byte[100];
    private readonly Reassembler _reassembler;
    private readonly NeighborCache _cache;
    private readonly PathMtuCache _paths = new();
    private int _calls;

    public IpAllocationTests()
    {
        OneBuffer buffers = new();
        _reassembler = new Reassembler(buffers);
        _cache = new NeighborCache(buffers, new SeededRandomSource(1), this, 4);
    }

    [Fact]
    public void Packets_AfterTheFirst_AllocateNothing()
    {
        for (uint round = 0; round < 100; round++)
        {
            Round(round);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (uint round = 100; round < 10_100; round++)
        {
            Round(round);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        // Every round completes a datagram, gives one up, asks for an address and sends what waited for it.
        Assert.Equal(4 * 10_100, _calls);
    }

    void INeighborOutput.SendRequest(IpAddress target, MacAddress known) => _calls++;

    void INeighborOutput.SendPending(in OutgoingFrame frame) => _calls++;

    void INeighborOutput.ReportUnreachable(IpAddress target, in OutgoingFrame frame) => _calls++;

    private void Round(uint round)
    {
        ulong now = round * 100_000_000_000UL;
        IpAddress peer = IpAddress.FromIpv4(0x0A000000 + round);
        Reassemble(peer, now);
        _cache.TryLookup(peer, now, out _);
        _cache.TryKeep(peer, new OutgoingFrame { Headers = _packet.AsSpan(0, 100) });
        _cache.HandleArp(peer, s_mac, isForUs: true, now);
        _cache.Poll(now);
        _paths.TryLower(peer, 1000, 1500, 1500, now);
        _ = _paths.Get(peer, 1500, now);
    }

    private void Reassemble(IpAddress peer, ulong now)
    {
        new Ipv4Header { TotalBytes = 1020, MoreFragments = true, Source = peer, Destination = peer }.Write(_packet);
        Assert.True(Ipv4Header.TryParse(_packet, out Ipv4Header header));
        IpFragment fragment = IpFragment.Of(header);
        _reassembler.Add(fragment, _packet.AsSpan(20, 1000), now, out _);
        fragment.OffsetBytes = 1000;
        fragment.MoreFragments = false;
        _reassembler.Add(fragment, _packet.AsSpan(20, 100), now, out ReassembledDatagram datagram);
        _calls += datagram.LengthBytes == 1100 ? 1 : 0;
        _reassembler.Release(ref datagram);
        fragment.OffsetBytes = 0;
        fragment.MoreFragments = true;
        _reassembler.Add(fragment, _packet.AsSpan(20, 1000), now, out _);
        while (_reassembler.TryExpire(now + Reassembler.Ipv4TimeoutNs, _quote, out _))
        {
            _calls++;
        }
    }

    private sealed class OneBuffer : BufferAllocator
    {
        private byte[]? _buffer = new byte[SmallestBytes];

        public override byte[]? Rent(int bytes)
        {
            byte[]? buffer = bytes == SmallestBytes ? _buffer : null;
            _buffer = null;
            return buffer;
        }

        public override void Return(byte[] buffer) => _buffer = buffer;
    }
}
