// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Templates;
using Denali.Engine;
using Denali.Kernel;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;

namespace Denali.Control.Sites;

/// <summary>Makes VMs of the web guest on a kernel.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class KernelSiteHost : ISiteMachineHost
{
    private static readonly string[] s_bootArguments = ["web"];

    private readonly IsolationKernel _kernel;
    private readonly LoadedImage _image;
    private readonly HostNetwork? _network;
    private readonly CloneTemplates? _clones;
    private readonly SiteGroups _groups = new();

    /// <summary>Uses a kernel.</summary>
    /// <param name="kernel">The kernel; outlives this.</param>
    /// <param name="image">The web guest, as an image or a template.</param>
    /// <param name="network">The host on the VMs' network, or null if that is joined to Linux by a TAP interface: then
    /// Linux's sockets lead to the VMs.</param>
    /// <param name="clonesFolder">Where to keep what clones began from, so that they can be resumed; null for
    /// nowhere.</param>
    public KernelSiteHost(
        IsolationKernel kernel, LoadedImage image, HostNetwork? network, string? clonesFolder = null)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(image);
        _kernel = kernel;
        _image = image;
        _network = network;
        _clones = clonesFolder is null ? null : new CloneTemplates(kernel, clonesFolder);
    }

    /// <summary>What the web guest is booted with, for a template too.</summary>
    public static IReadOnlyList<string> BootArguments => s_bootArguments;

    /// <inheritdoc/>
    public ISiteMachine Start(string name, string imagePath, SiteGroup? group, ISiteMachineObserver observer)
    {
        try
        {
            return Make(_image, imagePath, group, observer, _kernel.Create);
        }
        catch (Exception e) when (e is KernelException or EngineException)
        {
            throw new ControlException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public ISiteMachine? TryResume(
        ulong machineId, string imagePath, SiteGroup? group, ISiteMachineObserver observer)
    {
        if (!_kernel.TryFindSaved(machineId, out SavedMachine saved))
        {
            return null;
        }

        try
        {
            using LoadedImage? began = _clones?.Load(_image.Image, machineId);
            LoadedImage image = began ?? _image;

            // Of another version of the guest, or with another memory size, or with more than its group may have, it
            // can never go on.
            return image.Key == saved.TemplateKey && saved.ChargedBytes <= (group?.MemoryBytes ?? ulong.MaxValue)
                ? Make(image, imagePath, group, observer, options => _kernel.Resume(saved, options))
                : null;
        }
        catch (Exception e) when (e is KernelException or EngineException)
        {
            // Not now, perhaps because the device does not answer: it is not to be given up for that.
            throw new ControlException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Forget(ulong machineId)
    {
        _clones?.Remove(machineId);
        Forget(_kernel, machineId);
    }

    /// <summary>Takes a VM of an earlier kernel out of the swap file, if it is there.</summary>
    internal static void Forget(IsolationKernel kernel, ulong machineId)
    {
        try
        {
            if (kernel.TryFindSaved(machineId, out SavedMachine saved))
            {
                kernel.Forget(saved);
            }
        }
        catch (KernelException)
        {
            // The swap file's device refuses, which the kernel counts. The VM is forgotten by the next kernel.
        }
    }

    /// <inheritdoc/>
    public async Task<ISiteTemplate> CaptureAsync(ulong machineId, string imagePath)
    {
        LoadedImage state;
        try
        {
            state = await _kernel.CaptureAsync(machineId).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KernelException or EngineException)
        {
            throw new ControlException(e.Message, e);
        }

        try
        {
            return new Template(this, state, imagePath, _clones?.Save(state));
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>Gives up the VMs of earlier kernels but some.</summary>
    /// <param name="machines">Those that may be resumed.</param>
    public void ForgetOthers(IEnumerable<ulong> machines)
    {
        // There may be a million of each.
        ulong[] kept = [.. machines];
        Array.Sort(kept);
        foreach (SavedMachine saved in _kernel.SavedMachines)
        {
            if (Array.BinarySearch(kept, saved.Id) < 0)
            {
                Forget(saved.Id);
            }
        }

        _clones?.Open(id => _kernel.TryFindSaved(id, out _));
    }

    private KernelSiteMachine Make(
        LoadedImage image,
        string imagePath,
        SiteGroup? group,
        ISiteMachineObserver observer,
        Func<MachineOptions, ulong> make)
    {
        DiskImage? disk = null;
        try
        {
            disk = DiskImage.Open(imagePath, isReadOnly: true);
            ulong id = make(new MachineOptions
            {
                Image = image,
                Observer = new KernelSiteObserver(observer, disk),
                Arguments = image.IsBooted ? [] : s_bootArguments,
                Disks = [disk],
                Group = _groups.Of(group),

                // A group of the network for each VM: sites have nothing to say to each other.
                Network = new NetworkOptions { Group = KernelSiteObserver.NextGroup() },
            });
            return new KernelSiteMachine(_kernel, _network, id, image.Key) { Group = group };
        }
        catch
        {
            disk?.Dispose();
            throw;
        }
    }

    // The file is where the state is written, until a VM is made of it; null for nowhere.
    private sealed class Template(KernelSiteHost host, LoadedImage state, string imagePath, string? file)
        : ISiteTemplate
    {
        private string? _file = file;

        public string ImagePath => imagePath;

        public ISiteMachine Start(ISiteMachineObserver observer)
        {
            try
            {
                KernelSiteMachine machine = host.Make(state, imagePath, null, observer, host._kernel.Create);
                if (Interlocked.Exchange(ref _file, null) is { } written)
                {
                    host._clones!.Adopt(written, machine.Id);
                }

                return machine;
            }
            catch (Exception e) when (e is KernelException or EngineException)
            {
                throw new ControlException(e.Message, e);
            }
        }

        public void Dispose()
        {
            state.Dispose();
            if (Interlocked.Exchange(ref _file, null) is { } unused)
            {
                CloneTemplates.Discard(unused);
            }
        }
    }
}
