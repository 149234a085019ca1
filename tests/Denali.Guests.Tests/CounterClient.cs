// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>Asks the guest counter: how often it was asked, and what is in the file on its disk.</summary>
internal static class CounterClient
{
    private const ushort Port = 80;

    /// <summary>Connects and reads the answer.</summary>
    /// <returns>How often it was asked, this time included, and the file.</returns>
    internal static async Task<(ulong Count, string File)> AskAsync(
        HostNetwork network, IpAddress address, CancellationToken cancellation)
    {
        await using HostStream stream = await network.ConnectAsync(new IpEndpoint(address, Port), cancellation);
        await stream.WriteAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray(), cancellation);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        string text = await reader.ReadToEndAsync(cancellation);
        Assert.StartsWith("HTTP/1.1 200 ", text, StringComparison.Ordinal);
        string[] lines = text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Split('\n', 2);
        return (ulong.Parse(lines[0], CultureInfo.InvariantCulture), lines[1]);
    }
}
