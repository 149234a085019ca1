// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Images.Tests;
using Denali.Net.Tests.Support;
using Xunit;

namespace Denali.Net.Tests.Ip;

public sealed class ReassemblerTests
{
    private const ulong Second = 1_000_000_000;

    private static readonly IpAddress s_v4 = IpAddress.FromIpv4(0x0A000001);
    private static readonly IpAddress s_v6 = new(0x2001_0DB8_0000_0000, 1);

    private readonly LeakCheckedBuffers _buffers = new();
    private readonly Reassembler _reassembler;

    public ReassemblerTests() => _reassembler = new Reassembler(_buffers);

    [Theory]
    [InlineData(new[] { 0, 1, 2 })]
    [InlineData(new[] { 2, 1, 0 })]
    [InlineData(new[] { 1, 2, 0 })]
    [InlineData(new[] { 2, 0, 1 })]
    [InlineData(new[] { 1, 1, 0, 0, 2 })]
    [InlineData(new[] { 2, 2, 2, 0, 0, 1 })]
    public void Add_AnyOrderWithDuplicates_GivesTheDatagram(int[] order)
    {
        byte[] whole = Bytes(2500);
        for (int step = 0; step < order.Length; step++)
        {
            int offset = order[step] * 1000;
            int length = Math.Min(1000, whole.Length - offset);
            ReassemblyStatus status =
                Add(s_v4, offset, whole.AsSpan(offset, length), offset < 2000, out ReassembledDatagram datagram);
            if (step < order.Length - 1)
            {
                Assert.Equal(ReassemblyStatus.Waiting, status);
                continue;
            }

            Assert.Equal(ReassemblyStatus.Complete, status);
            Assert.Equal(whole, datagram.Payload.ToArray());
            Assert.Equal(IpProtocol.Udp, datagram.Protocol);
            Assert.Equal(64, datagram.HopLimit);
            _reassembler.Release(ref datagram);
        }

        Assert.Equal(0, _buffers.OutstandingBytes);
        Assert.Equal(0, _reassembler.UsedBytes);
        Assert.Equal(ulong.MaxValue, _reassembler.NextDeadlineNs);
    }

    [Theory]
    [InlineData(8, 16, true)] // begins inside
    [InlineData(0, 8, true)] // a part of what is there, not its bytes
    [InlineData(0, 32, true)] // around
    [InlineData(16, 16, true)] // across the next hole into what follows
    [InlineData(32, 8, false)] // a last fragment before the end of what is there
    public void Add_Overlap_SpoilsTheDatagramForGood(int offset, int length, bool more)
    {
        byte[] whole = Bytes(64);
        Add(s_v6, 0, whole.AsSpan(0, 16), true, out _);
        Add(s_v6, 24, whole.AsSpan(24, 24), true, out _);
        byte[] other = new byte[length];
        Assert.Equal(ReassemblyStatus.Dropped, Add(s_v6, offset, other, more, out _));
        Assert.Equal(0, _buffers.OutstandingBytes);

        Assert.Equal(ReassemblyStatus.Dropped, Add(s_v6, 16, whole.AsSpan(16, 8), true, out _));
        Assert.Equal(ReassemblyStatus.Dropped, Add(s_v6, 48, whole.AsSpan(48, 16), false, out _));
        Assert.False(_reassembler.TryExpire(59 * Second, new byte[100], out _));
        Assert.True(_reassembler.TryExpire(60 * Second, new byte[100], out ReassemblyTimeout timeout));
        Assert.False(timeout.IsReportDue);
    }

    [Fact]
    public void Add_AroundAHoleGuessingItsBytes_SpoilsTheDatagram()
    {
        // What lies in a hole: where it ends, no next one, and what the buffer was filled with before.
        byte[] bytes = new byte[32];
        Array.Fill(bytes, (byte)0xA5);
        Add(s_v6, 0, bytes.AsSpan(0, 8), true, out _);
        Add(s_v6, 24, bytes.AsSpan(24, 8), true, out _);
        bytes[8] = 24;
        bytes[9] = 0;
        bytes[10] = 0xFF;
        bytes[11] = 0xFF;
        Assert.Equal(ReassemblyStatus.Dropped, Add(s_v6, 0, bytes, true, out _));
    }

    [Fact]
    public void Add_TwoEnds_SpoilTheDatagram()
    {
        Add(s_v4, 16, Bytes(8), false, out _);
        Assert.Equal(ReassemblyStatus.Dropped, Add(s_v4, 24, Bytes(8), false, out _));
        Assert.Equal(0, _buffers.OutstandingBytes);
    }

    [Fact]
    public void Add_LengthNoMultipleOfEight_IsToldUnlessLast()
    {
        Assert.Equal(ReassemblyStatus.LengthProblem, Add(s_v6, 0, Bytes(9), true, out _));
        Assert.Equal(ReassemblyStatus.Waiting, Add(s_v6, 8, Bytes(9), false, out _));
        Assert.Equal(ReassemblyStatus.Dropped, Add(s_v6, 0, [], true, out _));
    }

    [Fact]
    public void Add_BeyondTheLargestDatagram_IsTold()
    {
        Assert.Equal(ReassemblyStatus.OffsetProblem, Add(s_v6, 65_528, Bytes(8), false, out _));
        Assert.Equal(ReassemblyStatus.Waiting, Add(s_v6, 65_528, Bytes(7), false, out _));
        Assert.Equal(ReassemblyStatus.OffsetProblem, Add(s_v4, 65_512, Bytes(8), false, out _));
        Assert.Equal(ReassemblyStatus.Waiting, Add(s_v4, 65_512, Bytes(3), false, out _));
    }

    [Fact]
    public void Add_ProtocolsDiffer_AreTwoDatagramsInIpv4AndOneInIpv6()
    {
        Add(s_v4, 0, Bytes(8), true, out _, IpProtocol.Udp);
        Assert.Equal(ReassemblyStatus.Waiting, Add(s_v4, 8, Bytes(8), false, out _, IpProtocol.Tcp));
        Add(s_v6, 8, Bytes(8), false, out _, IpProtocol.None);
        Assert.Equal(
            ReassemblyStatus.Complete, Add(s_v6, 0, Bytes(8), true, out ReassembledDatagram datagram, IpProtocol.Tcp));
        Assert.Equal(IpProtocol.Tcp, datagram.Protocol);
        _reassembler.Release(ref datagram);
    }

    [Theory]
    [InlineData(2, 2, 2)]
    [InlineData(2, 3, 3)] // a router marked one
    [InlineData(0, 0, 0)]
    [InlineData(0, 3, -1)] // marked, though the sender does not speak it
    public void Add_CongestionMarks_AreOfTheWhole(byte first, byte second, int expected)
    {
        IpFragment fragment = Fragment(s_v4, 0, true);
        fragment.TrafficClass = first;
        _reassembler.Add(fragment, Bytes(8), 0, out _);
        fragment.OffsetBytes = 8;
        fragment.MoreFragments = false;
        fragment.TrafficClass = second;
        ReassemblyStatus status = _reassembler.Add(fragment, Bytes(8), 0, out ReassembledDatagram datagram);
        Assert.Equal(expected < 0 ? ReassemblyStatus.Dropped : ReassemblyStatus.Complete, status);
        Assert.Equal(Math.Max(expected, 0), datagram.TrafficClass);
        _reassembler.Release(ref datagram);
        Assert.Equal(0, _buffers.OutstandingBytes);
    }

    [Fact]
    public void TryExpire_FirstFragmentCame_QuotesIt()
    {
        Add(s_v4, 0, Bytes(16), true, out _);
        Add(s_v6, 0, Bytes(16), true, out _);
        Add(s_v6, 16, Bytes(16), true, out _);
        Assert.Equal(30 * Second, _reassembler.NextDeadlineNs);
        byte[] quote = new byte[100];
        Assert.False(_reassembler.TryExpire((30 * Second) - 1, quote, out _));
        Assert.True(_reassembler.TryExpire(30 * Second, quote, out ReassemblyTimeout timeout));
        Assert.True(timeout.IsReportDue);
        Assert.Equal(s_v4, timeout.Source);
        Assert.Equal(36, timeout.QuoteBytes);
        Assert.True(Ipv4Header.TryParse(quote, out Ipv4Header v4));
        Assert.Equal(7, v4.Identification);
        Assert.True(v4.MoreFragments);
        Assert.Equal(Bytes(16), quote[20..36]);

        Assert.Equal(60 * Second, _reassembler.NextDeadlineNs);
        Assert.True(_reassembler.TryExpire(60 * Second, quote.AsSpan(0, 60), out timeout));
        Assert.Equal(60, timeout.QuoteBytes);
        Assert.True(Ipv6Header.TryParse(quote.AsSpan(0, 64), out Ipv6Header v6));
        Assert.Equal(24, v6.PayloadBytes);
        Assert.True(Ipv6FragmentHeader.TryParse(quote.AsSpan(40), out Ipv6FragmentHeader fragment));
        Assert.Equal(IpProtocol.Udp, fragment.NextHeader);
        Assert.False(_reassembler.TryExpire(600 * Second, quote, out _));
        Assert.Equal(0, _buffers.OutstandingBytes);
    }

    [Fact]
    public void TryExpire_FirstFragmentMissing_IsNotReported()
    {
        Add(s_v4, 8, Bytes(16), true, out _);
        Assert.True(_reassembler.TryExpire(30 * Second, new byte[100], out ReassemblyTimeout timeout));
        Assert.False(timeout.IsReportDue);
        Assert.Equal(0, timeout.QuoteBytes);
    }

    [Fact]
    public void Add_OneSourceFloods_OthersKeepTheirDatagrams()
    {
        Add(s_v6, 0, Bytes(8), true, out _);
        for (uint id = 0; id < 1000; id++)
        {
            // A single fragment at the far end takes the largest buffer.
            IpFragment fragment = Fragment(s_v4, 65_000, true);
            fragment.Identification = id;
            _reassembler.Add(fragment, Bytes(8), id, out _);
            Assert.InRange(_buffers.OutstandingBytes, 1, Reassembler.MaximumBytes);
        }

        Assert.InRange(_buffers.OutstandingBytes, 1, Reassembler.MaximumBytesPerSource + 2048);
        Assert.Equal(ReassemblyStatus.Complete, Add(s_v6, 8, Bytes(8), false, out ReassembledDatagram datagram));
        _reassembler.Release(ref datagram);
    }

    [Fact]
    public void Add_ManySources_StaysInsideItsBoundsAndDropsTheOldest()
    {
        for (uint source = 0; source < 100; source++)
        {
            IpFragment fragment = Fragment(IpAddress.FromIpv4(source), 0, true);
            _reassembler.Add(fragment, Bytes(40_000), source, out _);
            Assert.InRange(_buffers.OutstandingBytes, 1, Reassembler.MaximumBytes);
        }

        IpFragment last = Fragment(IpAddress.FromIpv4(99), 40_000, false);
        ReassemblyStatus status = _reassembler.Add(last, Bytes(8), 100, out ReassembledDatagram datagram);
        Assert.Equal(ReassemblyStatus.Complete, status);
        Assert.Equal(40_008, datagram.LengthBytes);
        _reassembler.Release(ref datagram);
        last = Fragment(IpAddress.FromIpv4(5), 40_000, false);
        Assert.Equal(ReassemblyStatus.Waiting, _reassembler.Add(last, Bytes(8), 100, out _));
    }

    [Fact]
    public void Add_MoreFragmentsThanOneMayHave_SpoilsTheDatagram()
    {
        for (int index = 0; index < 128; index++)
        {
            Assert.Equal(ReassemblyStatus.Waiting, Add(s_v4, index * 16, Bytes(8), true, out _));
        }

        Assert.Equal(ReassemblyStatus.Dropped, Add(s_v4, 128 * 16, Bytes(8), true, out _));
    }

    [Fact]
    public void Add_NoMemory_DropsAndHoldsNothing()
    {
        _buffers.LimitBytes = 4096;
        Assert.Equal(ReassemblyStatus.Waiting, Add(s_v4, 0, Bytes(2048), true, out _));
        Assert.Equal(ReassemblyStatus.Dropped, Add(s_v4, 4096, Bytes(8), true, out _));
        Assert.Equal(0, _buffers.OutstandingBytes);
    }

    [Fact]
    public void Add_RandomCutsInRandomOrder_GivesEveryDatagram() =>
        TestSeed.ForEach(2_000, 100_000, random =>
        {
            byte[] whole = new byte[random.Next(9, 20_000)];
            random.NextBytes(whole);
            List<(int From, int To)> cuts = [];
            for (int from = 0; from < whole.Length;)
            {
                int to = Math.Min(whole.Length, from + (8 * random.Next(20, 400)));
                cuts.Add((from, to));
                from = to;
            }

            (int From, int To)[] order = [.. cuts];
            random.Shuffle(order);
            ReassemblyStatus status = default;
            ReassembledDatagram datagram = default;
            foreach ((int from, int to) in order)
            {
                bool more = to < whole.Length;
                status = Add(s_v4, from, whole.AsSpan(from, to - from), more, out datagram);
            }

            Assert.Equal(ReassemblyStatus.Complete, status);
            Assert.True(datagram.Payload.SequenceEqual(whole));
            _reassembler.Release(ref datagram);
            Assert.Equal(0, _buffers.OutstandingBytes);
        });

    [Fact]
    public void Add_HostileFragments_NeverBreakABound()
    {
        int complete = 0;
        TestSeed.ForEach(100, 5_000, random =>
        {
            Reassembler reassembler = new(_buffers);
            byte[] bytes = new byte[65_536];
            ulong now = 0;
            for (int step = 0; step < 1_000; step++)
            {
                now += (ulong)random.Next(1_000_000_000);
                IpAddress source = random.Next(2) == 0 ? s_v4 : s_v6;
                IpFragment fragment = Fragment(source, random.Next(8) * 8, random.Next(3) > 0);
                fragment.Identification = (uint)random.Next(4);
                if (random.Next(20) == 0)
                {
                    fragment.OffsetBytes = random.Next(8192) * 8;
                }

                int length = random.Next(10) == 0 ? random.Next(3000) : 8 * random.Next(4);
                ReassemblyStatus status =
                    reassembler.Add(fragment, bytes.AsSpan(0, length), now, out ReassembledDatagram datagram);
                complete += status == ReassemblyStatus.Complete ? 1 : 0;

                // All fragments carry zeros: anything else would be left from another use of the buffer.
                Assert.Equal(-1, datagram.Payload.IndexOfAnyExcept((byte)0));
                reassembler.Release(ref datagram);
                while (reassembler.TryExpire(now, bytes.AsSpan(60_000, 100), out _))
                {
                    bytes.AsSpan(60_000, 100).Clear();
                }

                Assert.InRange(_buffers.OutstandingBytes, 0, Reassembler.MaximumBytes);
            }

            while (reassembler.TryExpire(ulong.MaxValue, default, out _))
            {
            }

            Assert.Equal(0, _buffers.OutstandingBytes);
        });
        Assert.True(complete > 300, $"only {complete} datagrams were completed");
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(index => (byte)(index * 7))];

    private static IpFragment Fragment(IpAddress source, int offset, bool more, IpProtocol protocol = IpProtocol.Udp) =>
        new()
        {
            Source = source,
            Destination = source,
            Protocol = protocol,
            Identification = 7,
            OffsetBytes = offset,
            MoreFragments = more,
            HopLimit = 64,
        };

    private ReassemblyStatus Add(
        IpAddress source,
        int offset,
        ReadOnlySpan<byte> payload,
        bool more,
        out ReassembledDatagram datagram,
        IpProtocol protocol = IpProtocol.Udp) =>
        _reassembler.Add(Fragment(source, offset, more, protocol), payload, 0, out datagram);
}
