// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
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
            Assert.False(ping.TryWaitForEnd(TimeSpan.FromMilliseconds(1)), "it ended");
        }

        Assert.Equal(0ul, host.Kernel.Switch.TotalCounters().FramesReceived);
        ping.Kill();
        echo.Kill();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Datagrams_OfLinuxOverTheTapInterface_ComeBack(int workers) => PrivateNetwork.Run(() =>
    {
        const string Name = "denaliguest0";
        const int Count = 500;
        using var host = new GuestHost(workers, tapName: Name);
        PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {Name}");

        // The guest exchanges the addresses and leaves the ports as they are: so both ports are the same.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.ReceiveTimeout = (int)GuestMachine.Deadline.TotalMilliseconds;
        socket.Bind(new IPEndPoint(IPAddress.Any, 7777));
        GuestMachine echo = host.StartOnNetwork(new NetworkOptions(), "nic", "echo");
        echo.WaitForOutput("ready");
        socket.Connect(IPAddress.Parse("10.1.0.0"), 7777);
        byte[] buffer = new byte[2000];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Count; i++)
        {
            byte[] sent = new byte[20 + i];
            sent.AsSpan().Fill((byte)i);
            socket.Send(sent);
            Assert.Equal(sent, buffer[..socket.Receive(buffer)]);
        }

        double us = Stopwatch.GetElapsedTime(start).TotalMicroseconds / Count;
        TestContext.Current.TestOutputHelper?.WriteLine($"{us:0} us per exchange");
        echo.Kill();
    });

    [Fact]
    public void Machine_WithoutNetwork_HasNoInterface()
    {
        using var host = new GuestHost();
        host.Start("nic", "echo").AssertTerminated(3);
    }
}
