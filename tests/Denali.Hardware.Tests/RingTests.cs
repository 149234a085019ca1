// SPDX-License-Identifier: MIT
using Xunit;

namespace Denali.Hardware.Tests;

/// <summary>What one side of a ring does when the other behaves, by example.</summary>
public sealed class RingTests
{
    private const uint EntryBytes = 4;
    private const uint EntryCount = 4;

    private static readonly RingLayout s_layout = RingLayout.Contiguous(EntryBytes, EntryCount);

    private readonly ArrayMemory _memory = ArrayMemory.For(s_layout);
    private RingProducer<ArrayMemory> _producer;
    private RingConsumer<ArrayMemory> _consumer;

    public RingTests()
    {
        _producer = new RingProducer<ArrayMemory>(_memory, s_layout);
        _consumer = new RingConsumer<ArrayMemory>(_memory, s_layout);
    }

    [Fact]
    public void New_BeforeRefresh_HasNeitherRoomNorEntries()
    {
        Assert.Equal(0u, _producer.Free);
        Assert.Equal(0u, _consumer.Count);
        Assert.False(_producer.TryWrite(0, new byte[EntryBytes]));
        Assert.False(_consumer.TryRead(0, new byte[EntryBytes]));
    }

    [Fact]
    public void Empty_Refresh_IsAllRoomAndNoEntries()
    {
        Assert.Equal(RingStatus.Ok, _producer.Refresh());
        Assert.Equal(RingStatus.Ok, _consumer.Refresh());
        Assert.Equal(EntryCount, _producer.Free);
        Assert.Equal(0u, _consumer.Count);
    }

    [Fact]
    public void Written_NotPublished_IsInvisible()
    {
        _producer.Refresh();
        Assert.True(_producer.TryWrite(0, [1, 2, 3, 4]));
        _consumer.Refresh();
        Assert.Equal(0u, _consumer.Count);
    }

    [Fact]
    public void Published_Refresh_IsReadInOrder()
    {
        Fill([1, 1, 1, 1, 2, 2, 2, 2]);
        Assert.Equal(RingStatus.Ok, _consumer.Refresh());
        Assert.Equal(2u, _consumer.Count);
        byte[] both = new byte[2 * EntryBytes];
        Assert.True(_consumer.TryRead(0, both));
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2], both);
        byte[] second = new byte[EntryBytes];
        Assert.True(_consumer.TryRead(1, second));
        Assert.Equal([2, 2, 2, 2], second);
    }

    [Fact]
    public void Full_Write_IsRefusedUntilReleased()
    {
        Fill(new byte[EntryCount * EntryBytes]);
        Assert.Equal(0u, _producer.Free);
        Assert.False(_producer.TryWrite(0, new byte[EntryBytes]));
        _consumer.Refresh();
        _consumer.Release(1);
        Assert.Equal(EntryCount - 1, _consumer.Count);
        Assert.Equal(RingStatus.Ok, _producer.Refresh());
        Assert.Equal(1u, _producer.Free);
    }

    [Fact]
    public void AcrossTheEnd_WriteAndRead_AreSplit()
    {
        _memory.StartAt(s_layout, uint.MaxValue);
        Fill([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
        Assert.Equal(RingStatus.Ok, _consumer.Refresh());
        byte[] all = new byte[3 * EntryBytes];
        Assert.True(_consumer.TryRead(0, all));
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3], all);
        _consumer.Release(3);
        Assert.Equal(2u, _memory.LoadAcquire(RingHeader.ConsumerOffset));
        Assert.Equal(2u, _memory.LoadAcquire(RingHeader.ProducerOffset));
    }

    [Fact]
    public void Publish_MoreThanFree_IsCut()
    {
        _producer.Refresh();
        _producer.Publish(uint.MaxValue);
        Assert.Equal(0u, _producer.Free);
        Assert.Equal(EntryCount, _memory.LoadAcquire(RingHeader.ProducerOffset));
    }

    [Fact]
    public void Release_MoreThanCount_IsCut()
    {
        Fill(new byte[2 * EntryBytes]);
        _consumer.Refresh();
        _consumer.Release(uint.MaxValue);
        Assert.Equal(0u, _consumer.Count);
        Assert.Equal(2u, _memory.LoadAcquire(RingHeader.ConsumerOffset));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5)]
    public void PartOfAnEntry_ReadOrWrite_IsRefused(int lengthBytes)
    {
        Fill(new byte[2 * EntryBytes]);
        _consumer.Refresh();
        Assert.False(_consumer.TryRead(0, new byte[lengthBytes]));
        Assert.False(_consumer.TryWriteBack(0, new byte[lengthBytes]));
        Assert.False(_producer.TryWrite(0, new byte[lengthBytes]));
    }

    [Theory]
    [InlineData(2u)]
    [InlineData(uint.MaxValue)]
    public void IndexBeyondTheEntries_ReadOrWriteBack_IsRefused(uint index)
    {
        Fill(new byte[2 * EntryBytes]);
        _consumer.Refresh();
        Assert.False(_consumer.TryRead(index, new byte[EntryBytes]));
        Assert.False(_consumer.TryWriteBack(index, new byte[EntryBytes]));
    }

    [Fact]
    public void WrittenBack_ThenReleased_ReachesTheProducer()
    {
        Fill([1, 1, 1, 1, 2, 2, 2, 2]);
        _consumer.Refresh();
        Assert.True(_consumer.TryWriteBack(1, [9, 9, 9, 9]));
        byte[] slot = new byte[EntryBytes];
        _memory.Read(s_layout.OffsetOf(1), slot);
        Assert.Equal([9, 9, 9, 9], slot);
        _memory.Read(s_layout.OffsetOf(0), slot);
        Assert.Equal([1, 1, 1, 1], slot);
    }

    [Theory]
    [InlineData(EntryCount + 1)]
    [InlineData(uint.MaxValue)]
    [InlineData(0x8000_0000)]
    public void IndicesTooFarApart_Refresh_IsCorrupt(uint distance)
    {
        Fill(new byte[2 * EntryBytes]);
        _consumer.Refresh();
        _memory.StoreRelease(RingHeader.ProducerOffset, distance);
        _memory.StoreRelease(RingHeader.ConsumerOffset, 0);
        Assert.Equal(RingStatus.Corrupt, _consumer.Refresh());
        Assert.Equal(0u, _consumer.Count);
        Assert.Equal(RingStatus.Corrupt, _producer.Refresh());
        Assert.Equal(0u, _producer.Free);
    }

    private void Fill(byte[] entries)
    {
        Assert.Equal(RingStatus.Ok, _producer.Refresh());
        Assert.True(_producer.TryWrite(0, entries));
        _producer.Publish((uint)entries.Length / EntryBytes);
    }
}
