// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Denali.Kernel;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>The kernel's host on the LAN: streams to VMs, published ports, the way out.</summary>
public sealed class HostNetworkTests
{
    private const ushort Port = 7;

    private static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token;

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 3_000_000)]
    [InlineData(false, 100_000)]
    public async Task Stream_ToAnEchoMachine_BringsEveryByteBack(bool isIpv4, int bytes)
    {
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        GuestMachine echo = StartEcho(host);
        IpAddress address = isIpv4
            ? host.Kernel.Switch.AddressOf(echo.Id)
            : host.Kernel.Switch.Ipv6AddressOf(echo.Id);

        await using HostStream stream = await network.ConnectAsync(new IpEndpoint(address, Port), Patience);

        await AssertEchoes(stream, bytes);
        echo.Kill();
    }

    [Fact]
    public async Task Connect_NobodyListens_IsRefused()
    {
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        GuestMachine echo = StartEcho(host);
        var remote = new IpEndpoint(host.Kernel.Switch.AddressOf(echo.Id), 9);

        IOException refusal = await Assert.ThrowsAsync<IOException>(
            async () => await network.ConnectAsync(remote, Patience));

        Assert.Equal("the connection was refused: nothing listens there", refusal.Message);
        echo.Kill();
    }

    [Fact]
    public async Task Listen_MachineConnects_StreamCarries()
    {
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        using HostListener listener = network.Listen(5001);
        string gateway = GuestHost.TextOf(host.Kernel.Switch.Addressing.Ipv4Gateway);

        GuestMachine client = host.StartOnNetwork(new NetworkOptions(), "netperf", "send", gateway, "1000000");
        await using HostStream stream = await listener.AcceptAsync(Patience);
        byte[] buffer = new byte[65536];
        long received = 0;
        int count;
        while ((count = await stream.ReadAsync(buffer, Patience)) > 0)
        {
            received += count;
        }

        await stream.DisposeAsync();
        Assert.Equal(1_000_000, received);
        client.AssertTerminated(0);
    }

    [Fact]
    public void Listen_PortZero_TellsTheChosenPort()
    {
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        using HostListener first = network.Listen(0);
        using HostListener second = network.Listen(0);

        Assert.NotEqual(0, first.Port);
        Assert.NotEqual(0, second.Port);
        Assert.NotEqual(first.Port, second.Port);
    }

    [Fact]
    public async Task Publish_HostSocket_ReachesTheMachine()
    {
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        GuestMachine echo = StartEcho(host);
        var target = new IpEndpoint(host.Kernel.Switch.AddressOf(echo.Id), Port);
        using PublishedPort port = PublishedPort.Open(network, new IPEndPoint(IPAddress.Loopback, 0), target);

        Task[] clients = [.. Enumerable.Range(1, 20).Select(async number =>
        {
            using var client = new TcpClient();
            await client.ConnectAsync(port.Local, Patience);
            await AssertEchoes(client.GetStream(), number * 10_000);
        })];
        await Task.WhenAll(clients);

        KernelException refusal = Assert.Throws<KernelException>(
            () => PublishedPort.Open(network, port.Local, target));
        Assert.Contains("in use: publish on another one", refusal.Message, StringComparison.Ordinal);
        echo.Kill();
    }

    [Fact]
    public async Task Machine_Killed_ResetsItsConnections()
    {
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        GuestMachine echo = StartEcho(host);
        GuestMachine other = StartEcho(host);
        var target = new IpEndpoint(host.Kernel.Switch.AddressOf(echo.Id), Port);
        var otherTarget = new IpEndpoint(host.Kernel.Switch.AddressOf(other.Id), Port);
        await using HostStream stream = await network.ConnectAsync(target, Patience);
        await using HostStream otherStream = await network.ConnectAsync(otherTarget, Patience);
        using PublishedPort port = PublishedPort.Open(network, new IPEndPoint(IPAddress.Loopback, 0), target);
        using var client = new TcpClient();
        await client.ConnectAsync(port.Local, Patience);
        await AssertEchoes(client.GetStream(), 10);
        await AssertEchoes(stream, 10);

        Task<int> reading = stream.ReadAsync(new byte[1], Patience).AsTask();
        echo.Kill();

        IOException reset = await Assert.ThrowsAsync<IOException>(() => reading);
        Assert.Equal("the peer reset the connection", reset.Message);
        await Assert.ThrowsAsync<IOException>(
            async () => await client.GetStream().ReadExactlyAsync(new byte[1], Patience));
        await AssertEchoes(otherStream, 10);
        other.Kill();
    }

    private static GuestMachine StartEcho(GuestHost host)
    {
        GuestMachine echo = host.StartOnNetwork(new NetworkOptions(), "echo");
        echo.WaitForOutput("echo: ready");
        return echo;
    }

    private static async Task AssertEchoes(Stream stream, int bytes)
    {
        byte[] sent = new byte[bytes];
        new Random(bytes).NextBytes(sent);
        Task writing = stream.WriteAsync(sent, Patience).AsTask();
        byte[] received = new byte[bytes];
        await stream.ReadExactlyAsync(received, Patience);
        await writing;
        Assert.True(sent.AsSpan().SequenceEqual(received), "the bytes that came back differ");
    }
}
