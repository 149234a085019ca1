// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>
/// Does at random what can be done with VMs, beside a simple model: how often each was asked. Whatever was done, each
/// answers as the model says, out of memory that is its own.
/// </summary>
internal sealed class SwapModel : IAsyncDisposable
{
    private const int MachineMax = 24;
    private const int Slots = 3;

    // A few VMs are as much as may stay in memory.
    private const ulong ParkedLimitBytes = 40_000;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly Random _random;
    private readonly string _folder = Directory.CreateTempSubdirectory("denali-swap-").FullName;
    private readonly Dictionary<ulong, ulong> _counts = [];
    private readonly Dictionary<string, int> _done = [];
    private readonly DenaliImage _image;
    private GuestHost _host;
    private HostNetwork _network;
    private LoadedImage _template;

    internal SwapModel(int seed)
    {
        _random = new Random(seed);
        Assert.True(DenaliImage.TryParse(GuestHost.ReadGuest("twin"), out DenaliImage? image, out _));
        _image = image!;
        _host = Start();
        _network = new HostNetwork(_host.Kernel);
        _template = _host.MakeTemplate("twin");
        _host.Kernel.SaveTemplate(_template, TemplatePath);
    }

    /// <summary>How often each operation was done.</summary>
    internal IReadOnlyDictionary<string, int> Done => _done;

    private string TemplatePath => Path.Combine(_folder, "twin.template");

    /// <summary>Does one thing.</summary>
    internal async Task StepAsync()
    {
        int what = _random.Next(100);
        if (_counts.Count == 0 || (what < 12 && _counts.Count < MachineMax))
        {
            Count("create");
            _counts.Add(_host.Clone(_template).Id, 0);
            return;
        }

        ulong id = _counts.Keys.ElementAt(_random.Next(_counts.Count));
        switch (what)
        {
            case < 60:
                Count("ask");
                await AskAsync(id);
                break;

            case < 70:
                Count(await _host.Kernel.ParkAsync(id).WaitAsync(s_patience) ? "park" : "not parked");
                break;

            case < 82:
                Count(await _host.Kernel.SwapOutAsync(id).WaitAsync(s_patience) ? "swap out" : "not swapped out");
                break;

            case < 88:
                Count("wake");
                _host.Kernel.Wake(id);
                break;

            case < 93:
                Count("ask all");
                await AskAllAsync();
                break;

            case < 98:
                Count("kill");
                _host.Kernel.Kill(id);
                _counts.Remove(id);
                break;

            default:
                Count("restart");
                await RestartAsync();
                break;
        }
    }

    /// <summary>Asks all VMs, several at a time.</summary>
    internal Task AskAllAsync() => Parallel.ForEachAsync(
        _counts.Keys.ToArray(),
        new ParallelOptions { MaxDegreeOfParallelism = 8 },
        async (id, _) => await AskAsync(id));

    public async ValueTask DisposeAsync()
    {
        MemoryUsage usage = _host.Kernel.MemoryUsage;
        Assert.Equal((0UL, 0UL, 0UL), (usage.SwapLost, usage.SwapReadFailures, usage.SwapWriteFailures));
        await StopAsync(save: false);
        Directory.Delete(_folder, recursive: true);
    }

    private async Task AskAsync(ulong id)
    {
        using var patience = new CancellationTokenSource(s_patience);
        TwinClient.Answer answer = await TwinClient.AskAsync(
            _network, _host.Kernel.Switch.AddressOf(id), patience.Token);
        lock (_counts)
        {
            Assert.Equal(new TwinClient.Answer(id, ++_counts[id], IsWhole: true), answer);
        }
    }

    /// <summary>Stops the kernel with all VMs, and lets the next one go on with them.</summary>
    private async Task RestartAsync()
    {
        await StopAsync(save: true);
        _host = Start();
        _network = new HostNetwork(_host.Kernel);
        _template = _host.Kernel.LoadTemplate(_image, TemplatePath);
        Assert.Equal(_counts.Keys.Order(), _host.Kernel.SavedMachines.Select(saved => saved.Id).Order());
        foreach (SavedMachine saved in _host.Kernel.SavedMachines)
        {
            ulong id = _host.Kernel.Resume(saved, new MachineOptions
            {
                Image = _template,
                Observer = new GuestMachine(_host.Kernel, int.MaxValue),
                Network = new NetworkOptions(),
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
            Assert.Equal(_counts.Keys.Order(), report.Saved.Order());
        }

        _network.Dispose();
        _host.Dispose();
        _template.Dispose();
    }

    private GuestHost Start() => new(
        slotLimit: Slots, swapPath: Path.Combine(_folder, "swap"), parkedLimitBytes: ParkedLimitBytes);

    private void Count(string what) => _done[what] = _done.GetValueOrDefault(what) + 1;
}
