// SPDX-License-Identifier: MIT
using System;

namespace Denali.Bench.Http;

/// <summary>What VMs, and the process that runs them, have used.</summary>
/// <param name="CpuNs">Processor time of the VMs with their exits, in nanoseconds.</param>
/// <param name="Exits">How often they left the processor.</param>
/// <param name="FramesReceived">Frames that they got.</param>
/// <param name="FramesSent">Frames that they sent.</param>
/// <param name="Process">Processor time of the whole process.</param>
internal readonly record struct WebUsage(
    ulong CpuNs, ulong Exits, ulong FramesReceived, ulong FramesSent, TimeSpan Process)
{
    internal WebUsage Plus(WebUsage other) => new(
        CpuNs + other.CpuNs,
        Exits + other.Exits,
        FramesReceived + other.FramesReceived,
        FramesSent + other.FramesSent,
        Process + other.Process);

    internal WebUsage Minus(WebUsage other) => new(
        CpuNs - other.CpuNs,
        Exits - other.Exits,
        FramesReceived - other.FramesReceived,
        FramesSent - other.FramesSent,
        Process - other.Process);
}
