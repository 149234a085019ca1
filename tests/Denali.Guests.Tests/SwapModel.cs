// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Files.Tests;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>
/// Does at random what can be done with VMs, beside a simple model: how often each was asked, and which disk it has.
/// Whatever was done, each answers as the model says, out of memory that is its own, with what is on its disk.
/// </summary>
internal sealed class SwapModel : IAsyncDisposable
{
    private const int MachineMax = 24;
    private const int Slots = 3;
    private const int Disks = 3;

    // Most VMs that others are cloned from: each keeps its memory for as long as the kernel lives.
    private const int OriginMax = 6;

    // A few VMs are as much as may stay in memory.
    private const ulong ParkedLimitBytes = 40_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Random _random;
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-swap-").FullName;
    private readonly Dictionary<ulong, ModelMachine> _machines = [];
    private readonly Dictionary<string, int> _done = [];
    private readonly DiskImage[] _disks = new DiskImage[Disks];

    // What VMs are made of, and of which guest each is: two that booted, and those of VMs that were cloned.
    private readonly List<(LoadedImage Image, string Guest)> _templates = [];
    private GuestHost _host;
    private HostNetwork _network;

    internal SwapModel(int seed)
    {
        _random = new Random(seed);
        for (int i = 0; i < Disks; i++)
        {
            _disks[i] = MakeDisk(i);
        }

        _host = Start();
        _network = new HostNetwork(_host.Kernel);
        Keep(_host.MakeTemplate("twin"), "twin");
        Keep(_host.MakeTemplate("counter", [_disks[0]]), "counter");
    }

    /// <summary>How often each operation was done.</summary>
    internal IReadOnlyDictionary<string, int> Done => _done;

    /// <summary>Does one thing.</summary>
    internal async Task StepAsync()
    {
        int what = _random.Next(100);
        if (_machines.Count == 0 || (what < 12 && _machines.Count < MachineMax))
        {
            Count("create");
            Create();
            return;
        }

        ulong id = _machines.Keys.ElementAt(_random.Next(_machines.Count));
        switch (what)
        {
            case < 56:
                Count("ask");
                await AskAsync(id);
                break;

            case < 66:
                Count(await _host.Kernel.ParkAsync(id).WaitAsync(s_patience) ? "park" : "not parked");
                break;

            case < 78:
                Count(await _host.Kernel.SwapOutAsync(id).WaitAsync(s_patience) ? "swap out" : "not swapped out");
                break;

            case < 84:
                Count("wake");
                _host.Kernel.Wake(id);
                break;

            case < 89:
                Count("ask all");
                await AskAllAsync();
                break;

            case < 93:
                await CloneAsync(id);
                break;

            case < 98:
                Count("kill");
                _host.Kernel.Kill(id);
                _machines.Remove(id);
                break;

            default:
                Count("restart");
                await RestartAsync();
                break;
        }
    }

    /// <summary>Asks all VMs, several at a time.</summary>
    internal Task AskAllAsync() => Parallel.ForEachAsync(
        _machines.Keys.ToArray(),
        new ParallelOptions { MaxDegreeOfParallelism = 8 },
        async (id, _) => await AskAsync(id));

    public async ValueTask DisposeAsync()
    {
        MemoryUsage usage = _host.Kernel.MemoryUsage;
        Assert.Equal((0UL, 0UL, 0UL), (usage.SwapLost, usage.SwapReadFailures, usage.SwapWriteFailures));
        await StopAsync(save: false);
        Array.ForEach(_disks, disk => disk.Dispose());
        Directory.Delete(_folder, recursive: true);
    }

    private static string ContentOf(int disk) => string.Concat(Enumerable.Repeat($"the file of disk {disk}\n", 150));

    private DiskImage MakeDisk(int number)
    {
        using var tree = new TestTree();
        tree.Write("index.html", Encoding.ASCII.GetBytes(ContentOf(number)));
        string path = Path.Combine(_folder, $"disk{number}");
        File.WriteAllBytes(path, tree.Build(4096, 1024));
        return DiskImage.Open(path, isReadOnly: true);
    }

    private DiskImage[] DisksOf(ModelMachine machine) => machine.Disk is { } disk ? [_disks[disk]] : [];

    private string TemplatePath(int index) => Path.Combine(_folder, $"template{index}");

    /// <summary>Keeps what VMs are made of, also for the next kernel.</summary>
    private void Keep(LoadedImage template, string guest)
    {
        _host.Kernel.SaveTemplate(template, TemplatePath(_templates.Count));
        _templates.Add((template, guest));
    }

    private void Create()
    {
        var machine = new ModelMachine(_random.Next(2) == 0 ? null : _random.Next(Disks));
        LoadedImage template = _templates.First(one => one.Guest == machine.Guest).Image;
        _machines.Add(_host.Clone(template, DisksOf(machine)).Id, machine);
    }

    /// <summary>Makes a VM that goes on from where another one is.</summary>
    private async Task CloneAsync(ulong id)
    {
        if (_machines.Count == MachineMax || _templates.Count == OriginMax + 2)
        {
            Count("not cloned");
            return;
        }

        Count("clone");
        ModelMachine machine = _machines[id];
        LoadedImage captured = await _host.Kernel.CaptureAsync(id, s_patience);
        Keep(captured, machine.Guest);
        ulong clone = _host.Clone(captured, DisksOf(machine)).Id;
        _machines.Add(clone, machine with { });
        await AskAsync(clone);
        await AskAsync(id);
    }

    private async Task AskAsync(ulong id)
    {
        using var patience = new CancellationTokenSource(s_patience);
        ModelMachine machine = _machines[id];
        ulong expected = ++machine.Count;
        if (machine.Disk is { } disk)
        {
            Assert.Equal(
                (expected, ContentOf(disk)),
                await CounterClient.AskAsync(_network, _host.Kernel.Switch.AddressOf(id), patience.Token));
        }
        else
        {
            Assert.Equal(
                new TwinClient.Answer(id, expected, IsWhole: true),
                await TwinClient.AskAsync(_network, _host.Kernel.Switch.AddressOf(id), patience.Token));
        }
    }

    /// <summary>Stops the kernel with all VMs, and lets the next one go on with them.</summary>
    private async Task RestartAsync()
    {
        await StopAsync(save: true);
        _host = Start();
        _network = new HostNetwork(_host.Kernel);
        for (int i = 0; i < _templates.Count; i++)
        {
            string guest = _templates[i].Guest;
            Assert.True(DenaliImage.TryParse(GuestHost.ReadGuest(guest), out DenaliImage? image, out _));
            _templates[i] = (_host.Kernel.LoadTemplate(image!, TemplatePath(i)), guest);
        }

        Assert.Equal(_machines.Keys.Order(), _host.Kernel.SavedMachines.Select(saved => saved.Id).Order());
        foreach (SavedMachine saved in _host.Kernel.SavedMachines)
        {
            ulong id = _host.Kernel.Resume(saved, new MachineOptions
            {
                Image = _templates.First(one => one.Image.Key == saved.TemplateKey).Image,
                Observer = new GuestMachine(_host.Kernel, int.MaxValue),
                Network = new NetworkOptions(),
                Disks = DisksOf(_machines[saved.Id]),
            });
            Assert.Equal(saved.Id, id);
        }
    }

    private async Task StopAsync(bool save)
    {
        if (save)
        {
            SaveReport report = await _host.Kernel.SaveAllAsync(s_patience);
            Assert.Empty(report.Unsaved);
            Assert.Equal(_machines.Keys.Order(), report.Saved.Order());
        }

        _network.Dispose();
        _host.Dispose();
        _templates.ForEach(one => one.Image.Dispose());
    }

    private GuestHost Start() => new(
        slotLimit: Slots, swapPath: Path.Combine(_folder, "swap"), parkedLimitBytes: ParkedLimitBytes);

    private void Count(string what) => _done[what] = _done.GetValueOrDefault(what) + 1;
}
