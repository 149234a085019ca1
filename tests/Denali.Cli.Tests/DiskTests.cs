// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>Disk images are made of directories, looked into, and given to VMs; what cannot be is refused.</summary>
public sealed class DiskTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-cli-").FullName;

    public DiskTests()
    {
        Assert.SkipUnless(File.Exists("/usr/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");
        Write("small", [1, 2, 3]);
        Write("a/b/large", [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i % 251))]);
        File.CreateSymbolicLink(Path.Combine(From, "link"), "a/b/large");
    }

    private string From => Path.Combine(_folder, "from");

    private string Image => Path.Combine(_folder, "disk.img");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Create_OfADirectory_IsRead()
    {
        Denali.Result created = Denali.Run("disk", "create", Image, "--from", From);

        Assert.Equal(("", 0), (created.Errors, created.ExitCode));
        Assert.EndsWith(", 2 files\n", created.Output, StringComparison.Ordinal);
        Denali.Result told = Denali.Run("disk", "info", Image);
        Assert.Equal(("", 0), (told.Errors, told.ExitCode));
        Assert.StartsWith("ext2, ", told.Output, StringComparison.Ordinal);
        Assert.Equal(["disk.img", "from"], Names());
    }

    [Fact]
    public void Create_Twice_IsTheSameFile()
    {
        Assert.Equal(0, Denali.Run("disk", "create", Image, "--from", From).ExitCode);
        byte[] first = File.ReadAllBytes(Image);

        // Reading changes the first, and setting it the time of the change.
        File.SetLastAccessTimeUtc(Path.Combine(From, "small"), DateTime.UnixEpoch.AddDays(10_000));
        Denali.Run("disk", "create", Image, "--from", From).AssertRefused("--force");
        Assert.Equal(0, Denali.Run("disk", "create", Image, "--from", From, "--force").ExitCode);

        Assert.True(first.SequenceEqual(File.ReadAllBytes(Image)));
    }

    [Fact]
    public void Create_OfMuch_FindsItsSize()
    {
        for (int i = 0; i < 1500; i++)
        {
            Write($"many/{i}-{new string('n', 180)}", new byte[i % 3]);
        }

        Write("huge", [.. Enumerable.Range(0, 20_000_000).Select(i => (byte)(i % 249))]);

        Assert.Equal(0, Denali.Run("disk", "create", Image, "--from", From).ExitCode);

        // All that there is, and not much more.
        Assert.InRange(new FileInfo(Image).Length, 20_000_000, 30_000_000);
    }

    [Fact]
    public void Create_WithASize_HasIt()
    {
        Assert.Equal(0, Denali.Run("disk", "create", Image, "--from", From, "--size", "5000000").ExitCode);

        Assert.Equal(1221 * 4096, new FileInfo(Image).Length);
    }

    [Theory]
    [InlineData("there is no directory", "IMAGE", "--from", "FOLDER/missing")]
    [InlineData("is a file", "IMAGE", "--from", "FOLDER/from/small")]
    [InlineData("is a directory", "FOLDER", "--from", "FOLDER/from")]
    [InlineData("there is no directory for", "FOLDER/no/disk.img", "--from", "FOLDER/from")]
    [InlineData("contain itself", "FOLDER/from/disk.img", "--from", "FOLDER/from")]
    [InlineData("--from", "IMAGE")]
    [InlineData("'x' is not a size", "IMAGE", "--from", "FOLDER/from", "--size", "x")]
    [InlineData("does not fit", "IMAGE", "--from", "FOLDER/from", "--size", "280000")]
    [InlineData("/dev/full' ", "/dev/full", "--from", "FOLDER/from")]
    public void Create_Impossible_IsRefusedAndLeavesNothing(string part, params string[] arguments)
    {
        string[] names = [.. arguments.Select(
            argument => argument.Replace("FOLDER", _folder, StringComparison.Ordinal)
                .Replace("IMAGE", Image, StringComparison.Ordinal))];

        Denali.Run(["disk", "create", .. names]).AssertRefused(part);

        Assert.Equal(["from"], Names());
    }

    [Fact]
    public void Create_WithoutMke2fs_SaysWhatToInstall()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, "bin")).FullName;
        string broken = Path.Combine(folder, "mke2fs");
        File.WriteAllText(broken, "no program");

        Denali.RunWith([("PATH", folder)], "disk", "create", Image, "--from", From).AssertRefused("e2fsprogs");
    }

    [Theory]
    [InlineData("missing", null, "there is no disk image")]
    [InlineData("empty", 0, "there is no disk image")]
    [InlineData("zeros", 8192, "not an ext2 file system")]
    [InlineData("short", 100, "damaged")]
    public void Info_OfNoImage_IsRefused(string name, int? bytes, string part)
    {
        string path = Path.Combine(_folder, name);
        if (bytes is { } length)
        {
            File.WriteAllBytes(path, new byte[length]);
        }

        Denali.Run("disk", "info", path).AssertRefused(part);
    }

    [Theory]
    [InlineData("disk", "see denali disk --help")]
    [InlineData("disk nope", "nope")]
    [InlineData("disk create", "see denali disk create --help")]
    [InlineData("run hello --disk ,ro", "is not a disk")]
    [InlineData("run hello --disk /nonexistent", "'/nonexistent' cannot be opened")]
    [InlineData("run hello --disk /tmp", "denali disk create")]
    [InlineData("run hello --disk /dev/zero,ro", "no regular file")]
    [InlineData("run hello --count 2 --disk x", "several VMs would write")]
    public void CommandLine_Wrong_IsRefused(string commandLine, string part) =>
        Denali.Run(commandLine.Split(' ')).AssertRefused(part);

    [Fact]
    public void Run_WithADisk_ReadsItsFiles()
    {
        Denali.NeedsKvm();
        Assert.Equal(0, Denali.Run("disk", "create", Image, "--from", From).ExitCode);

        Denali.Result result = Denali.Run("run", "files", "--disk", $"{Image},ro", "--", "list");

        Assert.Equal(("", 0), (result.Errors, result.ExitCode));
        Assert.Contains(
            " 300000 " + Convert.ToHexStringLower("/a/b/large"u8), result.Output, StringComparison.Ordinal);
        Denali.Run("run", "files").AssertRefused("--disk FILE");
    }

    private string[] Names() =>
    [
        .. Directory.GetFileSystemEntries(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal),
    ];

    private void Write(string path, byte[] bytes)
    {
        string full = Path.Combine(From, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
    }
}
