// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using Denali.Engine;
using Denali.Hardware;
using K4os.Compression.LZ4;

namespace Denali.Kernel.Memory;

/// <summary>
/// Turns the memory of a VM into a chain of blocks and back: the pages that differ from its base, as differences, the
/// chunks that were committed, and, if it was in the middle of its code, its registers. Compressed with LZ4.
/// </summary>
/// <remarks>
/// Has buffers of its own, so one thread at a time. A block before compression: counts of chunks, pages and bytes of
/// registers (three times 4 bytes), then chunk numbers and page numbers (4 bytes each), registers, differences.
/// </remarks>
internal sealed class ParkedImage
{
    private const int PageBytes = (int)AddressMap.PageBytes;

    // So many pages are a block: enough for most VMs to be one.
    private const int BlockPages = 64;
    private const int BlockChunks = 1024;

    // Of any engine: XSAVE with AVX-512 and AMX is 11 KiB.
    private const int ProcessorBytesMax = 16 << 10;

    private readonly BlockStore _store;
    private readonly uint[] _pages = new uint[BlockPages];
    private readonly int[] _chunks = new int[BlockChunks];
    private readonly byte[] _deltas = new byte[BlockPages * PageBytes];
    private byte[] _processor = [];
    private byte[] _raw = [];
    private byte[] _compressed = [];

    internal ParkedImage(BlockStore store)
    {
        _store = store;
    }

    /// <summary>Differing pages in what was saved last.</summary>
    internal int SavedPages { get; private set; }

    /// <summary>Saves the memory of the VM in a slot, which stays as it is.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="memoryBase">Its base.</param>
    /// <param name="isInterrupted">Whether the VM was taken off the processor in the middle of its code.</param>
    /// <param name="chain">A chain of blocks, or <see cref="BlockStore.None"/> if there is no difference.</param>
    /// <returns>False if the VM's registers cannot be had at this moment.</returns>
    /// <exception cref="OutOfMemoryException">There is no memory left; nothing is kept.</exception>
    /// <exception cref="EngineException">The pages cannot be found; nothing is kept.</exception>
    internal bool TrySave(IExecutionSlot slot, IMemoryBase memoryBase, bool isInterrupted, out long chain)
    {
        Reserve(slot.ProcessorStateBytes);
        chain = BlockStore.None;
        int processorBytes = isInterrupted ? slot.ProcessorStateBytes : 0;
        if (isInterrupted && !slot.TrySaveProcessor(_processor.AsSpan(0, processorBytes)))
        {
            return false;
        }

        try
        {
            SavedPages = 0;
            uint nextPage = 0;
            int nextChunk = 0;
            while (nextPage != uint.MaxValue || nextChunk >= 0)
            {
                int chunks = TakeChunks(slot.Commits, ref nextChunk);
                int pages = TakePages(slot, memoryBase, ref nextPage);
                if (chunks + pages + processorBytes != 0)
                {
                    chain = _store.Add(Compress(chunks, pages, processorBytes), chain);
                }

                SavedPages += pages;
                processorBytes = 0;
            }

            return true;
        }
        catch
        {
            _store.Free(chain);
            throw;
        }
    }

    /// <summary>Puts back what was saved, into a slot that is bound to the same base. The chain stays.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="memoryBase">Its base.</param>
    internal void Load(long chain, IExecutionSlot slot, IMemoryBase memoryBase)
    {
        Reserve(slot.ProcessorStateBytes);
        while (chain != BlockStore.None)
        {
            ReadOnlySpan<byte> compressed = BlockStore.Read(chain, out chain);
            Put(ParkedBlock.Decode(compressed, _raw), slot, memoryBase);
        }
    }

    /// <summary>Tells what was saved, without a slot. The chain stays.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="memoryBase">What the VM was made of.</param>
    /// <param name="pages">Gets the pages.</param>
    internal void Read(long chain, IMemoryBase memoryBase, MachinePages pages)
    {
        Reserve(ProcessorBytesMax);
        Span<byte> contents = stackalloc byte[PageBytes];
        while (chain != BlockStore.None)
        {
            ParkedBlock block = ParkedBlock.Decode(BlockStore.Read(chain, out chain), _raw);
            for (int i = 0; i < block.PageCount; i++)
            {
                CopyPage(block, i, memoryBase, contents);
                if (!pages.TryAdd(block.Page(i), contents))
                {
                    return;
                }
            }
        }
    }

    private static void Put(ParkedBlock block, IExecutionSlot slot, IMemoryBase memoryBase)
    {
        for (int i = 0; i < block.ChunkCount; i++)
        {
            slot.CommitAgain(block.Chunk(i));
        }

        if (!block.Processor.IsEmpty)
        {
            slot.RestoreProcessor(block.Processor);
        }

        Span<byte> contents = stackalloc byte[PageBytes];
        for (int i = 0; i < block.PageCount; i++)
        {
            CopyPage(block, i, memoryBase, contents);
            _ = slot.Memory.TryWrite((ulong)block.Page(i) * AddressMap.PageBytes, contents);
        }
    }

    private static void CopyPage(ParkedBlock block, int index, IMemoryBase memoryBase, Span<byte> contents)
    {
        block.Difference(index).CopyTo(contents);
        if (memoryBase.TryGetPage(block.Page(index), out ReadOnlySpan<byte> original))
        {
            PageDelta.Apply(contents, original);
        }
    }

    private int TakeChunks(ChunkMap commits, ref int next)
    {
        int count = 0;
        while (next >= 0 && count < BlockChunks)
        {
            next = commits.Next(next);
            if (next >= 0)
            {
                _chunks[count++] = next++;
            }
        }

        return count;
    }

    /// <summary>Collects differing pages, until a block is full or there are no more.</summary>
    /// <param name="slot">The slot.</param>
    /// <param name="memoryBase">Its base.</param>
    /// <param name="next">Where to begin; then where to go on, the largest number for the end.</param>
    private int TakePages(IExecutionSlot slot, IMemoryBase memoryBase, ref uint next)
    {
        if (next == uint.MaxValue)
        {
            return 0;
        }

        int found = slot.FindPrivatePages(next, _pages);
        next = found == BlockPages ? _pages[found - 1] + 1 : uint.MaxValue;
        int kept = 0;
        for (int i = 0; i < found; i++)
        {
            uint page = _pages[i];
            Span<byte> delta = _deltas.AsSpan(kept * PageBytes, PageBytes);
            _ = slot.Memory.TryRead((ulong)page * AddressMap.PageBytes, delta);
            if (memoryBase.TryGetPage(page, out ReadOnlySpan<byte> original))
            {
                PageDelta.Apply(delta, original);
            }

            if (delta.ContainsAnyExcept((byte)0))
            {
                _pages[kept++] = page;
            }
        }

        return kept;
    }

    private ReadOnlySpan<byte> Compress(int chunks, int pages, int processorBytes)
    {
        Span<byte> raw = _raw;
        BinaryPrimitives.WriteInt32LittleEndian(raw, chunks);
        BinaryPrimitives.WriteInt32LittleEndian(raw[4..], pages);
        BinaryPrimitives.WriteInt32LittleEndian(raw[8..], processorBytes);
        int at = ParkedBlock.HeaderBytes;
        foreach (int chunk in _chunks.AsSpan(0, chunks))
        {
            BinaryPrimitives.WriteInt32LittleEndian(raw[at..], chunk);
            at += 4;
        }

        foreach (uint page in _pages.AsSpan(0, pages))
        {
            BinaryPrimitives.WriteUInt32LittleEndian(raw[at..], page);
            at += 4;
        }

        _processor.AsSpan(0, processorBytes).CopyTo(raw[at..]);
        at += processorBytes;
        _deltas.AsSpan(0, pages * PageBytes).CopyTo(raw[at..]);
        at += pages * PageBytes;
        int bytes = LZ4Codec.Encode(raw[..at], _compressed, LZ4Level.L00_FAST);
        return _compressed.AsSpan(0, bytes);
    }

    private void Reserve(int processorBytes)
    {
        if (_raw.Length == 0 || _processor.Length < processorBytes)
        {
            _processor = new byte[processorBytes];
            _raw = new byte[
                ParkedBlock.HeaderBytes + (BlockChunks * 4) + (BlockPages * (4 + PageBytes)) + processorBytes];
            _compressed = new byte[LZ4Codec.MaximumOutputSize(_raw.Length)];
        }
    }
}
