// SPDX-License-Identifier: MIT
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>UDP between VMs, each with its own stack.</summary>
public sealed class DatagramTests
{
    /// <summary>The first waits for the peer's hardware address, whatever its size.</summary>
    [Theory]
    [InlineData(true, 4)]
    [InlineData(true, 100)]
    [InlineData(true, 1400)]
    [InlineData(false, 1400)]
    public void Datagrams_BetweenMachines_ComeBackAsTheyWere(bool isIpv4, int bytes)
    {
        const int Count = 50;
        using var host = new GuestHost();
        GuestMachine echo = host.StartOnNetwork(new NetworkOptions(), "echo");
        echo.WaitForOutput("echo: ready");

        GuestMachine talk = host.StartOnNetwork(
            new NetworkOptions(), "talk", "datagrams", host.AddressOf(echo, isIpv4), $"{Count}", $"{bytes}", "1");

        talk.AssertTerminated(0);
        Assert.Equal((ulong)Count, talk.Values()["rounds"] + talk.Values()["lost"]);
        Assert.InRange(talk.Values()["lost"], 0u, (ulong)Count / 2);
        echo.Kill();
    }
}
