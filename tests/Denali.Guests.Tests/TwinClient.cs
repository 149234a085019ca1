// SPDX-License-Identifier: MIT
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel.Network;
using Denali.Net;

namespace Denali.Guests.Tests;

/// <summary>Asks the guest twin: who it is, how often it was asked, and whether its memory is what it left.</summary>
internal static class TwinClient
{
    private const ushort Port = 7000;

    /// <summary>An answer.</summary>
    /// <param name="Id">The VM's number.</param>
    /// <param name="Count">How often it was asked, this time included.</param>
    /// <param name="IsWhole">Whether all pages were as it had left them.</param>
    internal readonly record struct Answer(ulong Id, ulong Count, bool IsWhole);

    /// <summary>Connects and reads the answer.</summary>
    internal static async Task<Answer> AskAsync(HostNetwork network, IpAddress address, CancellationToken cancellation)
    {
        await using HostStream stream = await network.ConnectAsync(new IpEndpoint(address, Port), cancellation);
        using var reader = new StreamReader(stream);
        string line = await reader.ReadToEndAsync(cancellation);
        ulong[] values =
        [
            .. line.Trim().Split(' ').Select(
                pair => ulong.Parse(pair[(pair.IndexOf('=') + 1)..], CultureInfo.InvariantCulture)),
        ];
        return new Answer(values[0], values[1], values[2] == 1);
    }
}
