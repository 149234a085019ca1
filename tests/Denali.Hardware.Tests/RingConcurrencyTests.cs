// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Threading;
using Xunit;

namespace Denali.Hardware.Tests;

/// <summary>
/// Goal: entries cross from one thread to another whole, in order, none lost and none twice. Method: one thread
/// produces numbered entries in batches of changing size, another consumes them, from just before the index wrap.
/// </summary>
public sealed class RingConcurrencyTests
{
    private const uint EntryBytes = 32;

    private static readonly TimeSpan s_stallLimit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1u)]
    [InlineData(2u)]
    [InlineData(64u)]
    [InlineData(4096u)]
    public void TwoThreads_EveryEntryOnceInOrder(uint entryCount) => Transfer(entryCount, Iterations.Of(200_000));

    [Theory]
    [InlineData(1u)]
    [InlineData(64u)]
    [Trait("Speed", "Soak")]
    public void TwoThreads_EveryEntryOnceInOrder_Soak(uint entryCount) => Transfer(entryCount, Iterations.Of(100_000));

    private static void Transfer(uint entryCount, int total)
    {
        RingLayout layout = RingLayout.Contiguous(EntryBytes, entryCount);
        ArrayMemory memory = ArrayMemory.For(layout);
        memory.StartAt(layout, uint.MaxValue - ((uint)total / 2));
        Exception? producerFailure = null;
        using CancellationTokenSource stop = new();
        Thread producer = new(() =>
        {
            try
            {
                Produce(memory, layout, (uint)total, stop.Token);
            }
            catch (Exception exception)
            {
                producerFailure = exception;
            }
        })
        {
            Name = "producer",
        };
        producer.Start();
        try
        {
            Consume(memory, layout, (uint)total);
        }
        finally
        {
            stop.Cancel();
            producer.Join();
        }

        Assert.Null(producerFailure);
    }

    private static void Produce(ArrayMemory memory, RingLayout layout, uint total, CancellationToken stop)
    {
        RingProducer<ArrayMemory> ring = new(memory, layout);
        byte[] batch = new byte[layout.EntryCount * EntryBytes];
        uint sent = 0;
        while (sent < total && !stop.IsCancellationRequested)
        {
            Assert.Equal(RingStatus.Ok, ring.Refresh());
            uint count = uint.Min(uint.Min(ring.Free, total - sent), 1 + (sent % layout.EntryCount));
            if (count == 0)
            {
                Thread.Yield();
                continue;
            }

            for (uint i = 0; i < count; i++)
            {
                FillEntry(batch.AsSpan((int)(i * EntryBytes), (int)EntryBytes), sent + i);
            }

            Assert.True(ring.TryWrite(0, batch.AsSpan(0, (int)(count * EntryBytes))));
            ring.Publish(count);
            sent += count;
        }
    }

    private static void Consume(ArrayMemory memory, RingLayout layout, uint total)
    {
        RingConsumer<ArrayMemory> ring = new(memory, layout);
        byte[] batch = new byte[layout.EntryCount * EntryBytes];
        byte[] expected = new byte[EntryBytes];
        uint received = 0;
        long progress = Stopwatch.GetTimestamp();
        while (received < total)
        {
            Assert.Equal(RingStatus.Ok, ring.Refresh());
            uint count = uint.Min(ring.Count, 1 + (received % 7));
            if (count == 0)
            {
                Assert.True(
                    Stopwatch.GetElapsedTime(progress) < s_stallLimit,
                    $"consumer: nothing arrived for {s_stallLimit}; received {received} of {total}");
                Thread.Yield();
                continue;
            }

            Span<byte> entries = batch.AsSpan(0, (int)(count * EntryBytes));
            Assert.True(ring.TryRead(0, entries));
            for (uint i = 0; i < count; i++)
            {
                FillEntry(expected, received + i);
                Assert.True(
                    entries.Slice((int)(i * EntryBytes), (int)EntryBytes).SequenceEqual(expected),
                    $"consumer: entry {received + i} is not what was produced");
            }

            ring.Release(count);
            received += count;
            progress = Stopwatch.GetTimestamp();
        }
    }

    private static void FillEntry(Span<byte> entry, uint number)
    {
        for (int i = 0; i < entry.Length; i += sizeof(uint))
        {
            BitConverter.TryWriteBytes(entry.Slice(i), unchecked((number * 2654435761u) + (uint)i));
        }
    }
}
