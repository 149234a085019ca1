// SPDX-License-Identifier: MIT
using Denali.Kernel;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Bench.Visits;

/// <summary>
/// Visitors at the gateway of a kernel's virtual LAN. The worker that brings their frames runs them.
/// </summary>
internal sealed class SwitchHost(IsolationKernel kernel) : ClientHost
{
    private readonly HostNetwork _network = new(kernel);

    internal override NetworkStack Stack => _network.Stack;

    internal override void Enter() => _network.Enter();

    internal override void Leave() => _network.Leave();

    public override void Dispose() => _network.Dispose();
}
