// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Net;

namespace Denali.Cli;

/// <summary>A value of <c>--publish</c>: a port of this machine, and the VM's port behind it.</summary>
/// <param name="Local">Where to listen.</param>
/// <param name="Port">The VM's port.</param>
internal sealed record PublishOption(IPEndPoint Local, ushort Port)
{
    /// <summary>Reads <c>[ADDRESS:]HOSTPORT:PORT</c>; an IPv6 address stands in brackets.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    internal static PublishOption Parse(string text)
    {
        int last = text.LastIndexOf(':');
        int first = last > 0 ? text.LastIndexOf(':', last - 1) : -1;
        if (last > 0
            && TryParsePort(text[(last + 1)..], out ushort port)
            && TryParsePort(text[(first + 1)..last], out ushort hostPort)
            && TryParseAddress(first < 0 ? "" : text[..first], out IPAddress address))
        {
            return new PublishOption(new IPEndPoint(address, hostPort), port);
        }

        throw new UsageException(
            $"'{text}' is not a port to publish: write [ADDRESS:]HOSTPORT:PORT, as in 8080:80 or 127.0.0.1:8080:80");
    }

    private static bool TryParseAddress(string text, out IPAddress address)
    {
        address = IPAddress.Any;
        if (text.Length == 0)
        {
            return true;
        }

        bool isBracketed = text.StartsWith('[') && text.EndsWith(']');
        bool isGood = IPAddress.TryParse(isBracketed ? text[1..^1] : text, out IPAddress? parsed);
        address = parsed ?? address;
        return isGood && isBracketed == text.Contains(':', System.StringComparison.Ordinal);
    }

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port != 0;
}
