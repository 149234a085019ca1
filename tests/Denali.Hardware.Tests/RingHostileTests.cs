// SPDX-License-Identifier: MIT
using System;
using CsCheck;
using Xunit;

namespace Denali.Hardware.Tests;

/// <summary>
/// Goal: whatever the other side writes, and whenever, a side stays inside its ring, ends, and says so when indices
/// cannot be true. Method: memory that answers every load with another value and checks every access.
/// </summary>
public sealed class RingHostileTests
{
    private const int OperationAccessesMax = 2;

    private static readonly Gen<(RingLayout Layout, int Seed)> s_ring = Gen.Select(
        Gen.UInt[0, 4096],
        Gen.Int[0, 15],
        Gen.UInt[1, 64],
        Gen.Int,
        (gap, log, entryBytes, seed) =>
            (new RingLayout(64, 64 + RingHeader.SizeOf + gap, entryBytes, 1u << log), seed));

    [Fact]
    public void Consumer_StaysInsideTheRing() => s_ring.Sample(Consume, iter: Iterations.Of(5_000), threads: 1);

    [Fact]
    public void Producer_StaysInsideTheRing() => s_ring.Sample(Produce, iter: Iterations.Of(5_000), threads: 1);

    [Fact]
    [Trait("Speed", "Soak")]
    public void Consumer_StaysInsideTheRing_Soak() => s_ring.Sample(Consume, iter: Iterations.Of(20_000), threads: 1);

    [Fact]
    [Trait("Speed", "Soak")]
    public void Producer_StaysInsideTheRing_Soak() => s_ring.Sample(Produce, iter: Iterations.Of(20_000), threads: 1);

    [Fact]
    public void Adversary_AccessOutsideTheRing_IsNoticed()
    {
        RingLayout layout = RingLayout.Contiguous(8, 4);
        HostileMemory.Adversary adversary = new(layout, RingHeader.ConsumerOffset, seed: 1);
        Assert.Throws<InvalidOperationException>(() => adversary.Load(4));
        Assert.Throws<InvalidOperationException>(() => adversary.Store(RingHeader.ProducerOffset, 0));
        Assert.Throws<InvalidOperationException>(() => adversary.Entries(layout.DataOffset - 8, 8));
        Assert.Throws<InvalidOperationException>(() => adversary.Entries(layout.DataOffset + 1, 8));
        Assert.Throws<InvalidOperationException>(() => adversary.Entries(layout.DataOffset, 8 * 4 + 1));
    }

    private static void Consume((RingLayout Layout, int Seed) ring)
    {
        (RingLayout layout, int seed) = ring;
        HostileMemory.Adversary adversary = new(layout, layout.HeaderOffset + RingHeader.ConsumerOffset, seed);
        RingConsumer<HostileMemory> consumer = new(new HostileMemory(adversary), layout);
        Random random = new(seed);
        byte[] buffer = new byte[layout.EntryBytes * uint.Min(layout.EntryCount + 1, 40)];
        for (int step = 0; step < 20; step++)
        {
            adversary.Accesses = 0;
            RingStatus status = consumer.Refresh();
            Assert.InRange(adversary.Accesses, 1, OperationAccessesMax);
            CheckRefresh(status, consumer.Count, adversary, layout, full: false);

            uint index = unchecked((uint)random.NextInt64(2L * layout.EntryCount));
            bool read = consumer.TryRead(index, buffer.AsSpan(0, random.Next(buffer.Length + 1)));
            Assert.True(!read || index <= consumer.Count);
            bool written = consumer.TryWriteBack(index, buffer.AsSpan(0, (int)layout.EntryBytes));
            Assert.Equal(index < consumer.Count, written);

            uint before = consumer.Count;
            uint release = (uint)random.NextInt64(1L << 32) >> random.Next(32);
            consumer.Release(release);
            Assert.Equal(before - uint.Min(before, release), consumer.Count);
            if (status == RingStatus.Ok)
            {
                Assert.Equal(unchecked(adversary.LoadedConsumer + uint.Min(before, release)), adversary.Stored);
            }
        }
    }

    private static void Produce((RingLayout Layout, int Seed) ring)
    {
        (RingLayout layout, int seed) = ring;
        HostileMemory.Adversary adversary = new(layout, layout.HeaderOffset + RingHeader.ProducerOffset, seed);
        RingProducer<HostileMemory> producer = new(new HostileMemory(adversary), layout);
        Random random = new(seed);
        byte[] buffer = new byte[layout.EntryBytes * uint.Min(layout.EntryCount + 1, 40)];
        for (int step = 0; step < 20; step++)
        {
            adversary.Accesses = 0;
            RingStatus status = producer.Refresh();
            Assert.InRange(adversary.Accesses, 1, OperationAccessesMax);
            CheckRefresh(status, producer.Free, adversary, layout, full: true);

            uint index = unchecked((uint)random.NextInt64(2L * layout.EntryCount));
            bool written = producer.TryWrite(index, buffer.AsSpan(0, random.Next(buffer.Length + 1)));
            Assert.True(!written || index <= producer.Free);

            uint before = producer.Free;
            uint publish = (uint)random.NextInt64(1L << 32) >> random.Next(32);
            producer.Publish(publish);
            Assert.Equal(before - uint.Min(before, publish), producer.Free);
            if (status == RingStatus.Ok)
            {
                Assert.Equal(unchecked(adversary.LoadedProducer + uint.Min(before, publish)), adversary.Stored);
            }
        }
    }

    private static void CheckRefresh(
        RingStatus status, uint available, HostileMemory.Adversary adversary, RingLayout layout, bool full)
    {
        uint used = unchecked(adversary.LoadedProducer - adversary.LoadedConsumer);
        if (used > layout.EntryCount)
        {
            Assert.Equal(RingStatus.Corrupt, status);
            Assert.Equal(0u, available);
            return;
        }

        Assert.Equal(RingStatus.Ok, status);
        Assert.Equal(full ? layout.EntryCount - used : used, available);
    }
}
