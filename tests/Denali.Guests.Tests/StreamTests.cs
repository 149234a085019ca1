// SPDX-License-Identifier: MIT
using System.Globalization;
using System.Linq;
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>TCP between VMs, each with its own stack.</summary>
public sealed class StreamTests
{
    [Theory]
    [InlineData("send", true, 100_000_000)]
    [InlineData("receive", true, 100_000_000)]
    [InlineData("send", false, 100_000_000)]
    public void Bulk_BetweenMachines_Arrives(string direction, bool isIpv4, int bytes)
    {
        using var host = new GuestHost();
        GuestMachine server = host.StartOnNetwork(new NetworkOptions(), "netperf", "server");
        server.WaitForOutput("netperf: ready");

        GuestMachine client = host.StartOnNetwork(
            new NetworkOptions(),
            "netperf",
            direction,
            host.AddressOf(server, isIpv4),
            bytes.ToString(CultureInfo.InvariantCulture));

        client.AssertTerminated(0);
        ulong[] numbers = [.. client.Text.Split(' ').Select(text => ulong.Parse(text, CultureInfo.InvariantCulture))];
        Assert.Equal((ulong)bytes, numbers[1]);
        TestContext.Current.SendDiagnosticMessage($"{direction}: {numbers[1] * 8.0 / numbers[0]:F2} Gb/s");
        server.Kill();
    }

    [Fact]
    public void Transactions_BetweenMachines_AllComplete()
    {
        using var host = new GuestHost();
        GuestMachine server = host.StartOnNetwork(new NetworkOptions(), "netperf", "server");
        server.WaitForOutput("netperf: ready");

        GuestMachine client = host.StartOnNetwork(
            new NetworkOptions(), "netperf", "transact", host.AddressOf(server), "10000", "64");

        client.AssertTerminated(0);
        ulong ns = ulong.Parse(client.Text.Split(' ')[0], CultureInfo.InvariantCulture);
        TestContext.Current.SendDiagnosticMessage($"transaction: {ns / 10_000 / 1000.0:F1} us");
        server.Kill();
    }
}
