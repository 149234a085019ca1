// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using Denali.Control.Templates;
using Denali.Images;
using Denali.Kernel;
using Denali.Kvm;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>A guest is booted once for each configuration; what is kept of that is used only if it is good.</summary>
public sealed class TemplateCacheTests : IDisposable
{
    private const int FileMax = 16;

    private static readonly string[] s_arguments = ["web"];

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-templates-").FullName;
    private readonly KvmEngine _engine;
    private readonly IsolationKernel _kernel;
    private readonly DenaliImage _image;
    private readonly TemplateCache _cache;

    public TemplateCacheTests()
    {
        Assert.SkipUnless(File.Exists(KvmSystem.DefaultPath), "there is no /dev/kvm on this machine");
        _image = TestGuest.Load("web");
        _engine = new KvmEngine();
        _kernel = new IsolationKernel(_engine, new KernelOptions { WorkerCount = 2 });
        _cache = new TemplateCache(Path.Combine(_folder, "cache"));
    }

    private string[] Files => Directory.GetFiles(Path.Combine(_folder, "cache"));

    public void Dispose()
    {
        _kernel?.Dispose();
        _engine?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Get_SecondTime_ComesFromTheFile()
    {
        UInt128 key = Get(s_arguments, isFromFile: false);

        Assert.Equal(key, Get(s_arguments, isFromFile: true));
        using var other = new IsolationKernel(_engine);
        (LoadedImage template, bool isFromFile) = _cache.Get(other, _image, 0, s_arguments);
        using (template)
        {
            Assert.True(isFromFile);
            Assert.Equal(key, template.Key);
        }

        Assert.Equal(".template", Path.GetExtension(Assert.Single(Files)));
    }

    [Fact]
    public void Get_OtherConfiguration_IsAnotherTemplate()
    {
        UInt128[] keys =
        [
            Get(s_arguments, isFromFile: false),
            Get(["web", "8080"], isFromFile: false),
            Get(s_arguments, isFromFile: false, memoryBytes: 32 << 20),
        ];

        Assert.Equal(keys.Length, keys.Distinct().Count());
        Assert.Equal(keys[0], Get(s_arguments, isFromFile: true));
        Assert.Equal(keys[0], Get(s_arguments, isFromFile: true, memoryBytes: _image.PreferredMemoryBytes));
        Assert.Equal(keys.Length, Files.Length);
    }

    [Fact]
    public void Get_FileOfAnotherConfiguration_IsMadeAgain()
    {
        _ = Get(["web", "8080"], isFromFile: false);
        string other = Files.Single();
        _ = Get(s_arguments, isFromFile: false);
        string own = Files.Single(file => file != other);
        File.Copy(other, own, overwrite: true);

        UInt128 key = Get(s_arguments, isFromFile: false);

        Assert.Equal(key, Get(s_arguments, isFromFile: true));
    }

    [Fact]
    public void Get_DamagedFile_IsMadeAgain()
    {
        _ = Get(s_arguments, isFromFile: false);
        string path = Files.Single();
        byte[] file = File.ReadAllBytes(path);
        file[file.Length / 2] ^= 1;
        File.WriteAllBytes(path, file);

        UInt128 key = Get(s_arguments, isFromFile: false);

        Assert.Equal(key, Get(s_arguments, isFromFile: true));
        Assert.Equal([path], Files);
    }

    [Fact]
    public async Task Get_ManyAtOnce_AllHaveTheSame()
    {
        UInt128[] keys = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            using LoadedImage template = _cache.Get(_kernel, _image, 0, s_arguments).Template;
            return template.Key;
        })));

        Assert.Single(keys.Distinct());
        Assert.Single(Files);
    }

    [Fact]
    public void Get_FolderThatCannotBe_DoesWithout()
    {
        string file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "no folder");

        (LoadedImage template, bool isFromFile) =
            new TemplateCache(Path.Combine(file, "cache")).Get(_kernel, _image, 0, s_arguments);

        using (template)
        {
            Assert.True(template.IsBooted);
            Assert.False(isFromFile);
        }
    }

    [Fact]
    public void Get_ManyOldFiles_OnlyTheLatestStay()
    {
        string cache = Directory.CreateDirectory(Path.Combine(_folder, "cache")).FullName;
        DateTime past = DateTime.UtcNow.AddDays(-1);
        for (int i = 0; i < FileMax + 4; i++)
        {
            string path = Path.Combine(cache, NameOf(i));
            File.WriteAllText(path, "old");
            File.SetLastWriteTimeUtc(path, past.AddMinutes(i));
        }

        string left = NameOf(1) + ".1-1";
        File.WriteAllText(Path.Combine(cache, left), "left");
        File.SetLastWriteTimeUtc(Path.Combine(cache, left), past);
        string written = NameOf(2) + ".2-2";
        File.WriteAllText(Path.Combine(cache, written), "being written");

        _ = Get(s_arguments, isFromFile: false);

        string[] names = [.. Files.Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(FileMax, names.Count(name => name.EndsWith(".template", StringComparison.Ordinal)));
        Assert.DoesNotContain(NameOf(4), names);
        Assert.Contains(NameOf(5), names);
        Assert.DoesNotContain(left, names);
        Assert.Contains(written, names);
        _ = Get(s_arguments, isFromFile: true);
    }

    private static string NameOf(int number) => $"{number:x16}-{0:x16}.template";

    [Fact]
    public void Get_GuestThatDoesNotBoot_SaysWhy()
    {
        ControlException e = Assert.Throws<ControlException>(
            () => _cache.Get(_kernel, _image, 0, ["web", "no port"]));

        Assert.Equal(
            "the guest did not become ready, so it cannot be a template: it terminated with code 2; "
            + "it printed: usage: web [PORT] [--log]",
            e.Message);
    }

    private UInt128 Get(string[] arguments, bool isFromFile, ulong memoryBytes = 0)
    {
        (LoadedImage template, bool fromFile) = _cache.Get(_kernel, _image, memoryBytes, arguments);
        using (template)
        {
            Assert.Equal(isFromFile, fromFile);
            return template.Key;
        }
    }
}
