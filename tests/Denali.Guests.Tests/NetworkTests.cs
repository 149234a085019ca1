// SPDX-License-Identifier: MIT
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>Whole VMs exchange frames by the bare rings of their network interfaces.</summary>
public sealed class NetworkTests
{
    [Theory]
    [InlineData(1, 60, 2_000, 1)]
    [InlineData(2, 60, 2_000, 1)]
    [InlineData(1, 1514, 10_000, 32)]
    [InlineData(2, 1514, 10_000, 32)]
    [InlineData(1, 60_000, 2_000, 4)]
    [InlineData(2, 60_000, 2_000, 4)]
    public void Frames_BetweenTwoMachines_AllComeBack(int workers, int bytes, int count, int window)
    {
        using var host = new GuestHost(workers);
        GuestMachine echo = host.StartOnNetwork(new NetworkOptions(), "nic", "echo");
        echo.WaitForOutput("ready");
        GuestMachine ping = host.StartOnNetwork(
            new NetworkOptions(), "nic", "ping", "0", $"{bytes}", $"{count}", $"{window}");

        ping.AssertTerminated(0);
        NetworkCounters total = host.Kernel.Switch.TotalCounters();
        Assert.Equal(2ul * (ulong)count, total.FramesSent);
        Assert.Equal(2ul * (ulong)count, total.FramesReceived);
        Assert.Equal(0ul, total.Dropped);
        TestContext.Current.TestOutputHelper?.WriteLine($"{ping.Values()["ns"] / (ulong)count} ns per exchange");
        echo.Kill();
    }

    [Fact]
    public void Frames_ToAnotherGroup_DoNotArrive()
    {
        using var host = new GuestHost();
        GuestMachine echo = host.StartOnNetwork(new NetworkOptions { Group = 1 }, "nic", "echo");
        echo.WaitForOutput("ready");
        GuestMachine ping = host.StartOnNetwork(new NetworkOptions { Group = 2 }, "nic", "ping", "0", "100", "5", "5");
        while (host.Kernel.Switch.TotalCounters().DroppedFor(DropReason.OtherGroup) < 5)
        {
            Assert.False(ping.TryWaitForEnd(System.TimeSpan.FromMilliseconds(1)), "it ended");
        }

        Assert.Equal(0ul, host.Kernel.Switch.TotalCounters().FramesReceived);
        ping.Kill();
        echo.Kill();
    }

    [Fact]
    public void Machine_WithoutNetwork_HasNoInterface()
    {
        using var host = new GuestHost();
        host.Start("nic", "echo").AssertTerminated(3);
    }
}
