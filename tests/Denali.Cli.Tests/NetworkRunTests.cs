// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Denali.Kernel.Tests.Fakes;
using Xunit;

namespace Denali.Cli.Tests;

/// <summary>What a run takes of the machine's network: refused before a VM runs, and given back in every end.</summary>
public sealed class NetworkRunTests : IDisposable
{
    private const string Tap = "denalirun0";
    private const int Port = 18007;
    private const int PcapHeaderBytes = 24;

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-run-").FullName;

    public NetworkRunTests() => Denali.NeedsKvm();

    private string CaptureFile => Path.Combine(_folder, "capture.pcap");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Publish_PortInUse_IsRefusedBeforeAnythingElse(bool isSecond)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        string first = isSecond ? $"127.0.0.2:{port}:7" : $"127.0.0.1:{port}:7";

        Denali.Run("run", "hello", "-p", first, "-p", $"127.0.0.1:{port}:8", "--pcap", CaptureFile)
            .AssertRefused($"port {port} of 127.0.0.1 is in use: publish on another one, or end what uses it");

        Assert.False(File.Exists(CaptureFile), "the capture was begun");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Capture_OfAMachineThatIsRefused_LeavesNoFileThatWasNotThere(bool isThere)
    {
        if (isThere)
        {
            File.WriteAllText(CaptureFile, "earlier");
        }

        Denali.Run("run", "hello", "--limit", "4K", "--pcap", CaptureFile).AssertRefused("raise it");

        Assert.Equal(isThere, File.Exists(CaptureFile));
    }

    [Fact]
    public void Publish_PortOfTheSystem_IsRefusedWithTheCure()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "giving up a capability needs root");
        string first = File.ReadAllText("/proc/sys/net/ipv4/ip_unprivileged_port_start").Trim();
        Assert.SkipUnless(first == "1024", $"ports from {first} on need no privilege on this machine");

        Denali.RunShell("setpriv --bounding-set=-net_bind_service \"$denali\" run hello -p 127.0.0.1:1023:7")
            .AssertRefused("port 1023 needs privilege: take one from 1024 on");
    }

    [Theory]
    [InlineData("--publish", "8007:7")]
    [InlineData("--outbound", null)]
    public void Tap_WithAnotherGateway_IsRefused(string option, string? value) => Denali
        .Run(["run", "hello", "--tap", Tap, option, .. value is null ? Array.Empty<string>() : [value]])
        .AssertRefused("--tap makes Linux the gateway, so --publish and --outbound lead nowhere");

    [Theory]
    [InlineData("TERM", 130)]
    [InlineData("KILL", 137)]
    public void Tap_AfterTheEnd_IsGone(string signal, int exitCode) => PrivateNetwork.Run(() =>
    {
        using Denali command = Denali.Start(["run", "echo", "--tap", Tap, "--pcap", CaptureFile]);
        command.WaitForOutput("echo: ready\n");
        Assert.Equal(0, PrivateNetwork.Ip($"link show {Tap}").Status);
        PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {Tap}");
        using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp))
        {
            socket.ReceiveTimeout = (int)Denali.Limit.TotalMilliseconds;
            socket.Connect(IPAddress.Parse("10.1.0.0"), 7);
            socket.Send("hello"u8);
            Assert.Equal(5, socket.Receive(new byte[100]));
        }

        Assert.True(
            SpinWait.SpinUntil(() => new FileInfo(CaptureFile).Length > PcapHeaderBytes, Denali.Limit),
            "the capture stays empty");
        command.Signal(signal);

        Assert.Equal(exitCode, command.WaitForEnd().ExitCode);
        Assert.NotEqual(0, PrivateNetwork.Ip($"link show {Tap}").Status);
        using FileStream capture = File.Open(CaptureFile, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
    });

    [Fact]
    public void Dhcp_WithoutATap_IsRefused() => Denali
        .Run("run", "hello", "--dhcp")
        .AssertRefused("--dhcp asks a server behind a TAP interface: name one with --tap");

    [Fact]
    public void Dhcp_WithAServer_PrintsTheAddress() => PrivateNetwork.Run(() =>
    {
        PrivateNetwork.Configure($"tuntap add {Tap} mode tap vnet_hdr");
        PrivateNetwork.Configure($"link set {Tap} up");
        using var server = new DhcpServer(Tap);
        using Denali command = Denali.Start(["run", "echo", "--tap", Tap, "--dhcp"]);
        command.WaitForOutput("echo: ready\n");
        command.Signal("TERM");

        Assert.Contains(
            "denali: the VM has the address 192.168.77.50\n", command.WaitForEnd().Errors, StringComparison.Ordinal);
    });

    [Theory]
    [InlineData("TERM")]
    [InlineData("KILL")]
    public void Publish_AfterTheEnd_ThePortIsFree(string signal) => PrivateNetwork.Run(() =>
    {
        PrivateNetwork.Configure("link set lo up");
        for (int i = 0; i < 2; i++)
        {
            // The second one finds the remains of the first one's connection.
            using Denali command = Denali.Start(["run", "echo", "-p", $"127.0.0.1:{Port}:7"]);
            command.WaitForOutput("echo: ready\n");
            using var client = new TcpClient { ReceiveTimeout = (int)Denali.Limit.TotalMilliseconds };
            client.Connect(IPAddress.Loopback, Port);
            client.GetStream().Write("hello"u8);
            byte[] answer = new byte[5];
            client.GetStream().ReadExactly(answer);
            Assert.Equal("hello"u8, answer);

            command.Signal(signal);
            _ = command.WaitForEnd();
            using var refused = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            SocketException refusal = Assert.Throws<SocketException>(() => refused.Connect(IPAddress.Loopback, Port));
            Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
        }
    });
}
