// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Images.Tests;
using Denali.Net.Tests.Support;
using Xunit;

namespace Denali.Net.Tests.Ip;

public sealed class NeighborCacheTests : INeighborOutput
{
    private const ulong Second = 1_000_000_000;
    private const int Capacity = 8;

    private static readonly IpAddress s_address = IpAddress.FromIpv4(0x0A000001);
    private static readonly MacAddress s_mac = new(0x0200_0000_0001);
    private static readonly MacAddress s_other = new(0x0200_0000_0002);

    private readonly LeakCheckedBuffers _buffers = new();
    private readonly List<(IpAddress Target, MacAddress Known)> _requests = [];
    private readonly List<byte[]> _sent = [];
    private readonly List<(IpAddress Target, byte[] Frame)> _unreachable = [];
    private readonly NeighborCache _cache;

    public NeighborCacheTests() => _cache = new NeighborCache(_buffers, new SeededRandomSource(1), this, Capacity);

    [Fact]
    public void TryLookup_Unknown_AsksOnceASecondAndGivesUpAfterThree()
    {
        Assert.False(_cache.TryLookup(s_address, 0, out _));
        Assert.True(_cache.TryKeep(s_address, Frame(60)));
        for (ulong now = 0; now < 3 * Second; now += Second / 10)
        {
            Assert.False(_cache.TryLookup(s_address, now, out _));
            ulong next = _cache.Poll(now);
            Assert.Equal(((now / Second) + 1) * Second, next);
            Assert.Equal(next, _cache.NextDeadlineNs);
            Assert.Equal((int)(now / Second) + 1, _requests.Count);
        }

        Assert.All(_requests, request => Assert.Equal((s_address, MacAddress.Broadcast), request));
        Assert.Equal(ulong.MaxValue, _cache.Poll(3 * Second));
        (IpAddress target, byte[] frame) = Assert.Single(_unreachable);
        Assert.Equal(s_address, target);
        Assert.Equal(60, frame.Length);
        Assert.Equal(0, _cache.Count);
        Assert.Equal(0, _buffers.OutstandingBytes);
        Assert.Empty(_sent);
    }

    [Fact]
    public void HandleArp_Answer_SendsTheNewestFrameThatWaited()
    {
        _cache.TryLookup(s_address, 0, out _);
        Assert.True(_cache.TryKeep(s_address, Frame(60)));
        Assert.True(_cache.TryKeep(s_address, Frame(100)));
        Assert.Equal(2048, _buffers.OutstandingBytes);
        _cache.HandleArp(s_address, s_mac, isForUs: true, 5);
        byte[] sent = Assert.Single(_sent);
        Assert.Equal(100, sent.Length);
        Assert.Equal(s_mac, MacAddress.Read(sent));
        Assert.Equal(99, sent[99]);
        Assert.Equal(0, _buffers.OutstandingBytes);
        Assert.Equal(NeighborState.Reachable, _cache.StateOf(s_address, 5));
        Assert.True(_cache.TryLookup(s_address, 5, out MacAddress mac));
        Assert.Equal(s_mac, mac);
        Assert.Equal(ulong.MaxValue, _cache.Poll(2 * Second));
        Assert.Single(_requests);
    }

    [Fact]
    public void TryKeep_InThreePieces_KeepsThemInOrder()
    {
        _cache.TryLookup(s_address, 0, out _);
        OutgoingFrame frame = new()
        {
            Headers = new byte[14],
            Payload = [1, 2],
            PayloadTail = [3],
            Offload = new FrameOffload { ChecksumStart = 34 },
        };
        Assert.True(_cache.TryKeep(s_address, frame));
        _cache.HandleArp(s_address, s_mac, isForUs: true, 5);
        Assert.Equal([1, 2, 3], _sent[0][14..]);
    }

    [Fact]
    public void TryKeep_TooLongOrNoMemoryOrKnown_DropsTheFrame()
    {
        Assert.False(_cache.TryKeep(s_address, Frame(60)));
        _cache.TryLookup(s_address, 0, out _);
        Assert.False(_cache.TryKeep(s_address, Frame(NeighborCache.LongestPendingBytes + 1)));
        _buffers.LimitBytes = 0;
        Assert.False(_cache.TryKeep(s_address, Frame(60)));
        _buffers.LimitBytes = int.MaxValue;
        _cache.HandleArp(s_address, s_mac, isForUs: true, 0);
        Assert.False(_cache.TryKeep(s_address, Frame(60)));
        Assert.Equal(0, _buffers.OutstandingBytes);
    }

    [Fact]
    public void Poll_UsedWithoutAnswer_ProbesTheNeighborAndForgetsIt()
    {
        Resolve(0);
        Assert.Equal(NeighborState.Stale, _cache.StateOf(s_address, 46 * Second));
        Assert.True(_cache.TryLookup(s_address, 46 * Second, out _));
        Assert.Equal(NeighborState.Delay, _cache.StateOf(s_address, 46 * Second));
        Assert.Equal(51 * Second, _cache.Poll(46 * Second));
        _requests.Clear();
        for (ulong at = 51; at < 54; at++)
        {
            _cache.Poll(at * Second);
            Assert.Equal(NeighborState.Probe, _cache.StateOf(s_address, at * Second));
            Assert.True(_cache.TryLookup(s_address, at * Second, out _));
            Assert.Equal((s_address, s_mac), _requests[^1]);
        }

        Assert.Equal(3, _requests.Count);
        _cache.Poll(54 * Second);
        Assert.Equal(NeighborState.None, _cache.StateOf(s_address, 54 * Second));
        Assert.Empty(Assert.Single(_unreachable).Frame);
    }

    [Fact]
    public void HandleArp_AnswerToAProbe_IsReachable()
    {
        Resolve(0);
        _cache.TryLookup(s_address, 46 * Second, out _);
        _cache.Poll(51 * Second);
        _cache.HandleArp(s_address, s_mac, isForUs: true, 51 * Second);
        Assert.Equal(NeighborState.Reachable, _cache.StateOf(s_address, 51 * Second));
        Assert.Equal(ulong.MaxValue, _cache.NextDeadlineNs);
        Assert.Equal(ulong.MaxValue, _cache.Poll(60 * Second));
    }

    [Fact]
    public void TryLookup_TransportReachesIt_NeedsNoProbe()
    {
        Resolve(0);
        Assert.True(_cache.TryLookup(s_address, 46 * Second, out _));
        Assert.Equal(NeighborState.Delay, _cache.StateOf(s_address, 46 * Second));
        _requests.Clear();

        Assert.True(_cache.TryLookup(s_address, 47 * Second, out _, isReached: true));

        Assert.Equal(NeighborState.Reachable, _cache.StateOf(s_address, 47 * Second));
        Assert.Equal(ulong.MaxValue, _cache.NextDeadlineNs);
        Assert.Equal(ulong.MaxValue, _cache.Poll(60 * Second));
        Assert.Empty(_requests);
    }

    [Fact]
    public void TryLookup_UnknownThoughReached_IsAsked()
    {
        Assert.False(_cache.TryLookup(s_address, 0, out _, isReached: true));

        Assert.Equal(NeighborState.Incomplete, _cache.StateOf(s_address, 0));
    }

    [Fact]
    public void HandleArp_Gratuitous_ChangesAnEntryButMakesNone()
    {
        _cache.HandleArp(s_address, s_mac, isForUs: false, 0);
        Assert.Equal(0, _cache.Count);
        Resolve(0);
        _cache.HandleArp(s_address, s_other, isForUs: false, 1);
        Assert.Equal(NeighborState.Stale, _cache.StateOf(s_address, 1));
        _cache.TryLookup(s_address, 1, out MacAddress mac);
        Assert.Equal(s_other, mac);
    }

    [Theory]
    [InlineData(NeighborState.Incomplete, false, false, false, NeighborState.Stale, false)]
    [InlineData(NeighborState.Incomplete, true, false, false, NeighborState.Reachable, false)]
    [InlineData(NeighborState.Reachable, false, false, true, NeighborState.Stale, true)]
    [InlineData(NeighborState.Reachable, true, false, true, NeighborState.Stale, true)]
    [InlineData(NeighborState.Stale, true, false, true, NeighborState.Stale, true)]
    [InlineData(NeighborState.Reachable, true, true, true, NeighborState.Reachable, false)]
    [InlineData(NeighborState.Reachable, false, true, true, NeighborState.Stale, false)]
    [InlineData(NeighborState.Stale, true, false, false, NeighborState.Reachable, false)]
    [InlineData(NeighborState.Reachable, false, false, false, NeighborState.Reachable, false)]
    [InlineData(NeighborState.Stale, false, true, false, NeighborState.Stale, false)]
    public void HandleAdvertisement_Table_IsThatOfRfc4861(
        NeighborState before, bool solicited, bool overrides, bool differs, NeighborState after, bool keepsOld)
    {
        IpAddress target = new(0xFE80_0000_0000_0000, 1);
        ulong now = before == NeighborState.Stale ? 46 * Second : 1;
        _cache.TryLookup(target, 0, out _);
        if (before != NeighborState.Incomplete)
        {
            _cache.HandleAdvertisement(Advertisement(target, s_mac, true, false), 0);
        }

        Assert.Equal(before, _cache.StateOf(target, now));
        MacAddress told = differs ? s_other : s_mac;
        _cache.HandleAdvertisement(Advertisement(target, told, solicited, overrides), now);
        Assert.Equal(after, _cache.StateOf(target, now));
        Assert.True(_cache.TryLookup(target, now, out MacAddress mac));
        Assert.Equal(keepsOld ? s_mac : told, mac);
    }

    [Fact]
    public void HandleAdvertisement_WithoutAddressOrForNobody_ChangesNothing()
    {
        IpAddress target = new(0xFE80_0000_0000_0000, 1);
        _cache.HandleAdvertisement(Advertisement(target, s_mac, true, true), 0);
        Assert.Equal(0, _cache.Count);
        _cache.TryLookup(target, 0, out _);
        NeighborAdvertisement message = Advertisement(target, s_mac, true, true);
        message.HasTargetLinkAddress = false;
        _cache.HandleAdvertisement(message, 0);
        Assert.Equal(NeighborState.Incomplete, _cache.StateOf(target, 0));
    }

    [Fact]
    public void Handle_AddressOfAGroup_IsIgnored()
    {
        _cache.Learn(s_address, MacAddress.Broadcast);
        Assert.Equal(0, _cache.Count);
        _cache.TryLookup(s_address, 0, out _);
        _cache.HandleArp(s_address, MacAddress.Broadcast, isForUs: true, 0);
        _cache.HandleAdvertisement(Advertisement(s_address, new MacAddress(0x0100_0000_0001), true, true), 0);
        _cache.Learn(s_address, MacAddress.Broadcast);
        Assert.Equal(NeighborState.Incomplete, _cache.StateOf(s_address, 0));
    }

    [Fact]
    public void Learn_WhileAsked_SendsWhatWaits()
    {
        _cache.TryLookup(s_address, 0, out _);
        _cache.TryKeep(s_address, Frame(60));
        _cache.Learn(s_address, s_mac);
        Assert.Single(_sent);
        Assert.Equal(NeighborState.Stale, _cache.StateOf(s_address, 0));
        Assert.Equal(0, _buffers.OutstandingBytes);
    }

    [Fact]
    public void Learn_FloodOfStrangers_DrivesNobodyOut()
    {
        Resolve(0);
        for (uint index = 0; index < 1000; index++)
        {
            _cache.Learn(IpAddress.FromIpv4(0x0B000000 + index), s_other);
        }

        Assert.Equal(Capacity, _cache.Count);
        Assert.Equal(NeighborState.Reachable, _cache.StateOf(s_address, 0));

        // Strangers give way to those whom we look up.
        for (uint index = 1; index < Capacity; index++)
        {
            IpAddress wanted = IpAddress.FromIpv4(0x0A000001 + index);
            Assert.False(_cache.TryLookup(wanted, index, out _));
            _cache.HandleArp(wanted, s_mac, isForUs: true, index);
        }

        Assert.Equal(NeighborState.Reachable, _cache.StateOf(s_address, 0));
    }

    [Fact]
    public void TryLookup_ManyThatDoNotAnswer_KeepHalfOfTheOthers()
    {
        for (uint index = 0; index < Capacity; index++)
        {
            IpAddress known = IpAddress.FromIpv4(0x0A000001 + index);
            _cache.TryLookup(known, index, out _);
            _cache.HandleArp(known, s_mac, isForUs: true, index);
        }

        for (uint index = 0; index < 1000; index++)
        {
            IpAddress silent = IpAddress.FromIpv4(0x0B000000 + index);
            Assert.False(_cache.TryLookup(silent, 100 + index, out _));
            _cache.TryKeep(silent, Frame(60));
        }

        for (uint index = Capacity / 2; index < Capacity; index++)
        {
            Assert.Equal(NeighborState.Reachable, _cache.StateOf(IpAddress.FromIpv4(0x0A000001 + index), 100));
        }

        Assert.InRange(_buffers.OutstandingBytes, 1, Capacity / 2 * 2048);
        for (ulong now = 0; now < 10; now++)
        {
            _cache.Poll(now * Second);
        }

        Assert.Equal(0, _buffers.OutstandingBytes);
        Assert.Equal(Capacity / 2, _cache.Count);
    }

    [Fact]
    public void Cache_RandomEvents_KeepsItsBoundsAndLosesNothing() =>
        TestSeed.ForEach(200, 10_000, random =>
        {
            NeighborCache cache = new(_buffers, new SeededRandomSource(1), this, Capacity);
            ulong now = 0;
            for (int step = 0; step < 300; step++)
            {
                IpAddress address = IpAddress.FromIpv4((uint)random.Next(2 * Capacity));
                MacAddress mac = random.Next(3) == 0 ? s_other : s_mac;
                now += (ulong)random.Next(2_000_000_000);
                Step(cache, random, address, mac, now);
                Assert.InRange(cache.Count, 0, Capacity);
                Assert.InRange(_buffers.OutstandingBytes, 0, Capacity * 2048);
            }

            // Left alone, everything comes to rest.
            for (int poll = 0; poll < 5 * Capacity && cache.NextDeadlineNs != ulong.MaxValue; poll++)
            {
                cache.Poll(cache.NextDeadlineNs);
            }

            Assert.Equal(ulong.MaxValue, cache.NextDeadlineNs);
            Assert.Equal(0, _buffers.OutstandingBytes);
            _requests.Clear();
            _sent.Clear();
            _unreachable.Clear();
        });

    void INeighborOutput.SendRequest(IpAddress target, MacAddress known) => _requests.Add((target, known));

    void INeighborOutput.SendPending(in OutgoingFrame frame) => _sent.Add(Join(frame));

    void INeighborOutput.ReportUnreachable(IpAddress target, in OutgoingFrame frame) =>
        _unreachable.Add((target, Join(frame)));

    /// <summary>The whole frame. What is called headers is never more than headers: a link may have no room.</summary>
    private static byte[] Join(in OutgoingFrame frame)
    {
        Assert.InRange(frame.Headers.Length, 0, EthernetHeader.SizeBytes);
        return [.. frame.Headers, .. frame.Payload, .. frame.PayloadTail];
    }

    private static void Step(NeighborCache cache, Random random, IpAddress address, MacAddress mac, ulong now)
    {
        switch (random.Next(6))
        {
            case 0:
            case 1:
                if (!cache.TryLookup(address, now, out _))
                {
                    Assert.True(cache.TryKeep(address, Frame(100)));
                }

                break;
            case 2:
                cache.Learn(address, mac);
                break;
            case 3:
                cache.HandleArp(address, mac, random.Next(2) == 0, now);
                break;
            case 4:
                cache.HandleAdvertisement(
                    Advertisement(address, mac, random.Next(2) == 0, random.Next(2) == 0), now);
                break;
            default:
                Assert.True(cache.Poll(now) > now);
                break;
        }
    }

    private static NeighborAdvertisement Advertisement(
        IpAddress target, MacAddress mac, bool solicited, bool overrides) =>
        new()
        {
            Target = target,
            TargetLinkAddress = mac,
            HasTargetLinkAddress = true,
            IsSolicited = solicited,
            IsOverride = overrides,
        };

    private static OutgoingFrame Frame(int length)
    {
        var bytes = new byte[length];
        bytes[^1] = (byte)(length - 1);
        return new OutgoingFrame { Headers = bytes };
    }

    private void Resolve(ulong now)
    {
        _cache.TryLookup(s_address, now, out _);
        _cache.HandleArp(s_address, s_mac, isForUs: true, now);
    }
}
