// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Text;
using Xunit;

namespace Denali.Files.Tests;

/// <summary>What is in a directory comes out of its image: every byte, every name.</summary>
public sealed class TreeTests : IDisposable
{
    private readonly TestTree _tree = new();

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    public void File_OfAnyLength_IsTheSame(int blockBytes)
    {
        // Around the ends of a block, of the direct blocks, of the single and of the double indirect ones.
        int perBlock = blockBytes / 4;
        int[] blocks = [1, 12, 13, 12 + perBlock, 13 + perBlock, 40 + perBlock];
        int[] lengths = [0, 1, .. blocks.SelectMany(n => new[] { -1, 0, 1 }.Select(delta => (n * blockBytes) + delta))];
        foreach (int length in lengths)
        {
            _tree.Write($"file-{length}", TestTree.Pattern(length, length));
        }

        Reader reader = Reader.Mount(_tree.Build(blockBytes, 65_536), frames: 64);

        foreach (int length in lengths)
        {
            Assert.True(TestTree.Pattern(length, length).SequenceEqual(reader.Read($"/file-{length}")), $"{length}");
        }
    }

    [Fact]
    public void File_WithTripleIndirectBlocks_IsTheSame()
    {
        // Of 1 KiB each: the third level begins at 64 MiB.
        const long Offset = (12 + 256 + (256 * 256) + 1000) * 1024L;
        byte[] end = TestTree.Pattern(300_000, 1);
        _tree.WriteSparse("sparse", Offset, end);
        Reader reader = Reader.Mount(_tree.Build(1024, 4096));
        Ext2Inode inode = reader.Find("sparse");
        var file = new Ext2File(inode);
        byte[] bytes = new byte[end.Length + 5000];

        Assert.Equal(FileError.None, file.Read(reader.Volume, Offset - 5000, bytes, out int count));

        Assert.Equal((ulong)(Offset + end.Length), inode.Size);
        Assert.Equal(bytes.Length, count);
        Assert.All(bytes[..5000], value => Assert.Equal(0, value));
        Assert.Equal(end, bytes[5000..]);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    public void Holes_InTheMiddle_AreZeros(int blockBytes)
    {
        byte[] expected = new byte[200_000];
        TestTree.Pattern(5000, 1).CopyTo(expected, 0);
        TestTree.Pattern(5000, 2).CopyTo(expected, 100_000);
        using (FileStream file = File.Create(Path.Combine(_tree.Content, "holes")))
        {
            file.Write(expected.AsSpan(0, 5000));
            file.Position = 100_000;
            file.Write(expected.AsSpan(100_000, 5000));
            file.SetLength(expected.Length);
        }

        Reader reader = Reader.Mount(_tree.Build(blockBytes));

        Assert.True(expected.SequenceEqual(reader.Read("holes", 777)));
        Assert.True(reader.Find("holes").HalfKibibytes < 64, "the holes take room");
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    public void Directory_WithThousandsOfFiles_HasThemAll(int blockBytes)
    {
        const int Count = 2_500;
        for (int i = 0; i < Count; i++)
        {
            _tree.Write($"many/a file with a name that takes some room, number {i}", [(byte)i]);
        }

        Reader reader = Reader.Mount(_tree.Build(blockBytes, 16_384));

        Assert.Equal(Count, reader.List("/many").Count);
        for (int i = 0; i < Count; i += 7)
        {
            byte[] bytes = reader.Read($"/many/a file with a name that takes some room, number {i}");
            Assert.Equal([(byte)i], bytes);
        }

        Assert.Equal(FileError.NotFound, reader.Resolve("/many/other", out _));
    }

    [Fact]
    public void Names_Odd_AreFound()
    {
        string[] names =
        [
            new string('n', 255), "-", " ", "a b", "%2e%2e", "ünïcödé", "日本語", "new\nline", "tab\t", "quote'\"",
            "*?[x]", "...", ".hidden", "back\\slash", "UPPER", "upper",
        ];
        foreach (string name in names)
        {
            _tree.Write("odd/" + name, Encoding.UTF8.GetBytes(name));
        }

        Reader reader = Reader.Mount(_tree.Build());

        foreach (string name in names)
        {
            Assert.Equal(name, Encoding.UTF8.GetString(reader.Read("/odd/" + name)));
        }

        string[] found =
            [.. reader.List("/odd").Keys.Select(name => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(name)))];
        Assert.Equal(names.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Entries_SayTheKindOfAFile()
    {
        _tree.Write("file", [1]);
        _tree.Write("directory/file", [1]);
        _tree.Link("link", "file");
        Reader reader = Reader.Mount(_tree.Build());

        Assert.Equal(FileKind.Regular, reader.List("/")["file"].Kind);
        Assert.Equal(FileKind.Directory, reader.List("/")["directory"].Kind);
        Assert.Equal(FileKind.SymbolicLink, reader.List("/")["link"].Kind);
        Assert.Equal(FileKind.Regular, reader.Find("file").Kind);
        Assert.Equal(FileKind.Directory, reader.Find("directory").Kind);
        Assert.Equal(FileKind.SymbolicLink, reader.Find("link", followLast: false).Kind);
    }

    [Fact]
    public void Status_OfAFile_IsThatOfTheHost()
    {
        string path = Path.Combine(_tree.Content, "file");
        File.WriteAllBytes(path, TestTree.Pattern(12_345, 1));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.GroupExecute | UnixFileMode.SetGroup);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddSeconds(1_234_567_890));
        Reader reader = Reader.Mount(_tree.Build());

        Ext2Inode inode = reader.Find("file");

        Assert.Equal(12_345u, inode.Size);
        Assert.Equal(Convert.ToInt32("2410", 8), inode.Permissions);
        Assert.Equal(1, inode.LinkCount);
        Assert.Equal(1_234_567_890u, inode.ModificationTime);
        Assert.Equal(32u, inode.HalfKibibytes);
    }

    [Theory]
    [InlineData("-O", "^filetype")]
    [InlineData("-O", "^sparse_super,^resize_inode")]
    [InlineData("-O", "^dir_index,^resize_inode")]
    [InlineData("-O", "^ext_attr")]
    [InlineData("-I", "256")]
    [InlineData("-I", "128")]
    [InlineData("-r", "0")]
    [InlineData("-N", "5000")]
    [InlineData("-g", "1024")]
    public void Image_WithOtherOptions_IsRead(params string[] options)
    {
        for (int i = 0; i < 60; i++)
        {
            _tree.Write($"d{i}/file", TestTree.Pattern(20_000 + i, i));
        }

        Reader reader = Reader.Mount(_tree.Build(1024, 16_384, options));

        for (int i = 0; i < 60; i++)
        {
            Assert.True(TestTree.Pattern(20_000 + i, i).SequenceEqual(reader.Read($"d{i}/file")));
        }
    }
}
