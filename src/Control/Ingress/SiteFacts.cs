// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Text.Json;
using Denali.Control.Sites;
using Denali.Kernel.Machines;

namespace Denali.Control.Ingress;

/// <summary>What a site may tell its visitors of the VM that serves it, as JSON.</summary>
internal static class SiteFacts
{
    /// <summary>The path at which every site tells it.</summary>
    internal const string Path = "/.denali/facts.json";

    /// <summary>Writes the facts.</summary>
    /// <param name="site">The site.</param>
    /// <param name="time">The clock of whoever started its VM.</param>
    /// <returns>A JSON object, in UTF-8.</returns>
    internal static byte[] Write(Site site, TimeProvider time)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("site", site.Name);
            json.WriteString("state", site.State.ToString());
            json.WriteNumber("requests", site.RequestCount);
            json.WriteNumber("underWay", site.RequestsUnderWay);
            json.WriteNumber("starts", site.StartCount);
            if (site.Machine is { } machine)
            {
                MachineUsage usage = machine.Machine.Usage;
                json.WriteNumber("machine", machine.Machine.Id);
                json.WriteString("ipv4", machine.Machine.Ipv4Address);
                json.WriteString("ipv6", machine.Machine.Ipv6Address);
                json.WriteNumber("uptimeSeconds", Math.Round(
                    time.GetElapsedTime(machine.StartedTimestamp).TotalSeconds, 3));
                json.WriteNumber("memoryBytes", usage.ChargedBytes);
                json.WriteNumber("memoryLimitBytes", usage.LimitBytes);
                json.WriteNumber("processorSeconds", Math.Round(usage.CpuNs / 1e9, 6));
                json.WriteNumber("exits", usage.ExitCount);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
