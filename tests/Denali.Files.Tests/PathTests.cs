// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Xunit;

namespace Denali.Files.Tests;

/// <summary>Paths are followed as POSIX says.</summary>
public sealed class PathTests : IDisposable
{
    private readonly TestTree _tree = new();
    private readonly Reader _reader;

    public PathTests()
    {
        _tree.Write("a/b/file", [7]);
        _tree.Write("top", [8]);
        _tree.Link("short", "a/b/file");
        _tree.Link("absolute", "/a/b");
        _tree.Link("a/b/up", "../../top");
        _tree.Link("a/long", string.Concat(Enumerable.Repeat("b/../", 60)) + "b/file");
        _tree.Link("self", "self");
        _tree.Link("ping", "pong");
        _tree.Link("pong", "ping");
        _tree.Link("nowhere", "a/missing");
        _tree.Link("59", new string('/', 54) + "a/b/." + "");
        _tree.Link("60", new string('/', 60 - 3) + "top");
        _tree.Link("61", new string('/', 61 - 3) + "top");
        _tree.Link("chain0", "top");
        for (int i = 1; i <= Ext2Path.LinkMax; i++)
        {
            _tree.Link($"chain{i}", $"chain{i - 1}");
        }

        _reader = Reader.Mount(_tree.Build());
    }

    public void Dispose() => _tree.Dispose();

    [Theory]
    [InlineData("/a/b/file", 7)]
    [InlineData("a/b/file", 7)]
    [InlineData("//a///b//file", 7)]
    [InlineData("./a/./b/../b/file", 7)]
    [InlineData("/../../a/b/file", 7)]
    [InlineData("short", 7)]
    [InlineData("absolute/file", 7)]
    [InlineData("a/b/up", 8)]
    [InlineData("absolute/up", 8)]
    [InlineData("a/long", 7)]
    [InlineData("59/file", 7)]
    [InlineData("60", 8)]
    [InlineData("61", 8)]
    [InlineData("chain39", 8)]
    public void Path_Good_LeadsToTheFile(string path, byte content) => Assert.Equal([content], _reader.Read(path));

    [Theory]
    [InlineData("", FileError.NotFound)]
    [InlineData("missing", FileError.NotFound)]
    [InlineData("a/missing/file", FileError.NotFound)]
    [InlineData("nowhere", FileError.NotFound)]
    [InlineData("top/", FileError.NotDirectory)]
    [InlineData("top/file", FileError.NotDirectory)]
    [InlineData("short/", FileError.NotDirectory)]
    [InlineData("self", FileError.TooManyLinks)]
    [InlineData("ping", FileError.TooManyLinks)]
    [InlineData("ping/file", FileError.TooManyLinks)]
    [InlineData("chain40", FileError.TooManyLinks)]
    public void Path_Bad_SaysWhatIsWrong(string path, object error) =>
        Assert.Equal(error, _reader.Resolve(path, out _));

    [Theory]
    [InlineData("/")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a/..")]
    [InlineData("a/b/../../")]
    public void Path_ToTheRoot_IsTheRoot(string path) => Assert.Equal(Ext2Volume.RootInode, _reader.Find(path).Number);

    [Fact]
    public void Path_TooLong_IsRefused()
    {
        Assert.Equal(FileError.NameTooLong, _reader.Resolve(new string('n', 256), out _));
        Assert.Equal(FileError.NameTooLong, _reader.Resolve(new string('/', Ext2Path.PathMax), out _));
        Assert.Equal([8], _reader.Read(new string('/', Ext2Path.PathMax - 4) + "top"));
    }

    [Fact]
    public void Link_NotFollowed_TellsItsTarget()
    {
        foreach (string name in new[] { "short", "absolute", "self", "59", "60", "61", "a/long" })
        {
            string target = File.ResolveLinkTarget(Path.Combine(_tree.Content, name), false) is null
                ? ""
                : new FileInfo(Path.Combine(_tree.Content, name)).LinkTarget!;
            Assert.Equal(target, _reader.ReadLink(_reader.Find(name, followLast: false)));
        }

        Assert.Equal(FileError.NotFile, Ext2Path.ReadLink(_reader.Volume, _reader.Find("top"), new byte[9], out _));
    }
}
