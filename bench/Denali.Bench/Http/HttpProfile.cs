// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Bench.Http;

/// <summary>What a request costs a VM and the process that runs it.</summary>
internal sealed class HttpProfile
{
    private readonly List<double> _elapsedUs = [];
    private readonly List<double> _machineUs = [];
    private readonly List<double> _processUs = [];
    private readonly List<double> _exits = [];
    private readonly List<double> _received = [];
    private readonly List<double> _sent = [];

    /// <summary>Adds a run.</summary>
    internal void Add(WrkResult result, WebUsage used)
    {
        _elapsedUs.Add(1e6 / result.RequestsPerSecond);
        _machineUs.Add(used.CpuNs / 1e3 / result.Requests);
        _processUs.Add(used.Process.TotalMicroseconds / result.Requests);
        _exits.Add((double)used.Exits / result.Requests);
        _received.Add((double)used.FramesReceived / result.Requests);
        _sent.Add((double)used.FramesSent / result.Requests);
    }

    /// <summary>Adds the rows to a table.</summary>
    internal void AddTo(BenchmarkContext context, string name)
    {
        context.Add($"{name}: a request, elapsed", _elapsedUs, "us");
        context.Add($"{name}: a request, VM on the processor", _machineUs, "us");
        context.Add($"{name}: a request, whole process on the processor", _processUs, "us");
        context.Add($"{name}: a request, exits", _exits, "exits");
        context.Add($"{name}: a request, frames to the VM", _received, "frames");
        context.Add($"{name}: a request, frames from the VM", _sent, "frames");
    }
}
