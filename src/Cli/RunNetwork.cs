// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
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

    internal RunNetwork(NetworkRunOptions options, IsolationKernel kernel, DenaliImage image)
    {
        _options = options;
        _kernel = kernel;
        IsAttached = options.IsAny || (image.Note.RequiredFeatures & FeatureBits.Nic) != 0;
        if (options.Outbound || options.Publish.Count > 0)
        {
            _host = new HostNetwork(kernel);
            _uplink = options.Outbound ? new UserUplink(_host) : null;
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
            BytesPerSecond = _options.BytesPerSecond,
        };

    /// <summary>Opens the published ports.</summary>
    /// <param name="machineId">The VM that they lead to.</param>
    /// <exception cref="KernelException">One cannot be opened; none is then.</exception>
    internal void Publish(ulong machineId)
    {
        IpAddress address = _kernel.Switch.AddressOf(machineId);
        foreach (PublishOption port in _options.Publish)
        {
            _ports.Add(PublishedPort.Open(_host!, port.Local, new IpEndpoint(address, port.Port)));
        }
    }

    public void Dispose()
    {
        _ports.ForEach(port => port.Dispose());
        _uplink?.Dispose();
        _host?.Dispose();
    }
}
