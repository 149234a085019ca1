// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Disks;
using Denali.Engine;
using Denali.Kernel;
using Denali.Kernel.Disks;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;

namespace Denali.Control.Sites;

/// <summary>Makes VMs of one template of the web guest, which share one disk.</summary>
public sealed class KernelUniformHost : IUniformHost, IMachineObserver, IDisposable
{
    private readonly IsolationKernel _kernel;
    private readonly HostNetwork? _network;
    private readonly LoadedImage _template;
    private readonly DiskImage[] _disks;

    private KernelUniformHost(
        IsolationKernel kernel, HostNetwork? network, LoadedImage template, DiskImage disk, string diskPath,
        UInt128 fingerprint)
    {
        _kernel = kernel;
        _network = network;
        _template = template;
        _disks = [disk];
        DiskPath = diskPath;
        Fingerprint = fingerprint;
        Client = SiteMachine.CreateClient(
            ConnectAsync, SiteMachine.ConnectionMax, SiteMachine.ConnectTimeout);
    }

    /// <inheritdoc/>
    public HttpMessageInvoker Client { get; }

    /// <inheritdoc/>
    public string? DiskPath { get; }

    /// <summary>What is in the directory: another number after it has changed.</summary>
    public UInt128 Fingerprint { get; }

    /// <inheritdoc/>
    public Action<ulong, string>? Ended { get; set; }

    /// <summary>Makes the disk of a directory.</summary>
    /// <param name="kernel">The kernel; outlives this.</param>
    /// <param name="template">The web guest's template; outlives this.</param>
    /// <param name="network">The host on the VMs' network, or null if that is joined to Linux.</param>
    /// <param name="directory">What all are to serve.</param>
    /// <param name="cacheFolder">Folder for the disk.</param>
    /// <returns>The host.</returns>
    /// <exception cref="ControlException">There is no such directory, or the disk cannot be made.</exception>
    public static KernelUniformHost Create(
        IsolationKernel kernel, LoadedImage template, HostNetwork? network, string directory, string cacheFolder)
    {
        DiskImageBuilder.CheckDirectory(directory);
        UInt128 fingerprint = DirectoryFingerprint.Compute(directory);
        string diskPath = new DiskImageCache(cacheFolder).Get(directory, fingerprint, CancellationToken.None);
        try
        {
            DiskImage disk = DiskImage.Open(diskPath, isReadOnly: true);
            return new KernelUniformHost(kernel, network, template, disk, diskPath, fingerprint);
        }
        catch (KernelException e)
        {
            throw new ControlException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public ulong Start(TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            return _kernel.CreateAsync(Options(), patience, cancellation).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is KernelException or EngineException or OperationCanceledException)
        {
            throw new ControlException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public bool TryResume(ulong machineId)
    {
        // Of another version of the guest, or with another memory size, it can never go on.
        if (!_kernel.TryFindSaved(machineId, out SavedMachine saved) || saved.TemplateKey != _template.Key)
        {
            return false;
        }

        try
        {
            return _kernel.Resume(saved, Options()) == machineId;
        }
        catch (Exception e) when (e is KernelException or EngineException)
        {
            // Not now, perhaps because the device does not answer: it is not to be given up for that.
            throw new ControlException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Forget(ulong machineId) => KernelSiteHost.Forget(_kernel, machineId);

    /// <inheritdoc/>
    public ISiteMachine Open(ulong machineId) => new KernelSiteMachine(_kernel, _network, machineId, _template.Key);

    /// <inheritdoc/>
    public int OnConsoleOutput(ulong machineId, ReadOnlySpan<byte> output) => output.Length;

    /// <inheritdoc/>
    public void OnEnded(MachineExit exit)
    {
        ArgumentNullException.ThrowIfNull(exit);
        Ended?.Invoke(exit.MachineId, KernelSiteObserver.Describe(exit, exit.RemainingOutput));
    }

    /// <summary>To be disposed after the kernel, whose VMs have the disk.</summary>
    public void Dispose()
    {
        Client.Dispose();
        _disks[0].Dispose();
    }

    private MachineOptions Options() => new()
    {
        Image = _template,
        Observer = this,
        StartsWhenNeeded = true,
        Disks = _disks,

        // A group for each VM: sites have nothing to say to each other.
        Network = new NetworkOptions { Group = KernelSiteObserver.NextGroup() },
    };

    private ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation) =>
        SiteMachine.IdOf(context.DnsEndPoint.Host) is { } id
            ? Open(id).ConnectAsync(cancellation)
            : throw new IOException(string.Create(
                CultureInfo.InvariantCulture, $"'{context.DnsEndPoint.Host}' is no VM"));
}
