// SPDX-License-Identifier: MIT
using System;
using System.Threading;
using CsCheck;
using Denali.Hardware.Tests;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Kernel.Tests.Network;

/// <summary>Frames come out of a ring as they went in, also between two threads and at the end of its memory.</summary>
public sealed class FrameRingTests
{
    [Fact]
    public void PushAndPeek_OfAnyLengths_KeepContentsAndOrder() =>
        Gen.Int[1, 65_536].Array[1, 60].Sample(
            lengths =>
            {
                var ring = new FrameRing(FrameRing.SmallestBytes);
                int read = 0;
                for (int i = 0; i < lengths.Length; i++)
                {
                    while (!ring.TryPush(EntryOf(i, lengths[i]), new SpanFrame(Contents(i, lengths[i]))))
                    {
                        Assert.True(IsNext(ring, read, lengths[read]));
                        read++;
                    }
                }

                for (; read < lengths.Length; read++)
                {
                    Assert.True(IsNext(ring, read, lengths[read]));
                }

                return ring.IsEmpty && !ring.TryPeek(out _, out _);
            },
            iter: Iterations.Of(200));

    [Fact]
    public void Push_LargestFrame_FitsWhereverTheLastOneEnded()
    {
        for (int before = 1; before < FrameRing.SmallestBytes; before += 4_001)
        {
            var ring = new FrameRing(FrameRing.SmallestBytes);
            for (int at = 0; at < before; at += 65_536)
            {
                int bytes = Math.Min(before - at, 65_536);
                Assert.True(ring.TryPush(EntryOf(0, bytes), new SpanFrame(new byte[bytes])));
                Assert.True(ring.TryPeek(out RingFrame entry, out _));
                ring.Release(entry);
            }

            Assert.True(ring.TryPush(EntryOf(1, 65_536), new SpanFrame(new byte[65_536])), $"after {before} bytes");
        }
    }

    [Fact]
    public void WaitForRoom_IsToldOnce()
    {
        var ring = new FrameRing(FrameRing.SmallestBytes);
        Assert.False(ring.TakeWait());
        ring.WaitForRoom();

        Assert.True(ring.TakeWait());
        Assert.False(ring.TakeWait());
    }

    [Fact]
    public void TwoThreads_ManyFrames_AllArriveInOrder()
    {
        const int Count = 50_000;
        var ring = new FrameRing(FrameRing.SmallestBytes);
        var producer = new Thread(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                int bytes = 1 + (i * 37 % 3_000);
                while (!ring.TryPush(EntryOf(i, bytes), new SpanFrame(Contents(i, bytes))))
                {
                    Thread.Yield();
                }
            }
        });
        producer.Start();
        int wrong = 0;
        for (int i = 0; i < Count; i++)
        {
            while (ring.IsEmpty)
            {
                Thread.Yield();
            }

            wrong += IsNext(ring, i, 1 + (i * 37 % 3_000)) ? 0 : 1;
        }

        producer.Join();
        Assert.Equal(0, wrong);
    }

    private static RingFrame EntryOf(int number, int bytes) => new()
    {
        LengthBytes = bytes,
        Index = number,
        MachineId = (ulong)number << 32,
        TimeNs = (ulong)number * 7,
        Offload = new FrameOffload
        {
            IsChecksumPartial = number % 2 == 0,
            IsChecksumGood = number % 3 == 0,
            ChecksumStart = (ushort)number,
            ChecksumOffset = (ushort)(number + 1),
            SegmentBytes = (ushort)(number + 2),
            HeaderBytes = (ushort)(number + 3),
        },
    };

    private static byte[] Contents(int number, int bytes)
    {
        byte[] contents = new byte[bytes];
        contents.AsSpan().Fill((byte)number);
        return contents;
    }

    private static bool IsNext(FrameRing ring, int number, int bytes)
    {
        bool isThere = ring.TryPeek(out RingFrame entry, out ReadOnlySpan<byte> frame)
            && entry.Equals(EntryOf(number, bytes))
            && frame.Length == bytes
            && !frame.ContainsAnyExcept((byte)number);
        ring.Release(entry);
        return isThere;
    }
}
