// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using Denali.Kernel;
using Denali.Kernel.Machines;

namespace Denali.Bench;

/// <summary>
/// Where the time of a run goes: what both VMs spend on the processor, exits included, and how often they leave it. The
/// rest is the kernel's, and waiting.
/// </summary>
/// <param name="kernel">The kernel.</param>
/// <param name="serverId">The VM that is there all the time.</param>
internal sealed class TcpProfile(IsolationKernel kernel, ulong serverId)
{
    private readonly List<double> _elapsedUs = [];
    private readonly List<double> _clientUs = [];
    private readonly List<double> _serverUs = [];
    private readonly List<double> _clientExits = [];
    private readonly List<double> _serverExits = [];
    private MachineUsage _before;

    /// <summary>A run begins.</summary>
    internal void Begin() => _before = Usage();

    /// <summary>A run has ended.</summary>
    /// <param name="client">How its client ended.</param>
    /// <param name="elapsedNs">How long it took.</param>
    /// <param name="units">How many of what is measured it had: frames' worth of bytes, or transactions.</param>
    internal void End(MachineExit client, ulong elapsedNs, double units)
    {
        MachineUsage after = Usage();
        _elapsedUs.Add(elapsedNs / units / 1000);
        _clientUs.Add(client.CpuNs / units / 1000);
        _serverUs.Add((after.CpuNs - _before.CpuNs) / units / 1000);
        _clientExits.Add(client.ExitCount / units);
        _serverExits.Add((after.ExitCount - _before.ExitCount) / units);
    }

    /// <summary>Adds the rows to a table.</summary>
    internal void AddTo(BenchmarkContext context, string name)
    {
        context.Add($"{name}: elapsed", _elapsedUs, "us");
        context.Add($"{name}: client VM on the processor", _clientUs, "us");
        context.Add($"{name}: server VM on the processor", _serverUs, "us");
        context.Add($"{name}: exits of the client VM", _clientExits, "exits");
        context.Add($"{name}: exits of the server VM", _serverExits, "exits");
    }

    /// <summary>Adds the rows to a table of a client whose peer is no VM.</summary>
    internal void AddClientTo(BenchmarkContext context, string name)
    {
        context.Add($"{name}: elapsed", _elapsedUs, "us");
        context.Add($"{name}: client VM on the processor", _clientUs, "us");
        context.Add($"{name}: exits of the client VM", _clientExits, "exits");
    }

    private MachineUsage Usage() => kernel.TryGetUsage(serverId, out MachineUsage usage)
        ? usage
        : throw new InvalidOperationException("the server's VM has ended");
}
