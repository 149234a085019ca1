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

/// <summary>Whole VMs go to the swap file and into the next kernel, and lose nothing but connections.</summary>
public sealed class SwapTests : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-swap-").FullName;

    private string SwapPath => Path.Combine(_folder, "swap");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Restart_BusyAndSleepingMachines_GoOnWithTheirRegistersAndTimers()
    {
        // One computes with all registers and is preempted all the time; the other sleeps and measures.
        var ends = new Dictionary<ulong, string>();
        var images = new Dictionary<UInt128, string>();
        using (var host = new GuestHost(swapPath: SwapPath))
        {
            foreach (string[] start in (string[][])[["fpstate"], ["periodic", "20000000", "60"], ["fpstate"]])
            {
                GuestMachine machine = host.Start(start[0], start[1..]);
                ends.Add(machine.Id, start[0]);
                images[host.Load(start[0]).Key] = start[0];
            }

            SpinWait.SpinUntil(() => ends.Keys.All(id => UsageOf(host, id).ExitCount > 12), s_limit);
            SaveReport report = await host.Kernel.SaveAllAsync(s_limit);
            Assert.Empty(report.Unsaved);
            Assert.Equal(ends.Keys.Order(), report.Saved.Order());
        }

        using var next = new GuestHost(swapPath: SwapPath);
        var machines = new Dictionary<ulong, GuestMachine>();
        foreach (SavedMachine saved in next.Kernel.SavedMachines)
        {
            var machine = new GuestMachine(next.Kernel, int.MaxValue) { Id = saved.Id };
            machines.Add(saved.Id, machine);
            next.Kernel.Resume(
                saved, new MachineOptions { Image = next.Load(images[saved.TemplateKey]), Observer = machine });
        }

        foreach ((ulong id, GuestMachine machine) in machines)
        {
            machine.AssertTerminated(ends[id] == "fpstate" ? 0u : 60u);
        }
    }

    [Fact]
    public async Task Restart_MachinesOfAnImageAndFreshClones_KeepNumbersAddressesAndMemory()
    {
        string path = Path.Combine(_folder, "template");
        ulong[] ids;
        using (var host = new GuestHost(swapPath: SwapPath))
        using (var network = new HostNetwork(host.Kernel))
        using (LoadedImage template = host.MakeTemplate("twin"))
        {
            host.Kernel.SaveTemplate(template, path);
            GuestMachine plain = host.StartOnNetwork(new NetworkOptions(), "twin");
            plain.WaitForOutput("ready");
            ids = [plain.Id, host.Clone(template).Id, host.Clone(template).Id];
            await AskAsync(host, network, ids[0], 1);
            await AskAsync(host, network, ids[1], 1);
            SaveReport report = await host.Kernel.SaveAllAsync(s_limit);
            Assert.Equal((ids.Length, 0), (report.Saved.Count, report.Unsaved.Count));
        }

        using var next = new GuestHost(swapPath: SwapPath);
        using var again = new HostNetwork(next.Kernel);
        Assert.True(DenaliImage.TryParse(GuestHost.ReadGuest("twin"), out DenaliImage? image, out _));
        using LoadedImage loaded = next.Kernel.LoadTemplate(image!, path);
        foreach (SavedMachine saved in next.Kernel.SavedMachines)
        {
            next.Kernel.Resume(saved, new MachineOptions
            {
                Image = saved.TemplateKey == loaded.Key ? loaded : next.Load("twin"),
                Observer = new GuestMachine(next.Kernel, int.MaxValue),
                Network = new NetworkOptions(),
            });
        }

        await AskAsync(next, again, ids[0], 2);
        await AskAsync(next, again, ids[1], 2);
        await AskAsync(next, again, ids[2], 1);
    }

    [Fact]
    public async Task Model_RandomOperations_EveryMachineAnswersAsExpected()
    {
        await using var model = new SwapModel(seed: 11);
        for (int step = 0; step < 300; step++)
        {
            await model.StepAsync();
        }

        await model.AskAllAsync();
        Assert.All(
            (string[])["create", "ask", "park", "swap out", "wake", "clone", "kill", "restart"],
            what => Assert.True(model.Done.GetValueOrDefault(what) > 0, $"not once: {what}"));
    }

    [Fact]
    [Trait("Speed", "Soak")]
    public async Task Model_RandomOperationsForLong_EveryMachineAnswersAsExpected()
    {
        long begin = TimeProvider.System.GetTimestamp();
        for (int seed = 1; TimeProvider.System.GetElapsedTime(begin) < TestSettings.SoakTime; seed++)
        {
            await using var model = new SwapModel(seed);
            for (int step = 0; step < 1000; step++)
            {
                await model.StepAsync();
            }

            await model.AskAllAsync();
        }
    }

    private static async Task AskAsync(GuestHost host, HostNetwork network, ulong id, ulong count)
    {
        using var patience = new CancellationTokenSource(s_limit);
        Assert.Equal(
            new TwinClient.Answer(id, count, IsWhole: true),
            await TwinClient.AskAsync(network, host.Kernel.Switch.AddressOf(id), patience.Token));
    }

    private static MachineUsage UsageOf(GuestHost host, ulong id)
    {
        Assert.True(host.Kernel.TryGetUsage(id, out MachineUsage usage), $"VM {id} has ended");
        return usage;
    }
}
