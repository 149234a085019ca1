// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Denali.Engine;
using Denali.Images;
using Denali.Kernel.Templates;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Kernel.Tests.Templates;

/// <summary>A template comes back from a file as it was, or not at all.</summary>
public sealed class TemplateFileTests : IDisposable
{
    private const uint Level = 3;
    private const ulong CapturedNs = 1_000;
    private const int PageTableBytes = 300;

    private readonly FakeEngine _engine = new();
    private readonly DenaliImage _image = TestKernel.MakeImage();
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-template-").FullName;

    private string FilePath => Path.Combine(_folder, "template");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        using LoadedImage template = Make([0x10, 0x11, 0x25, 0x80], [4, 8], [16, 32]);
        TemplateWriter.Write(template, Level, FilePath);

        using LoadedImage read = Read();

        Assert.Equal(template.Key, read.Key);
        Assert.True(read.IsBooted);
        Assert.Equal(template.BootArguments, read.BootArguments);
        Assert.Equal(template.Layout, read.Layout);
        Assert.Equal(template.Base.ChargedBytes, read.Base.ChargedBytes);
        Assert.Equal([4, 8], Chunks(read.Base.Commits));
        Assert.Equal(PagesOf(template.Base), PagesOf(read.Base));
        Assert.Equal<ulong>([16, 32], read.Template!.DiskSectors!);
        Assert.True(read.Template is { HasNetwork: true, HasDisks: true, CapturedNs: CapturedNs });
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Read_UnusedDisks_StayFree()
    {
        using LoadedImage template = Make([0x10], [], disks: null);
        TemplateWriter.Write(template, Level, FilePath);

        using LoadedImage read = Read();

        Assert.Null(read.Template!.DiskSectors);
    }

    [Fact]
    public void Write_FileThatIsThere_IsReplaced()
    {
        File.WriteAllText(FilePath, "something else, and longer than nothing");
        using LoadedImage template = Make([0x10], []);

        TemplateWriter.Write(template, Level, FilePath);

        using LoadedImage read = Read();
        Assert.Equal(template.Key, read.Key);
    }

    [Fact]
    public void Read_AnyByteChanged_IsRefused()
    {
        using LoadedImage template = Make([0x10, 0x80], [4], [16]);
        TemplateWriter.Write(template, Level, FilePath);
        byte[] file = File.ReadAllBytes(FilePath);

        // All of the tables, some of the pages, all of the hash.
        IEnumerable<int> places = Enumerable.Range(0, PageTableBytes)
            .Concat(Enumerable.Range(PageTableBytes, file.Length - PageTableBytes).Where(at => at % 97 == 0))
            .Concat(Enumerable.Range(file.Length - 32, 32));
        foreach (int at in places)
        {
            byte[] damaged = [.. file];
            damaged[at] ^= 0x11;
            File.WriteAllBytes(FilePath, damaged);
            KernelException e = Assert.Throws<KernelException>(Read);
            Assert.Contains(": boot it again", e.Message, StringComparison.Ordinal);
        }

        Assert.True(_engine.LastBooted!.IsDisposed);
    }

    [Fact]
    public void Read_ShorterOrLonger_IsRefused()
    {
        using LoadedImage template = Make([0x10, 0x80], [4]);
        TemplateWriter.Write(template, Level, FilePath);
        byte[] file = File.ReadAllBytes(FilePath);
        foreach (int length in (int[])[0, 1, 127, 128, 159, 160, 200, 4096, file.Length - 1, file.Length + 1])
        {
            byte[] other = new byte[length];
            file.AsSpan(0, Math.Min(length, file.Length)).CopyTo(other);
            File.WriteAllBytes(FilePath, other);
            Assert.Equal(
                $"the template '{FilePath}' is damaged: boot it again", Assert.Throws<KernelException>(Read).Message);
        }
    }

    [Fact]
    public void Read_NoFile_SaysSo()
    {
        KernelException e = Assert.Throws<KernelException>(Read);
        Assert.StartsWith($"the template '{FilePath}' cannot be read (", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_StaleFile_SaysWhy()
    {
        using LoadedImage template = Make([0x10], []);
        TemplateWriter.Write(template, Level, FilePath);
        DenaliImage other = TestKernel.MakeImage(note => note with { StackCount = 3 });
        var weaker = new FakeEngine { ProcessorLevel = Level + 1 };
        (Func<LoadedImage> Read, string Why)[] cases =
        [
            (() => TemplateReader.Read(_engine, CapturedNs, other, FilePath), "of another image"),
            (() => TemplateReader.Read(weaker, CapturedNs, _image, FilePath), "for a processor of another level"),
            (() => TemplateReader.Read(_engine, CapturedNs - 1, _image, FilePath),
                "from before this machine was started again"),
        ];
        foreach ((Func<LoadedImage> read, string why) in cases)
        {
            KernelException e = Assert.Throws<KernelException>(read);
            Assert.Equal($"the template '{FilePath}' is {why}: boot it again", e.Message);
        }
    }

    [Theory]
    [InlineData(8, "of another format")]
    [InlineData(12, "for another version of the virtual hardware")]
    public void Read_OtherVersion_SaysWhich(int offset, string why)
    {
        using LoadedImage template = Make([0x10], []);
        TemplateWriter.Write(template, Level, FilePath);
        byte[] file = File.ReadAllBytes(FilePath);
        file[offset]++;
        File.WriteAllBytes(FilePath, file);

        KernelException e = Assert.Throws<KernelException>(Read);

        Assert.Equal($"the template '{FilePath}' is {why}: boot it again", e.Message);
    }

    [Fact]
    public void Write_NoSuchFolder_SaysSo()
    {
        using LoadedImage template = Make([0x10], []);
        string path = Path.Combine(_folder, "missing", "template");

        KernelException e = Assert.Throws<KernelException>(() => TemplateWriter.Write(template, Level, path));

        Assert.StartsWith($"the template '{path}' cannot be written (", e.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void Key_OfBases_IsTheSameExactlyIfTheyAre()
    {
        using LoadedImage image = LoadedImage.Create(_engine, _image, 0);
        using LoadedImage same = LoadedImage.Create(_engine, _image, 0);
        Assert.Equal(image.Key, same.Key);
        using LoadedImage template = Make([0x10, 0x80], [4]);
        using LoadedImage again = Make([0x10, 0x80], [4], [16]);
        Assert.Equal(template.Key, again.Key);

        LoadedImage[] others =
        [
            image,
            template,
            LoadedImage.Create(_engine, _image, TestKernel.MemoryBytes * 2),
            LoadedImage.Create(_engine, TestKernel.MakeImage(note => note with { StackCount = 3 }), 0),
            Make([0x10, 0x81], [4]),
            Make([0x10, 0x80], [5]),
            Make([0x10], [4]),
            Make([0x10, 0x80], [4], salt: 1),
        ];
        Assert.Equal(others.Length, others.Select(other => other.Key).Distinct().Count());
    }

    private static int[] Chunks(ChunkMap map) =>
        [.. Enumerable.Range(0, 16).Where(chunk => map.Next(chunk) == chunk)];

    private static List<(uint Page, string Contents)> PagesOf(IMemoryBase memory)
    {
        var pages = new List<(uint, string)>();
        for (uint page = 0; memory.TryGetNextPage(ref page, out ReadOnlySpan<byte> contents); page++)
        {
            pages.Add((page, Convert.ToHexString(contents)));
        }

        return pages;
    }

    private LoadedImage Read() => TemplateReader.Read(_engine, CapturedNs, _image, FilePath);

    private LoadedImage Make(uint[] pages, int[] chunks, ulong[]? disks = null, byte salt = 0)
    {
        Assert.True(DenaliImage.TryResolveMemory(_image, 0, out MemoryLayout layout, out _));
        var commits = new ChunkMap(layout.MemoryBytes);
        Array.ForEach(chunks, commits.Add);
        var state = new BaseState
        {
            ChargedBytes = 0x5000,
            Commits = commits,
            Pages = pages,
            Read = (page, contents) => contents.Fill((byte)(page + salt)),
        };
        return LoadedImage.CreateBooted(_engine, _image, layout, state, new TemplateFacts
        {
            HasNetwork = true,
            HasDisks = disks is not null,
            DiskSectors = disks,
            Arguments = ["web", "--log", ""],
            CapturedNs = CapturedNs,
        });
    }
}
