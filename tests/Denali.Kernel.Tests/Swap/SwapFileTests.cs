// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using CsCheck;
using Denali.Hardware;
using Denali.Kernel.Memory;
using Denali.Kernel.Swap;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Swap;

/// <summary>What is written comes back or is known to be lost; at every moment a VM is in the file or not.</summary>
public sealed class SwapFileTests : IDisposable
{
    private const ulong MaxBytes = 64 << 20;

    private static readonly Guid s_boot = new("00000000-0000-0000-0000-000000000001");
    private static readonly Guid s_otherBoot = new("00000000-0000-0000-0000-000000000002");

    private readonly FaultySwapDevice _device = new();
    private readonly BlockStore _store = new();
    private readonly SwapStream _stream = new();

    public void Dispose() => Assert.Equal(0, _store.Bytes);

    [Fact]
    public void Read_AfterWrite_GivesTheSameBlocksAndErases() =>
        Gen.Int[0, 700_000].Array[0, 4].Sample(
            lengths =>
            {
                var file = new SwapFile(_device, MaxBytes, s_boot);
                byte[][] blocks = [.. lengths.Select(MakeBlock)];
                SwapPlace place = Write(file, 3, blocks);
                Assert.True(file.TryFind(3, out _));

                Assert.Equal(SwapStatus.Ok, file.Read(3, IdOf(3), place, _store, _stream, out long chain));

                Assert.Equal(blocks, TakeBlocks(chain));
                Assert.False(file.TryFind(3, out _));
                Assert.Equal(0u, file.UsedBytes);
            },
            iter: 20,
            threads: 1);

    [Fact]
    public void Open_WithALowerLimit_KeepsWhatIsThereAndAddsNothing()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        byte[][] blocks = [MakeBlock(300_000)];
        SwapPlace place = Write(file, 3, blocks);
        _ = Write(file, 4, [MakeBlock(300_000)]);

        var again = new SwapFile(_device, 100 * 4096, s_boot);
        Assert.Equal(2, again.Saved.Count);
        Assert.True(again.UsedBytes > again.LimitBytes);
        Assert.Equal(SwapStatus.Full, TryWrite(again, 5, [MakeBlock(10)], out _));
        Assert.Equal(SwapStatus.Ok, again.Read(3, IdOf(3), place, _store, _stream, out long chain));
        Assert.Equal(blocks, TakeBlocks(chain));

        // There is room below the limit now, although the file goes on behind it.
        Assert.Equal(SwapStatus.Ok, TryWrite(again, 5, [MakeBlock(10)], out _));
    }

    [Fact]
    public void Read_FileInPieces_GivesTheSameBlocks()
    {
        var file = new SwapFile(_device, 64 * 4096, s_boot);
        List<SwapPlace> places = [.. Enumerable.Range(0, 32).Select(index => Write(file, index, [MakeBlock(6000)]))];
        for (int index = 0; index < 32; index += 2)
        {
            Assert.Equal(SwapStatus.Ok, file.Erase(index));
        }

        byte[][] blocks = [MakeBlock(50_000), MakeBlock(60_000)];
        SwapPlace scattered = Write(file, 40, blocks);
        Assert.True(file.TryFind(40, out SwapEntry entry) && entry.RunCount > SwapEntry.InlineRuns);

        // Also by a later kernel, which has only the file.
        var again = new SwapFile(_device, 64 * 4096, s_boot);
        Assert.Equal(17, again.Saved.Count);
        Assert.Equal(file.UsedBytes, again.UsedBytes);
        Assert.Equal(SwapStatus.Ok, again.Read(40, IdOf(40), scattered, _store, _stream, out long chain));
        Assert.Equal(blocks, TakeBlocks(chain));
        for (int index = 1; index < 32; index += 2)
        {
            Assert.Equal(SwapStatus.Ok, again.Read(index, IdOf(index), places[index], _store, _stream, out chain));
            Assert.Equal(6000, TakeBlocks(chain)[0].Length);
        }

        Assert.Equal(0u, again.UsedBytes);
    }

    [Fact]
    public void Read_AnyByteFlipped_IsDamagedAndNeverAnotherMemory()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        SwapPlace place = Write(file, 0, [MakeBlock(3000)]);
        for (int at = 0; at < place.Bytes; at++)
        {
            _device.Flip(SwapLayout.OffsetOf(place.Block) + at);
            Assert.Equal(SwapStatus.Damaged, file.Read(0, IdOf(0), place, _store, _stream, out long chain));
            Assert.Equal(BlockStore.None, chain);
            _device.Flip(SwapLayout.OffsetOf(place.Block) + at);
        }

        Assert.Equal(SwapStatus.Ok, file.Read(0, IdOf(0), place, _store, _stream, out long whole));
        _store.Free(whole);
    }

    [Fact]
    public void Read_RandomBytesInPlaceOfARecord_IsDamaged() =>
        Gen.Byte.Array[4096].Sample(
            bytes =>
            {
                var file = new SwapFile(_device, MaxBytes, s_boot);
                SwapPlace place = Write(file, 0, [MakeBlock(3000)]);

                // A good beginning, so that what follows is looked at.
                _device.Write(SwapLayout.OffsetOf(place.Block) + 136, bytes.AsSpan(136));
                Assert.Equal(SwapStatus.Damaged, file.Read(0, IdOf(0), place, _store, _stream, out _));
                Assert.Equal(SwapStatus.Ok, file.Erase(0));
            },
            threads: 1);

    [Fact]
    public void Read_DeviceGivesLittleAtATime_GivesTheSameBlocks()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        byte[][] blocks = [MakeBlock(400_000)];
        SwapPlace place = Write(file, 0, blocks);
        _device.ReadMax = 1000;

        Assert.Equal(SwapStatus.Ok, file.Read(0, IdOf(0), place, _store, _stream, out long chain));
        Assert.Equal(blocks, TakeBlocks(chain));
    }

    [Fact]
    public void Read_DeviceRefuses_FailsAndCanBeTriedAgain()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        byte[][] blocks = [MakeBlock(600_000)];
        SwapPlace place = Write(file, 0, blocks);
        for (int refused = 1; refused <= 3; refused++)
        {
            int reads = 0;
            _device.BeforeRead = _ => _ = ++reads == refused ? throw new IOException("no") : 0;
            Assert.Equal(SwapStatus.Failed, file.Read(0, IdOf(0), place, _store, _stream, out _));
        }

        _device.BeforeRead = _ => { };
        Assert.Equal(SwapStatus.Ok, file.Read(0, IdOf(0), place, _store, _stream, out long chain));
        Assert.Equal(blocks, TakeBlocks(chain));
    }

    [Fact]
    public void Read_CannotBeErased_GivesTheBlocksAndIsUnclearUntilItIsErased()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        byte[][] blocks = [MakeBlock(9000)];
        SwapPlace place = Write(file, 0, blocks);
        _device.BeforeWrite = (_, _) => 0;

        Assert.Equal(SwapStatus.Unclear, file.Read(0, IdOf(0), place, _store, _stream, out long chain));

        Assert.Equal(blocks, TakeBlocks(chain));
        Assert.Equal(SwapStatus.Failed, file.Erase(0));
        Assert.Single(new SwapFile(_device.Copy(), MaxBytes, s_boot).Saved);
        _device.BeforeWrite = (_, length) => length;
        Assert.Equal(SwapStatus.Ok, file.Erase(0));
        Assert.Equal(0u, file.UsedBytes);
        Assert.Empty(new SwapFile(_device.Copy(), MaxBytes, s_boot).Saved);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Read_IsErasedButTheDeviceRefuses_ItsBlocksComeBack(bool refusesReadsToo)
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        SwapPlace place = Write(file, 0, [MakeBlock(9000)]);
        _device.AfterWrite = _ => false;
        _device.BeforeRead = offset => _ = refusesReadsToo && offset == SwapLayout.EntryOffset(0)
            ? throw new IOException("no") : 0;

        SwapStatus status = file.Read(0, IdOf(0), place, _store, _stream, out long chain);

        Assert.Equal(refusesReadsToo ? SwapStatus.Unclear : SwapStatus.Ok, status);
        _store.Free(chain);
        _device.AfterWrite = _ => true;
        _device.BeforeRead = _ => { };
        Assert.Equal(SwapStatus.Ok, file.Erase(0));
        Assert.Equal(0u, file.UsedBytes);
    }

    [Fact]
    public void Write_NoRoomForTheEntryNorForZeros_FailsBecauseItIsNotThere()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        Write(file, 4, [MakeBlock(100)]);
        ulong before = file.UsedBytes;

        // A full disk refuses what was never written, and takes what replaces something.
        _device.BeforeWrite = (offset, length) => offset == SwapLayout.EntryOffset(3) ? 0 : length;

        Assert.Equal(SwapStatus.Failed, TryWrite(file, 3, [MakeBlock(9000)], out _));
        Assert.Equal(before, file.UsedBytes);
        Assert.Equal(IdOf(4), Assert.Single(new SwapFile(_device.Copy(), MaxBytes, s_boot).Saved).Id);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(100_000)]
    [InlineData(300_000)]
    public void Read_FileCutOffWithinTheRecord_IsDamaged(long left)
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        SwapPlace place = Write(file, 0, [MakeBlock(400_000)]);
        _device.Truncate(SwapLayout.OffsetOf(place.Block) + left);

        Assert.Equal(SwapStatus.Damaged, file.Read(0, IdOf(0), place, _store, _stream, out long chain));
        Assert.Equal(BlockStore.None, chain);
    }

    [Fact]
    public void Read_DeviceGivesNothingAlthoughItIsLonger_FailsAndCanBeTriedAgain()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        byte[][] blocks = [MakeBlock(400_000)];
        SwapPlace place = Write(file, 0, blocks);
        _device.ReadMax = 0;
        Assert.Equal(SwapStatus.Failed, file.Read(0, IdOf(0), place, _store, _stream, out _));

        _device.ReadMax = int.MaxValue;
        Assert.Equal(SwapStatus.Ok, file.Read(0, IdOf(0), place, _store, _stream, out long chain));
        Assert.Equal(blocks, TakeBlocks(chain));
    }

    [Fact]
    public void Write_KilledAfterAnyByte_LaterKernelFindsTheWholeVmOrNone()
    {
        byte[][] blocks = [MakeBlock(5000)];
        for (int written = 0; written < 8192 + SwapEntry.SizeBytes; written += 61)
        {
            _device.Clear();
            var file = new SwapFile(_device, MaxBytes, s_boot);
            Write(file, 1, [MakeBlock(100)]);
            int left = written;
            _device.BeforeWrite = (_, length) =>
            {
                int part = Math.Min(left, length);
                left -= part;
                return part;
            };
            SwapStatus status = TryWrite(file, 0, blocks, out _);
            _device.BeforeWrite = (_, length) => length;

            var later = new SwapFile(_device, MaxBytes, s_boot);
            Assert.Contains(IdOf(1), later.Saved.Select(saved => saved.Id));
            Assert.Equal(status == SwapStatus.Ok, later.Saved.Any(saved => saved.Id == IdOf(0)));
        }
    }

    [Fact]
    public void Write_NoRoom_IsFullAndRoomComesBack()
    {
        var file = new SwapFile(_device, 4 * 4096, s_boot);
        SwapPlace place = Write(file, 0, [MakeBlock(9000)]);
        Assert.Equal(SwapStatus.Full, TryWrite(file, 1, [MakeBlock(9000)], out _));
        Assert.Equal(SwapStatus.Full, TryWrite(file, 1, [MakeBlock(90_000)], out _));
        Assert.Equal(SwapStatus.Ok, file.Read(0, IdOf(0), place, _store, _stream, out long chain));
        _store.Free(chain);
        Write(file, 1, [MakeBlock(9000)]);
    }

    [Fact]
    public void Write_EntryIsWholeButTheDeviceRefuses_IsUnclearAndItsBlocksAreKeptUntilItIsErased()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        Write(file, 4, [MakeBlock(100)]);
        ulong before = file.UsedBytes;

        // The entry is there, and then the device refuses.
        bool isEntryThere = false;
        _device.AfterWrite = offset =>
        {
            isEntryThere |= offset == SwapLayout.EntryOffset(3);
            return !isEntryThere;
        };
        _device.BeforeWrite = (_, length) => isEntryThere ? 0 : length;
        Assert.Equal(SwapStatus.Unclear, TryWrite(file, 3, [MakeBlock(9000)], out _));
        Assert.Equal(SwapStatus.Failed, file.Erase(3));
        Assert.Equal(SwapStatus.Left, TryWrite(file, 3, [MakeBlock(9000)], out _));
        Assert.True(file.UsedBytes > before);
        Assert.Contains(IdOf(3), new SwapFile(_device.Copy(), MaxBytes, s_boot).Saved.Select(saved => saved.Id));

        // The next thing that works makes good what was left.
        _device.AfterWrite = _ => true;
        _device.BeforeWrite = (_, length) => length;
        Assert.Equal(SwapStatus.Ok, file.Erase(4));
        Assert.Equal(0u, file.UsedBytes);
        Assert.Empty(new SwapFile(_device.Copy(), MaxBytes, s_boot).Saved);
        Write(file, 3, [MakeBlock(9000)]);
        Assert.Equal(IdOf(3), Assert.Single(new SwapFile(_device.Copy(), MaxBytes, s_boot).Saved).Id);
    }

    [Fact]
    public void Erase_DirectoryCannotBeRead_BlocksComeBackLater()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        Write(file, 3, [MakeBlock(9000)]);
        Write(file, 4, [MakeBlock(100)]);
        _device.BeforeRead = _ => throw new IOException("no");
        Assert.Equal(SwapStatus.Failed, file.Erase(3));

        // The index may be another VM's by now.
        Assert.Equal(SwapStatus.Left, TryWrite(file, 3, [MakeBlock(100)], out _));
        _device.BeforeRead = _ => { };
        Assert.Equal(SwapStatus.Ok, file.Erase(4));
        Assert.Equal(0u, file.UsedBytes);
        Assert.Empty(new SwapFile(_device.Copy(), MaxBytes, s_boot).Saved);
    }

    [Fact]
    public void Open_AfterTheHostWentDown_BelievesOnlyACleanFile()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        Write(file, 0, [MakeBlock(100)]);
        Assert.Single(new SwapFile(_device, MaxBytes, s_boot).Saved);
        Assert.Empty(new SwapFile(_device, MaxBytes, s_otherBoot).Saved);
        Assert.Empty(new SwapFile(_device, MaxBytes, s_boot).Saved);

        file = new SwapFile(_device, MaxBytes, s_boot);
        Write(file, 0, [MakeBlock(100)]);
        Assert.Equal(SwapStatus.Ok, file.MakeClean());
        file = new SwapFile(_device, MaxBytes, s_otherBoot);
        Assert.Equal(IdOf(0), Assert.Single(file.Saved).Id);

        // It changes again from then on.
        Assert.Empty(new SwapFile(_device, MaxBytes, s_boot).Saved);
    }

    [Fact]
    public void Open_SomethingElse_IsRefused()
    {
        _device.Write(0, new byte[8192]);
        KernelException e = Assert.Throws<KernelException>(() => new SwapFile(_device, MaxBytes, s_boot));
        Assert.Contains("remove it, or name another", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EntriesThatClaimTheSameBlocks_OnlyOneIsBelieved()
    {
        var file = new SwapFile(_device, MaxBytes, s_boot);
        Write(file, 0, [MakeBlock(100)]);
        Assert.True(file.TryFind(0, out SwapEntry entry));
        entry.MachineId = IdOf(7);
        byte[] bytes = new byte[SwapEntry.SizeBytes];
        entry.Write(bytes);
        _device.Write(SwapLayout.EntryOffset(7), bytes);
        _device.Write(SwapLayout.EntryOffset(8), bytes);

        Assert.Equal(IdOf(0), Assert.Single(new SwapFile(_device, MaxBytes, s_boot).Saved).Id);
    }

    [Fact]
    public void Device_FileInUse_IsRefusedWithTheCure()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (var first = new SwapFile(new FileSwapDevice(path), MaxBytes, s_boot))
            {
                Write(first, 5, [MakeBlock(20_000)]);
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
                KernelException e = Assert.Throws<KernelException>(() => new FileSwapDevice(path));
                Assert.Contains("end the kernel that uses it", e.Message, StringComparison.Ordinal);
            }

            using var second = new SwapFile(new FileSwapDevice(path), MaxBytes, s_boot);
            SavedMachine saved = Assert.Single(second.Saved);
            Assert.Equal((IdOf(5), (UInt128)77, 4096UL), (saved.Id, saved.TemplateKey, saved.ChargedBytes));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static ulong IdOf(int index) => (3UL << 24) | (uint)(index + 1);

    private static byte[] MakeBlock(int length)
    {
        byte[] block = new byte[length];
        new Random(length).NextBytes(block);
        return block;
    }

    private SwapPlace Write(SwapFile file, int index, byte[][] blocks)
    {
        Assert.Equal(SwapStatus.Ok, TryWrite(file, index, blocks, out SwapPlace place));
        return place;
    }

    private SwapStatus TryWrite(SwapFile file, int index, byte[][] blocks, out SwapPlace place)
    {
        long chain = BlockStore.None;
        foreach (byte[] block in blocks)
        {
            chain = _store.Add(block, chain);
        }

        var entry = new SwapEntry
        {
            MachineId = IdOf(index),
            Key = 77,
            ChargedBytes = 4096,
            DeadlineNs = InstructionPage.Never,
        };
        SwapStatus status = file.Write(index, entry, chain, _stream, out place);
        _store.Free(chain);
        return status;
    }

    /// <summary>The blocks of a chain in the order in which they were added to the one that was written.</summary>
    private byte[][] TakeBlocks(long chain)
    {
        var blocks = new List<byte[]>();
        for (long rest = chain; rest != BlockStore.None;)
        {
            blocks.Add(BlockStore.Read(rest, out rest).ToArray());
        }

        _store.Free(chain);
        return [.. blocks];
    }
}
