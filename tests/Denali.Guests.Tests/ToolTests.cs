// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.RegularExpressions;
using Denali.Kernel.Network;
using Denali.Kernel.Tests.Fakes;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>
/// The tools that people use, against VMs: over a TAP interface in a network of the test's own, and through published
/// ports. All traffic is captured, and tshark must find nothing wrong with it.
/// </summary>
/// <remarks>
/// iperf3 is not among them: it speaks a protocol of its own beside its streams. Bulk is sent with nc, and measured by
/// <c>denali bench tcp</c>.
/// </remarks>
public sealed partial class ToolTests : IDisposable
{
    private const string Tap = "denalitool0";

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-tools-").FullName;

    private string CaptureFile => Path.Combine(_folder, "capture.pcap");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true, new[] { 0, 56, 1472, 1473, 8000, 65507 })]
    [InlineData(false, new[] { 0, 56, 1452, 1453, 8000, 65527 })]
    public void Ping_OfAnySize_IsAnswered(bool isIpv4, int[] sizes)
    {
        Tool.Needs("ping", "iputils-ping");
        OnTap("echo", isIpv4, [isIpv4 ? "ip:icmp:data" : "ipv6:icmpv6:data"], address =>
        {
            foreach (int size in sizes)
            {
                string text = Tool.Text("ping", $"-n -q -c 3 -i 0.2 -W 10 -s {size} {address}");
                Assert.Contains("3 packets transmitted, 3 received", text, StringComparison.Ordinal);
            }
        });
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Nc_OverTcpAndUdp_GetsItsBytesBack(bool isIpv4)
    {
        Tool.Needs("nc", "netcat-openbsd");
        OnTap("echo", isIpv4, ["tcp:echo", "udp:echo"], address =>
        {
            byte[] sent = RandomBytes(1_000_000);
            Assert.True(sent.AsSpan().SequenceEqual(Tool.Run("nc", $"-N {address} 7", sent)), "TCP: the bytes differ");
            Assert.Equal("hello"u8, Tool.Run("nc", $"-u -W 1 {address} 7", "hello"u8.ToArray()));

            // Several fragments, both ways; nc reads and sends 16 KiB at a time.
            byte[] large = sent[..16_000];
            Assert.True(
                large.AsSpan().SequenceEqual(Tool.Run("nc", $"-u -W 1 {address} 7", large)), "UDP: the bytes differ");
        });
    }

    [Fact]
    public void Nc_ThroughAPublishedPort_GetsItsBytesBack()
    {
        Tool.Needs("nc", "netcat-openbsd");
        CaptureCheck.NeedsTool();
        using var host = new GuestHost();
        using var network = new HostNetwork(host.Kernel);
        GuestMachine echo = host.StartOnNetwork(new NetworkOptions(), "echo");
        echo.WaitForOutput("echo: ready");
        using CaptureWriter capture = host.Kernel.Switch.StartCapture(CaptureFile, echo.Id);
        using PublishedPort port = PublishedPort.Open(
            network, new IPEndPoint(IPAddress.Loopback, 0), new IpEndpoint(host.Kernel.Switch.AddressOf(echo.Id), 7));
        byte[] sent = RandomBytes(1_000_000);

        Assert.True(
            sent.AsSpan().SequenceEqual(Tool.Run("nc", $"-N 127.0.0.1 {port.Local.Port}", sent)), "the bytes differ");
        echo.Kill();
        CaptureCheck.AssertFaultless(capture, CaptureFile, "tcp:echo");
    }

    [Theory]
    [InlineData("echo", "", "-sS", true, "7/tcp")]
    [InlineData("echo", "", "-sT", true, "7/tcp")]
    [InlineData("echo", "", "-sS", false, "7/tcp")]
    [InlineData("echo", "", "-sU", true, "7/udp")]
    [InlineData("echo", "", "-sU", false, "7/udp")]
    [InlineData("netperf", "server", "-sS", true, "5001/tcp 5002/tcp 5003/tcp")]
    [InlineData("netperf", "server", "-sU", true, "")]
    public void Nmap_OfAMachine_FindsWhatIsOpenAndNothingElse(
        string guest, string argument, string scan, bool isIpv4, string open)
    {
        Tool.Needs("nmap", "nmap");
        string ports = scan == "-sU" ? "1-40" : "1-1000,5000-5010";
        string family = isIpv4 ? "" : "-6";
        OnTap(guest, isIpv4, [scan == "-sU" ? ":udp" : ":tcp"], address =>
        {
            string report = Tool.Text("nmap", $"-n -Pn {scan} {family} -p {ports} -oG - {address}");
            Assert.Equal(open, string.Join(' ', OpenPort().Matches(report).Select(match => match.Result("$1/$3"))));
            Assert.DoesNotContain("filtered", report, StringComparison.Ordinal);
        }, argument);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Dig_OfANameServerInAMachine_ReadsItsAnswers(bool isIpv4)
    {
        Tool.Needs("dig", "bind9-dnsutils");
        OnTap("nameserver", isIpv4, ["udp:dns", "tcp:dns"], address =>
        {
            string Dig(string question) => Tool.Text("dig", $"@{address} +tries=1 +time=20 {question}");

            Assert.Equal("192.0.2.7\n", Dig("+short www.example A"));
            Assert.Equal("2001:db8::7\n", Dig("+short +tcp www.example AAAA"));
            Assert.Contains("status: NXDOMAIN", Dig("mail.example"), StringComparison.Ordinal);
            Assert.Contains("flags: qr tc", Dig("+ignore big.example TXT"), StringComparison.Ordinal);
            string[] texts = Dig("+short big.example TXT").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(
                Enumerable.Range(0, 20).Select(i => $"\"{new string((char)('a' + i), 200)}\""),
                texts.Where(line => line[0] != ';'));
        });
    }

    [Fact]
    public void Tshark_OfTwoMachines_FindsNoFault()
    {
        CaptureCheck.NeedsTool();
        var options = new NetworkOptions();
        using var host = new GuestHost();
        using CaptureWriter capture = host.Kernel.Switch.StartCapture(CaptureFile);
        GuestMachine server = host.StartOnNetwork(options, "netperf", "server");
        server.WaitForOutput("netperf: ready");
        foreach (bool isIpv4 in new[] { true, false })
        {
            string address = host.AddressOf(server, isIpv4);
            host.StartOnNetwork(options, "netperf", "send", address, "1000000").AssertTerminated(0);
            host.StartOnNetwork(options, "netperf", "transact", address, "100", "1000").AssertTerminated(0);
        }

        server.Kill();
        CaptureCheck.AssertFaultless(capture, CaptureFile, "ip:tcp", "ipv6:tcp", ":arp", ":icmpv6");
    }

    [Fact]
    public void Dnsmasq_OnTheSegment_GivesAddressAndNames()
    {
        const string Leased = "192.168.77.77";
        Tool.Needs("dnsmasq", "dnsmasq-base");
        Tool.Needs("nc", "netcat-openbsd");
        CaptureCheck.NeedsTool();
        PrivateNetwork.Run(() =>
        {
            using var host = new GuestHost(tapName: Tap);
            PrivateNetwork.Configure($"addr add 192.168.77.1/24 dev {Tap}");
            using CaptureWriter capture = host.Kernel.Switch.StartCapture(CaptureFile);
            using Process server = Tool.Start(
                "dnsmasq",
                "--keep-in-foreground --conf-file=/dev/null --no-resolv --no-hosts --user=root --pid-file="
                + $" --dhcp-leasefile={_folder}/leases --interface={Tap} --bind-interfaces --domain=test.example"
                + $" --dhcp-range={Leased},{Leased},255.255.255.0,1h --host-record=peer.test.example,192.0.2.7");
            try
            {
                GuestMachine machine = host.StartOnNetwork(new NetworkOptions { UseDhcp = true }, "telnetd");
                machine.WaitForOutput("telnetd: ready");
                Assert.Equal(Leased, host.AddressOf(machine));
                Assert.Contains(Leased, File.ReadAllText($"{_folder}/leases"), StringComparison.Ordinal);

                // The name server and the domain are those of the lease.
                Assert.Contains(
                    "192.0.2.7", Tool.Text("nc", $"-N {Leased} 23", "lookup peer\r\nquit\r\n"u8.ToArray()),
                    StringComparison.Ordinal);
                machine.Kill();
            }
            finally
            {
                server.Kill();
                server.WaitForExit();
            }

            CaptureCheck.AssertFaultless(capture, CaptureFile, "udp:dhcp", ":arp", "udp:dns");
        });
    }

    /// <summary>Runs a guest beside Linux on one segment, and a test that gets its address.</summary>
    private void OnTap(string guest, bool isIpv4, string[] protocols, Action<string> test, string argument = "")
    {
        CaptureCheck.NeedsTool();
        PrivateNetwork.Run(() =>
        {
            using var host = new GuestHost(tapName: Tap);
            PrivateNetwork.Configure($"addr add 10.0.0.1/8 dev {Tap}");
            PrivateNetwork.Configure($"-6 addr add fd64:656e:616c:6900::1/64 dev {Tap} nodad");
            using CaptureWriter capture = host.Kernel.Switch.StartCapture(CaptureFile);
            GuestMachine machine = host.StartOnNetwork(
                new NetworkOptions(), guest, argument.Split(' ', StringSplitOptions.RemoveEmptyEntries));
            machine.WaitForOutput($"{guest}: ready");
            test(host.AddressOf(machine, isIpv4));
            Assert.False(machine.HasEnded, machine.Text);
            machine.Kill();
            CaptureCheck.AssertFaultless(capture, CaptureFile, protocols);
        });
    }

    private static byte[] RandomBytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    [GeneratedRegex(@"(\d+)/(open[^/]*)/(tcp|udp)/")]
    private static partial Regex OpenPort();
}
