// SPDX-License-Identifier: MIT
using System;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>The telnet server in a VM: its commands, its manners towards any bytes, and names.</summary>
public sealed class TelnetdTests : IDisposable
{
    private const int SessionsMax = 8;
    private const byte Iac = 255;
    private const byte Dont = 254;
    private const byte Do = 253;
    private const byte Wont = 252;
    private const byte Will = 251;

    private readonly GuestHost _host = new();
    private readonly HostNetwork _network;

    public TelnetdTests() => _network = new HostNetwork(_host.Kernel);

    public void Dispose()
    {
        _network.Dispose();
        _host.Dispose();
    }

    [Theory]
    [InlineData("help", "^help, uptime, memory, threads, sockets, ping HOST, lookup NAME, quit$")]
    [InlineData("  help  ", "^help, ")]
    [InlineData("uptime", @"^up \d{1,2}\.\d{3} s$")]
    [InlineData("memory", @"^16777216 bytes, heap \d{3,} bytes, pages \d+ of \d+, peak \d+$")]
    [InlineData("threads", @"^3 threads, \d+ stacks used so far$")]
    [InlineData("sockets", @"^2 sockets, 1 connections, 0 in TIME-WAIT, [1-9]\d* frames received, [1-9]\d* sent$")]
    [InlineData("ping 127.0.0.1", @"^(127\.0\.0\.1 answers after \d+\.\d{3} ms\r\n){4}4 sent, 4 received$")]
    [InlineData("ping localhost", @"^(127\.0\.0\.1 answers after \d+\.\d{3} ms\r\n){4}4 sent, 4 received$")]
    [InlineData("ping ::1", @"^(::1 answers after \d+\.\d{3} ms\r\n){4}4 sent, 4 received$")]
    [InlineData("ping", "^that is no name$")]
    [InlineData("lookup 192.0.2.1", @"^192\.0\.2\.1$")]
    [InlineData("lookup 2001:db8::1", "^2001:db8::1$")]
    [InlineData("lookup localhost", @"^127\.0\.0\.1\r\n::1$")]
    [InlineData("lookup a..b", "^that is no name$")]
    [InlineData("frobnicate", "^unknown command, try help$")]
    public async Task Command_Given_Answers(string command, string pattern)
    {
        GuestMachine machine = Start();
        await using TelnetClient client = await TelnetClient.OpenAsync(_network, AddressOf(machine));

        Assert.Matches(pattern, await client.AskAsync(command));
        machine.Kill();
    }

    [Fact]
    public async Task Ping_OtherMachine_ShowsFourTimes()
    {
        GuestMachine machine = Start();
        GuestMachine other = Start();
        await using TelnetClient client = await TelnetClient.OpenAsync(_network, AddressOf(machine));

        foreach (bool isIpv4 in new[] { true, false })
        {
            string[] lines = (await client.AskAsync($"ping {_host.AddressOf(other, isIpv4)}")).Split("\r\n");
            Assert.Equal(5, lines.Length);
            Assert.All(lines[..4], line => Assert.StartsWith(
                $"{_host.AddressOf(other, isIpv4)} answers after ", line, StringComparison.Ordinal));
            Assert.Equal("4 sent, 4 received", lines[4]);
        }

        other.Kill();
        machine.Kill();
    }

    [Fact]
    public async Task Quit_Given_EndsTheSession()
    {
        GuestMachine machine = Start();
        await using TelnetClient client = await TelnetClient.OpenAsync(_network, AddressOf(machine));
        await client.SendAsync("quit\r\n"u8.ToArray());

        Assert.Equal("bye\r\n", await client.ReadToEndAsync());
        machine.Kill();
    }

    [Fact]
    public async Task Negotiation_Offered_IsRefusedOnceAndNotConfirmed()
    {
        GuestMachine machine = Start();
        await using TelnetClient client = await TelnetClient.OpenAsync(_network, AddressOf(machine));
        byte[] offers =
        [
            Iac, Do, 1, Iac, Will, 31, Iac, Dont, 3, Iac, Wont, 24, Iac, 250, 31, 0, Iac, Iac, 24, Iac, 240, Iac, 241,
            .. "xhe"u8, Iac, 248, .. "helpx"u8, Iac, 247, .. "\r\0"u8,
        ];
        await client.SendAsync(offers);

        string answer = await client.ReadUntilAsync(TelnetClient.Prompt);
        Assert.Equal<byte>([Iac, Wont, 1, Iac, Dont, 31], Encoding.Latin1.GetBytes(answer[..6]));
        Assert.StartsWith("help, uptime", answer[6..], StringComparison.Ordinal);
        await client.SendAsync([Iac, 246]);
        Assert.Equal("\r\n[Yes]\r\n", await client.ReadUntilAsync("[Yes]\r\n"));
        machine.Kill();
    }

    [Fact]
    public async Task Line_TooLong_IsRefusedAndForgotten()
    {
        GuestMachine machine = Start();
        await using TelnetClient client = await TelnetClient.OpenAsync(_network, AddressOf(machine));

        Assert.Equal("unknown command, try help", await client.AskAsync(new string('a', 256)));
        Assert.Equal("the line is too long", await client.AskAsync(new string('a', 257)));
        Assert.Equal("the line is too long", await client.AskAsync("help" + new string(' ', 100_000)));
        Assert.StartsWith("help, ", await client.AskAsync("help"), StringComparison.Ordinal);
        machine.Kill();
    }

    [Fact]
    public async Task Sessions_Two_DoNotDisturbEachOther()
    {
        GuestMachine machine = Start();
        await using TelnetClient first = await TelnetClient.OpenAsync(_network, AddressOf(machine));
        await using TelnetClient second = await TelnetClient.OpenAsync(_network, AddressOf(machine));
        await first.SendAsync("thre"u8.ToArray());
        Assert.StartsWith("4 threads, ", await second.AskAsync("threads"), StringComparison.Ordinal);
        await second.SendAsync("quit\r\n"u8.ToArray());
        Assert.Equal("bye\r\n", await second.ReadToEndAsync());

        Assert.Matches("^[34] threads, ", await first.AskAsync("ads"));
        machine.Kill();
    }

    [Fact]
    public async Task Sessions_TooMany_AreRefusedUntilOneEnds()
    {
        GuestMachine machine = Start();
        TelnetClient[] clients = new TelnetClient[SessionsMax];
        for (int i = 0; i < SessionsMax; i++)
        {
            clients[i] = await TelnetClient.OpenAsync(_network, AddressOf(machine));
        }

        await using (TelnetClient refused = await TelnetClient.ConnectAsync(_network, AddressOf(machine)))
        {
            Assert.Equal("telnetd: all sessions are in use, come back later\r\n", await refused.ReadToEndAsync());
        }

        foreach (TelnetClient client in clients)
        {
            await client.SendAsync("quit\r\n"u8.ToArray());
            Assert.Equal("bye\r\n", await client.ReadToEndAsync());
            await client.DisposeAsync();
        }

        // A session that ended before is over for its thread a moment later.
        string text;
        do
        {
            await using TelnetClient again = await TelnetClient.ConnectAsync(_network, AddressOf(machine));
            text = await again.ReadUntilAsync("\r\n");
        }
        while (text.StartsWith("telnetd: all", StringComparison.Ordinal));
        Assert.Equal("Denali. Try help.\r\n", text);
        machine.Kill();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Garbage_Sent_DoesNoHarm(int seed)
    {
        GuestMachine machine = Start();
        Random random = new(seed);
        byte[] garbage = new byte[50_000];
        random.NextBytes(garbage);
        for (int i = 0; i < garbage.Length; i++)
        {
            // Much of what means something.
            garbage[i] = random.Next(8) == 0 ? (byte)random.Next(240, 256) : garbage[i];
        }

        TelnetClient hostile = await TelnetClient.OpenAsync(_network, AddressOf(machine));
        Task<string> reading = hostile.ReadUntilAsync("help, uptime");
        await hostile.SendAsync(garbage);
        await hostile.SendAsync([Iac, 240, Iac, 240, .. "\r\n\r\nhelp\r\n"u8]);
        await reading;
        await hostile.DisposeAsync();

        await using TelnetClient client = await TelnetClient.OpenAsync(_network, AddressOf(machine));
        Assert.StartsWith("help, ", await client.AskAsync("help"), StringComparison.Ordinal);
        Assert.False(machine.HasEnded);
        machine.Kill();
    }

    [Fact]
    public async Task Lookup_NameServerBehindTheUplink_GivesBothFamilies()
    {
        using FakeNameServer server = new();
        using UserUplink uplink = new(_network, server.Local);
        GuestMachine machine = Start(new NetworkOptions { AllowOutbound = true });
        await using TelnetClient client = await TelnetClient.OpenAsync(_network, AddressOf(machine));

        Assert.Equal("192.0.2.7\r\n2001:db8::7", await client.AskAsync("lookup www.example"));
        Assert.Equal("no such name", await client.AskAsync("lookup mail.example"));
        Assert.Equal("192.0.2.7\r\n2001:db8::7", await client.AskAsync("lookup WWW.EXAMPLE"));

        Assert.Equal(1, server.Questions.Count(question => question == ("www.example.", 1)));
        Assert.Equal(1, server.Questions.Count(question => question == ("www.example.", 28)));
        machine.Kill();
    }

    [Fact]
    public async Task Lookup_NoWayOut_SaysSoInTheEnd()
    {
        GuestMachine machine = Start();
        await using TelnetClient client = await TelnetClient.OpenAsync(_network, AddressOf(machine));

        Assert.Equal("no answer", await client.AskAsync("lookup www.example"));
        machine.Kill();
    }

    private IpAddress AddressOf(GuestMachine machine) => _host.Kernel.Switch.AddressOf(machine.Id);

    private GuestMachine Start(NetworkOptions? options = null)
    {
        GuestMachine machine = _host.StartOnNetwork(options ?? new NetworkOptions(), "telnetd");
        machine.WaitForOutput("telnetd: ready");
        return machine;
    }
}
