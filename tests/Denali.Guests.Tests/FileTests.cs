// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using Denali.Files.Tests;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>VMs read files of their disks: all the way from the guest's calls to the host's file.</summary>
public sealed class FileTests : IDisposable
{
    private readonly TestTree _tree = new();
    private readonly List<DiskImage> _disks = [];

    public void Dispose()
    {
        _disks.ForEach(disk => disk.Dispose());
        _tree.Dispose();
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    public void Tree_Listed_IsTheSame(int blockBytes)
    {
        MakeTree();
        using var host = new GuestHost();

        GuestMachine machine = host.StartOnDisk(Build(blockBytes), "files", "list");

        machine.AssertTerminated(0);
        Assert.Equal(
            Files().Select(file => $"{Hash(file.Bytes):x16} {file.Bytes.Length} {Convert.ToHexStringLower(file.Path)}")
                .Order(StringComparer.Ordinal),
            machine.Text.TrimEnd('\n').Split('\n').Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("hold")]
    [InlineData("hold", "small cache")]
    [InlineData("threads")]
    [InlineData("threads", "small cache")]
    public void Tree_ReadInOtherWays_IsTheSame(params string[] arguments)
    {
        MakeTree();
        using var host = new GuestHost();

        GuestMachine machine = host.StartOnDisk(Build(4096), "files", arguments);

        machine.AssertTerminated(0);
        Assert.Equal($"sum {Sum()}\n", machine.Text);
    }

    [Fact]
    public void Tree_ReadAgain_ComesFromTheCache()
    {
        _tree.Write("one", TestTree.Pattern(500_000, 1));
        _tree.Write("two", TestTree.Pattern(500_000, 2));
        using var host = new GuestHost();

        GuestMachine machine = host.StartOnDisk(Build(4096), "files", "again");

        machine.AssertTerminated(0);
        Assert.Equal($"sum {Sum()}\nsum {Sum()}\nmisses 0\n", machine.Text);
    }

    [Fact]
    public void Calls_OnFiles_ReturnWhatPosixSays()
    {
        _tree.Write("directory/file", Encoding.ASCII.GetBytes("The quick brown fox"));
        File.SetLastWriteTimeUtc(
            Path.Combine(_tree.Content, "directory/file"), DateTime.UnixEpoch.AddSeconds(1_234_567_890));
        _tree.Write("large", TestTree.Pattern(6_000_000, 1));
        _tree.Link("link", "directory/file");
        _tree.Link("broken", "nowhere");
        _tree.Link("circle", "circle");
        using var host = new GuestHost();

        GuestMachine machine = host.StartOnDisk(Build(4096), "files", "suite");

        _ = machine.WaitForEnd();
        FrameReport report = FrameParser.Parse(machine.Text);
        Assert.True(report.Failed.Count == 0, machine.Text);
        Assert.Equal(12, report.Passed.Count);
        machine.AssertTerminated(0);
    }

    [Fact]
    public void Machines_ThatShareADisk_AllReadIt()
    {
        MakeTree();
        DiskImage disk = Build(4096);
        using var host = new GuestHost();

        GuestMachine[] machines = [.. Enumerable.Range(0, 12).Select(_ => host.StartOnDisk(disk, "files", "hold"))];

        Assert.All(machines, machine =>
        {
            machine.AssertTerminated(0);
            Assert.Equal($"sum {Sum()}\n", machine.Text);
        });
    }

    [Fact]
    public void Machines_KilledWhileTheyRead_HurtNobody()
    {
        MakeTree();
        DiskImage disk = Build(4096);
        using var host = new GuestHost();
        for (int i = 0; i < 20; i++)
        {
            GuestMachine[] machines =
                [.. Enumerable.Range(0, 4).Select(_ => host.StartOnDisk(disk, "files", "forever", "small cache"))];
            Array.ForEach(machines, machine => machine.WaitForOutput("reading"));

            Assert.All(machines, machine => Assert.Equal(ExitCause.Killed, machine.Kill().Cause));
        }

        GuestMachine last = host.StartOnDisk(disk, "files", "hold");
        last.AssertTerminated(0);
        Assert.Equal($"sum {Sum()}\n", last.Text);
    }

    [Fact]
    public void Disk_WithoutAFileSystem_IsAnError()
    {
        byte[] nothing = new byte[1 << 20];
        using var host = new GuestHost();

        GuestMachine machine = host.StartOnDisk(Open(nothing), "files", "list");

        machine.AssertTerminated(1);
        Assert.Equal("error 22\n", machine.Text);
    }

    [Fact]
    public void Disk_CutOffWhileItIsRead_IsAnError()
    {
        _tree.Write("large", TestTree.Pattern(4_000_000, 1));
        DiskImage disk = Build(4096);
        using (FileStream file = File.Open(ImagePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            file.SetLength(2_000_000);
        }

        using var host = new GuestHost();

        GuestMachine machine = host.StartOnDisk(disk, "files", "list");

        machine.AssertTerminated(1);
        Assert.Equal("error 5\n", machine.Text);
    }

    private string ImagePath => Path.Combine(Path.GetDirectoryName(_tree.Content)!, "disk");

    private void MakeTree()
    {
        var random = new Random(7);
        for (int i = 0; i < 300; i++)
        {
            _tree.Write($"d{i % 7}/e{i % 3}/file {i}", TestTree.Pattern(random.Next(random.Next(40_000)), i));
        }

        _tree.Write("deep/" + string.Concat(Enumerable.Repeat("directory/", 30)) + "end", [1, 2, 3]);
        _tree.Write("odd/new\nline ünïcödé", [4]);
        _tree.Write("odd/" + new string('n', 255), [5]);
        _tree.Write("large", TestTree.Pattern(3_000_000, 99));
        _tree.Write("empty", []);
    }

    private DiskImage Build(int blockBytes) => Open(_tree.Build(blockBytes, 24 * 1024));

    private DiskImage Open(byte[] image)
    {
        File.WriteAllBytes(ImagePath, image);
        DiskImage disk = DiskImage.Open(ImagePath, isReadOnly: true);
        _disks.Add(disk);
        return disk;
    }

    private IEnumerable<(byte[] Path, byte[] Bytes)> Files() =>
        Directory.GetFiles(_tree.Content, "*", SearchOption.AllDirectories)
            .Select(path => (Encoding.UTF8.GetBytes(path[_tree.Content.Length..]), File.ReadAllBytes(path)));

    private string Sum() => Files()
        .Aggregate(0ul, (sum, file) => unchecked(sum + Hash(file.Bytes)))
        .ToString(CultureInfo.InvariantCulture);

    // FNV-1a.
    private static ulong Hash(byte[] bytes) =>
        bytes.Aggregate(0xCBF2_9CE4_8422_2325, (hash, value) => unchecked((hash ^ value) * 0x100_0000_01B3));
}
