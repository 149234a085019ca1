// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>VMs on a network that is not the kernel's: a DHCP server there gives them their addresses.</summary>
public sealed class DhcpTests
{
    private const string Tap = "denalidhcp0";
    private const byte Request = 3;

    private static readonly NetworkOptions s_dhcp = new() { UseDhcp = true };

    [Fact]
    public void Machines_WithAServerOutside_HaveTheirAddressesWhenTheyAreReady() => PrivateNetwork.Run(() =>
    {
        using var host = new GuestHost(tapName: Tap);
        using var server = new DhcpServer(Tap);
        GuestMachine[] machines = [.. Enumerable.Range(0, 3).Select(_ => host.StartOnNetwork(s_dhcp, "echo"))];
        foreach (GuestMachine machine in machines)
        {
            machine.WaitForOutput("echo: ready");
        }

        string[] addresses = [.. machines.Select(machine => host.AddressOf(machine)).Order()];
        Assert.Equal(["192.168.77.50", "192.168.77.51", "192.168.77.52"], addresses);
        foreach (string address in addresses)
        {
            Exchange(address);
        }

        // They find each other as well, although nobody outside sends a frame back to where it came from.
        host.StartOnNetwork(s_dhcp, "talk", "transact", addresses[0], "10", "1000", "1").AssertTerminated(0);
        Array.ForEach(machines, machine => machine.Kill());
    });

    [Fact]
    public void Machine_OfAnotherGroup_IsNotFound() => PrivateNetwork.Run(() =>
    {
        using var host = new GuestHost(tapName: Tap);
        using var server = new DhcpServer(Tap);
        GuestMachine echo = host.StartOnNetwork(new NetworkOptions { UseDhcp = true, Group = 1 }, "echo");
        echo.WaitForOutput("echo: ready");
        string address = host.AddressOf(echo);
        Assert.True(host.Kernel.Switch.TryGetCounters(echo.Id, out NetworkCounters before));
        var other = new NetworkOptions { UseDhcp = true, Group = 2 };
        host.StartOnNetwork(other, "talk", "datagrams", address, "1", "10", "1").AssertTerminated(0);

        Assert.True(host.Kernel.Switch.TryGetCounters(echo.Id, out NetworkCounters after));
        Assert.Equal(before.FramesReceived, after.FramesReceived);
        Exchange(address);
        echo.Kill();
    });

    [Fact]
    [Trait("Speed", "Slow")]
    public void Lease_IsRenewedWhileTheServerAnswers_AndLostWhenItDoesNot() => PrivateNetwork.Run(() =>
    {
        // The shortest that a client takes: renewed after 5 s, rebound after 9, lost after 10.
        const string Address = "192.168.77.50";
        using var host = new GuestHost(tapName: Tap);
        using var server = new DhcpServer(Tap, leaseSeconds: 10);
        GuestMachine machine = host.StartOnNetwork(s_dhcp, "echo");
        machine.WaitForOutput("echo: ready");
        WaitFor(() => server.CountFrom(Address, Request) >= 1, "it renews");
        Exchange(Address);
        Assert.Equal([Address], TextsOf(machine));
        server.IsSilent = true;

        WaitFor(() => machine.Addresses.Count == 2, "it loses the address");
        Assert.Equal([Address, "0.0.0.0"], TextsOf(machine));
        Assert.True(server.CountFrom(Address, Request) >= 3, "it asked neither its server nor all");
        server.IsSilent = false;
        WaitFor(() => machine.Addresses.Count == 3, "it gets it again");
        Exchange(Address);
        machine.Kill();
    });

    private static IEnumerable<string> TextsOf(GuestMachine machine) => machine.Addresses.Select(GuestHost.TextOf);

    private static void WaitFor(Func<bool> condition, string what) =>
        Assert.True(SpinWait.SpinUntil(condition, GuestMachine.Deadline), $"{what}: not within the time");

    /// <summary>Sends datagrams until one comes back: a VM may still be about to take its address into use.</summary>
    private static void Exchange(string address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Parse(address), 7);
        byte[] sent = new byte[1400];
        WaitFor(
            () =>
            {
                socket.Send(sent);
                return socket.Poll(TimeSpan.FromMilliseconds(100), SelectMode.SelectRead);
            },
            $"{address} answers");
        Assert.Equal(sent.Length, socket.Receive(new byte[2000]));
    }
}
