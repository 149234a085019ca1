// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Kernel.Scheduling;
using Denali.Kvm;
using Denali.Net;
using Iced.Intel;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>A kernel on KVM for one test, with the images that it runs. Skips the test where KVM is absent.</summary>
internal sealed class GuestHost : IDisposable
{
    private readonly KvmEngine _engine;
    private readonly Dictionary<(string Name, ulong Memory), LoadedImage> _images = [];

    internal GuestHost(
        int workerCount = 2,
        int machineLimit = 16_384,
        ulong memoryLimitBytes = 8UL << 30,
        string? tapName = null,
        int slotLimit = 4096,
        string? swapPath = null,
        ulong parkedLimitBytes = ulong.MaxValue)
    {
        Assert.SkipUnless(File.Exists(KvmSystem.DefaultPath), "there is no /dev/kvm on this machine");
        _engine = new KvmEngine();
        Kernel = new IsolationKernel(_engine, new KernelOptions
        {
            WorkerCount = workerCount,
            Gatekeeper = new Gatekeeper(machineLimit, memoryLimitBytes),
            SlotLimit = slotLimit,
            TapName = tapName,
            Swap = swapPath is null ? null : new SwapOptions { Path = swapPath, MaxBytes = 1UL << 30 },
            ParkedLimitBytes = parkedLimitBytes,
        });
    }

    internal IsolationKernel Kernel { get; }

    /// <summary>Reads a guest that the project builds.</summary>
    internal static byte[] ReadGuest(string name)
    {
        string path = TestSettings.GuestPath(name);
        Assert.True(File.Exists(path), $"the guest {name} is not built: there is no {path}; ./denali test builds it");
        return File.ReadAllBytes(path);
    }

    /// <summary>Loads a guest that the project builds, once.</summary>
    internal LoadedImage Load(string name, ulong memoryBytes = 0)
    {
        if (!_images.TryGetValue((name, memoryBytes), out LoadedImage? image))
        {
            image = Load(ReadGuest(name), memoryBytes);
            _images.Add((name, memoryBytes), image);
        }

        return image;
    }

    /// <summary>Loads an image of a few assembled instructions.</summary>
    internal LoadedImage Load(Action<Assembler> write)
    {
        LoadedImage image = Load(AssembledImage.Make(write), 0);
        _images.Add(($"#{_images.Count}", 0), image);
        return image;
    }

    /// <summary>Starts a VM of a guest that the project builds.</summary>
    internal GuestMachine Start(string name, params string[] arguments) => Start(Load(name), arguments);

    /// <summary>Starts a VM.</summary>
    internal GuestMachine Start(LoadedImage image, params string[] arguments) =>
        Start(image, 0, int.MaxValue, arguments);

    /// <summary>Starts a VM.</summary>
    /// <param name="image">Its image.</param>
    /// <param name="limitBytes">Its memory limit, 0 for its memory size.</param>
    /// <param name="appetite">Most bytes of output that are taken at a time.</param>
    /// <param name="arguments">Its arguments behind its name.</param>
    internal GuestMachine Start(LoadedImage image, ulong limitBytes, int appetite, params string[] arguments)
    {
        var machine = new GuestMachine(Kernel, appetite);
        machine.Id = Kernel.Create(new MachineOptions
        {
            Image = image,
            Observer = machine,
            Arguments = ["guest", .. arguments],
            LimitBytes = limitBytes,
        });
        return machine;
    }

    /// <summary>Starts a VM with a network interface.</summary>
    internal GuestMachine StartOnNetwork(NetworkOptions network, string name, params string[] arguments)
    {
        var machine = new GuestMachine(Kernel, int.MaxValue);
        machine.Id = Kernel.Create(new MachineOptions
        {
            Image = Load(name),
            Observer = machine,
            Arguments = ["guest", .. arguments],
            Network = network,
        });
        return machine;
    }

    /// <summary>Boots a guest on the network and makes a template of it. The caller disposes it.</summary>
    internal LoadedImage MakeTemplate(string name, params string[] arguments) => MakeTemplate(name, [], arguments);

    /// <summary>The same, with disks.</summary>
    internal LoadedImage MakeTemplate(string name, DiskImage[] disks, params string[] arguments)
    {
        var nobody = new GuestMachine(Kernel, int.MaxValue);
        Task<LoadedImage> template = Kernel.CreateTemplateAsync(new MachineOptions
        {
            Image = Load(name),
            Observer = nobody,
            Arguments = ["guest", .. arguments],
            Network = new NetworkOptions(),
            Disks = disks,
        });
        Assert.True(template.Wait(GuestMachine.Deadline), $"no template of {name} within {GuestMachine.Deadline}");
        return template.Result;
    }

    /// <summary>Makes a VM of a template, which starts when something comes for it.</summary>
    internal GuestMachine Clone(LoadedImage template, params DiskImage[] disks)
    {
        var machine = new GuestMachine(Kernel, int.MaxValue);
        machine.Id = Kernel.Create(new MachineOptions
        {
            Image = template,
            Observer = machine,
            Network = new NetworkOptions(),
            Disks = disks,
            StartsWhenNeeded = true,
        });
        return machine;
    }

    /// <summary>Starts a VM with a disk.</summary>
    internal GuestMachine StartOnDisk(DiskImage disk, string name, params string[] arguments)
    {
        var machine = new GuestMachine(Kernel, int.MaxValue);
        machine.Id = Kernel.Create(new MachineOptions
        {
            Image = Load(name),
            Observer = machine,
            Arguments = ["guest", .. arguments],
            Disks = [disk],
        });
        return machine;
    }

    /// <summary>The IPv4 or IPv6 address of a VM.</summary>
    internal string AddressOf(GuestMachine machine, bool isIpv4 = true) => TextOf(
        isIpv4 ? Kernel.Switch.AddressOf(machine.Id) : Kernel.Switch.Ipv6AddressOf(machine.Id));

    /// <summary>An address as guests take it.</summary>
    internal static string TextOf(IpAddress address)
    {
        Span<byte> text = stackalloc byte[IpText.LongestBytes];
        return Encoding.ASCII.GetString(text[..IpText.Format(address, text)]);
    }

    /// <summary>Runs a guest to its end.</summary>
    internal GuestMachine Run(string name, params string[] arguments)
    {
        GuestMachine machine = Start(name, arguments);
        _ = machine.WaitForEnd();
        return machine;
    }

    /// <summary>Asserts that a VM beside whatever the test did works as ever.</summary>
    internal void AssertStillWorks() => Run("hello").AssertTerminated(0);

    public void Dispose()
    {
        Kernel.Dispose();
        Assert.Equal(0, Kernel.MachineCount);
        foreach (LoadedImage image in _images.Values.Distinct())
        {
            image.Dispose();
        }

        _engine.Dispose();
    }

    private LoadedImage Load(byte[] file, ulong memoryBytes)
    {
        Assert.True(DenaliImage.TryParse(file, out DenaliImage? image, out ImageError error), error.Message);
        return Kernel.Load(image!, memoryBytes);
    }
}
