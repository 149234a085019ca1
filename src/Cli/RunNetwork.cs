// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using Denali.Hardware;
using Denali.Images;
using Denali.Kernel;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Cli;

/// <summary>The network of <c>denali run</c>: what the VMs are attached to, and the ways in and out.</summary>
internal sealed class RunNetwork : IDisposable
{
    private readonly NetworkRunOptions _options;
    private readonly IsolationKernel _kernel;
    private readonly HostNetwork? _host;
    private readonly UserUplink? _uplink;
    private readonly List<PublishedPort> _ports = [];

    /// <summary>Opens all that is to be opened before there is a VM.</summary>
    /// <param name="options">What the user asked for.</param>
    /// <param name="kernel">The kernel; it is disposed later.</param>
    /// <param name="image">The VMs' image.</param>
    /// <exception cref="KernelException">A port cannot be opened; nothing is open then.</exception>
    internal RunNetwork(NetworkRunOptions options, IsolationKernel kernel, DenaliImage image)
    {
        _options = options;
        _kernel = kernel;
        IsAttached = options.IsAny || (image.Note.RequiredFeatures & FeatureBits.Nic) != 0;
        if (options.Outbound || options.Publish.Count > 0)
        {
            _host = new HostNetwork(kernel);
            _uplink = options.Outbound ? new UserUplink(_host) : null;
            OpenPorts(_host);
        }
    }

    /// <summary>Whether the VMs have a NIC.</summary>
    internal bool IsAttached { get; }

    /// <summary>How a VM is attached.</summary>
    /// <param name="number">Its number in the order of creation.</param>
    /// <returns>The options, or null for no network.</returns>
    internal NetworkOptions? OptionsOf(int number) => !IsAttached
        ? null
        : new NetworkOptions
        {
            Group = _options.Isolate ? (uint)number : 0,
            AllowOutbound = _options.Outbound,
            UseDhcp = _options.Dhcp,
            BytesPerSecond = _options.BytesPerSecond,
        };

    /// <summary>Lets the published ports lead to a VM.</summary>
    /// <param name="machineId">The VM.</param>
    internal void Publish(ulong machineId)
    {
        IpAddress address = _kernel.Switch.AddressOf(machineId);
        foreach ((int index, PublishedPort port) in _ports.Index())
        {
            port.Forward(new IpEndpoint(address, _options.Publish[index].Port));
        }
    }

    public void Dispose()
    {
        _ports.ForEach(port => port.Dispose());
        _uplink?.Dispose();
        _host?.Dispose();
    }

    private void OpenPorts(HostNetwork host)
    {
        try
        {
            foreach (PublishOption port in _options.Publish)
            {
                _ports.Add(PublishedPort.Open(host, port.Local));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }
}
