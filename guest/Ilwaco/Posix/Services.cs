// SPDX-License-Identifier: MIT
using System;

namespace Ilwaco;

/// <summary>Ports of services by name: the few that guests are likely to ask for (IANA's registry, RFC 6335).</summary>
internal static class Services
{
    /// <summary>Finds the port of a service.</summary>
    /// <param name="service">Its name in lower case, a port in decimal, or nothing for port 0.</param>
    /// <param name="port">The port.</param>
    /// <returns>Whether there is one.</returns>
    internal static bool TryFind(ReadOnlySpan<byte> service, out ushort port)
    {
        port = 0;
        if (service.IsEmpty)
        {
            return true;
        }

        if (NumberText.TryParse(service, out ulong number))
        {
            port = (ushort)number;
            return number <= ushort.MaxValue;
        }

        port = Find(service);
        return port != 0;
    }

    private static ushort Find(ReadOnlySpan<byte> service) =>
        service.SequenceEqual("echo"u8) ? (ushort)7
        : service.SequenceEqual("discard"u8) ? (ushort)9
        : service.SequenceEqual("ssh"u8) ? (ushort)22
        : service.SequenceEqual("telnet"u8) ? (ushort)23
        : service.SequenceEqual("smtp"u8) ? (ushort)25
        : service.SequenceEqual("domain"u8) ? (ushort)53
        : service.SequenceEqual("http"u8) ? (ushort)80
        : service.SequenceEqual("ntp"u8) ? (ushort)123
        : service.SequenceEqual("https"u8) ? (ushort)443
        : (ushort)0;
}
