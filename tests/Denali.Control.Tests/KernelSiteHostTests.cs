// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Threading.Tasks;
using Denali.Control.Disks;
using Denali.Control.Sites;
using Denali.Control.Templates;
using Denali.Kernel;
using Denali.Kernel.Scheduling;
using Denali.Kvm;
using Xunit;

namespace Denali.Control.Tests;

/// <summary>What a kernel says of a VM of an earlier kernel.</summary>
public sealed class KernelSiteHostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-host-").FullName;
    private readonly KvmEngine _engine;
    private readonly Gate _gate = new();

    public KernelSiteHostTests()
    {
        Assert.SkipUnless(File.Exists(KvmSystem.DefaultPath), "there is no /dev/kvm on this machine");
        Assert.SkipUnless(File.Exists("/sbin/mke2fs"), "there is no mke2fs on this machine; e2fsprogs has it");
        _engine = new KvmEngine();
        string content = Directory.CreateDirectory(Path.Combine(_folder, "content")).FullName;
        File.WriteAllText(Path.Combine(content, "index.html"), "home");
        _ = DiskImageBuilder.Build(content, Disk, 0, TestContext.Current.CancellationToken);
    }

    private string Disk => Path.Combine(_folder, "disk.img");

    public void Dispose()
    {
        _engine?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task TryResume_OfAVmThatIsNotLetInNow_KeepsItForLater()
    {
        ulong id = await SaveOneAsync();
        using IsolationKernel kernel = StartKernel();
        using LoadedImage template = Template(kernel);
        var host = new KernelSiteHost(kernel, template, network: null);

        _gate.IsShut = true;
        var error = Assert.Throws<ControlException>(() => host.TryResume(id, Disk, null, new Observer()));
        Assert.Equal(Gate.Refusal, error.Message);
        Assert.True(kernel.TryFindSaved(id, out _));

        _gate.IsShut = false;
        Assert.Equal(id, host.TryResume(id, Disk, null, new Observer())!.Id);
    }

    [Fact]
    public async Task TryResume_OfAVmThatCanNeverGoOn_SaysSo()
    {
        ulong id = await SaveOneAsync();
        using IsolationKernel kernel = StartKernel();
        using LoadedImage other = Template(kernel, memoryBytes: 32 << 20);
        var host = new KernelSiteHost(kernel, other, network: null);

        Assert.Null(host.TryResume(id, Disk, null, new Observer()));
        Assert.Null(host.TryResume(id + 1, Disk, null, new Observer()));
    }

    [Fact]
    public async Task Group_HasALimitForAllItsVms_AndForNoOther()
    {
        var group = new SiteGroup("small", 0);
        using IsolationKernel kernel = StartKernel();
        using LoadedImage template = Template(kernel);
        var host = new KernelSiteHost(kernel, template, network: null);
        ISiteMachine alone = await StartAsync(null);

        // As much as one takes, and not twice that.
        group = group with { MemoryBytes = alone.Usage.ChargedBytes * 3 / 2 };
        ISiteMachine first = await StartAsync(group);
        Assert.Contains(
            "the group 'small' has used up its memory",
            Assert.Throws<ControlException>(() => host.Start("b", Disk, group, new Observer())).Message,
            StringComparison.Ordinal);
        _ = await StartAsync(group with { Name = "other" });
        _ = await StartAsync(group with { MemoryBytes = alone.Usage.ChargedBytes * 2 });
        Assert.True(kernel.TryGetUsage(first.Id, out _));

        async Task<ISiteMachine> StartAsync(SiteGroup? of)
        {
            var observer = new Observer();
            ISiteMachine machine = host.Start("a", Disk, of, observer);
            await observer.Ready.Task.WaitAsync(Events.Patience, TestContext.Current.CancellationToken);
            return machine;
        }
    }

    [Fact]
    public async Task Group_OfAVmThatGoesOn_IsChargedForIt()
    {
        ulong id = await SaveOneAsync();
        using IsolationKernel kernel = StartKernel();
        using LoadedImage template = Template(kernel);
        var host = new KernelSiteHost(kernel, template, network: null);

        Assert.True(kernel.TryFindSaved(id, out SavedMachine saved));
        var group = new SiteGroup("small", saved.ChargedBytes);

        // Never, as there is not as much for the whole group.
        Assert.Null(host.TryResume(id, Disk, group with { MemoryBytes = saved.ChargedBytes - 1 }, new Observer()));
        Assert.Equal(id, host.TryResume(id, Disk, group, new Observer())!.Id);
        Assert.Contains(
            "the group 'small' has used up its memory",
            Assert.Throws<ControlException>(() => host.Start("b", Disk, group, new Observer())).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Saves a VM that serves, and ends its kernel.</summary>
    private async Task<ulong> SaveOneAsync()
    {
        using IsolationKernel kernel = StartKernel();
        using LoadedImage template = Template(kernel);
        var observer = new Observer();
        ulong id = new KernelSiteHost(kernel, template, network: null).Start("docs", Disk, null, observer).Id;
        await observer.Ready.Task.WaitAsync(Events.Patience, TestContext.Current.CancellationToken);
        SaveReport report = await kernel.SaveAllAsync(Events.Patience);
        Assert.Equal([id], report.Saved);
        return id;
    }

    private IsolationKernel StartKernel() => new(_engine, new KernelOptions
    {
        WorkerCount = 1,
        Gatekeeper = _gate,
        Swap = new SwapOptions { Path = Path.Combine(_folder, "swap") },
    });

    private LoadedImage Template(IsolationKernel kernel, ulong memoryBytes = 0) =>
        new TemplateCache(Path.Combine(_folder, "templates"))
            .Get(kernel, TestGuest.Load("web"), memoryBytes, KernelSiteHost.BootArguments).Template;

    /// <summary>Lets all in, or nobody.</summary>
    private sealed class Gate : IGatekeeper
    {
        internal const string Refusal = "nobody is let in: come back later";

        internal bool IsShut { get; set; }

        public bool TryAdmit(ulong bytes, out string refusal)
        {
            refusal = IsShut ? Refusal : "";
            return !IsShut;
        }

        public bool TryCharge(ulong bytes) => true;

        public void Uncharge(ulong bytes)
        {
        }

        public void Release(ulong bytes)
        {
        }
    }

    private sealed class Observer : ISiteMachineObserver
    {
        internal TaskCompletionSource Ready { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        void ISiteMachineObserver.OnReady() => Ready.TrySetResult();

        void ISiteMachineObserver.OnEnded(string reason)
        {
        }
    }
}
