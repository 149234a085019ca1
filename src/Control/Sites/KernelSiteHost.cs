// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Engine;
using Denali.Kernel;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;

namespace Denali.Control.Sites;

/// <summary>Makes VMs of the web guest on a kernel.</summary>
public sealed class KernelSiteHost : ISiteMachineHost
{
    private static readonly string[] s_bootArguments = ["web"];

    private readonly IsolationKernel _kernel;
    private readonly LoadedImage _image;
    private readonly HostNetwork? _network;

    /// <summary>Uses a kernel.</summary>
    /// <param name="kernel">The kernel; outlives this.</param>
    /// <param name="image">The web guest, as an image or a template.</param>
    /// <param name="network">The host on the VMs' network, or null if that is joined to Linux by a TAP interface: then
    /// Linux's sockets lead to the VMs.</param>
    public KernelSiteHost(IsolationKernel kernel, LoadedImage image, HostNetwork? network)
    {
        ArgumentNullException.ThrowIfNull(kernel);
        ArgumentNullException.ThrowIfNull(image);
        _kernel = kernel;
        _image = image;
        _network = network;
    }

    /// <summary>What the web guest is booted with, for a template too.</summary>
    public static IReadOnlyList<string> BootArguments => s_bootArguments;

    /// <inheritdoc/>
    public ISiteMachine Start(string name, string imagePath, ISiteMachineObserver observer)
    {
        DiskImage? disk = null;
        try
        {
            disk = DiskImage.Open(imagePath, isReadOnly: true);
            ulong id = _kernel.Create(new MachineOptions
            {
                Image = _image,
                Observer = new KernelSiteObserver(observer, disk),
                Arguments = _image.IsBooted ? [] : s_bootArguments,
                Disks = [disk],

                // A group for each VM: sites have nothing to say to each other.
                Network = new NetworkOptions { Group = KernelSiteObserver.NextGroup() },
            });
            return new KernelSiteMachine(_kernel, _network, id);
        }
        catch (Exception e) when (e is KernelException or EngineException)
        {
            disk?.Dispose();
            throw new ControlException(e.Message, e);
        }
    }
}
