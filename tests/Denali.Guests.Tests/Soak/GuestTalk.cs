// SPDX-License-Identifier: MIT
using System;
using Denali.Diagnostics;
using Denali.Images;
using Denali.Kernel.Machines;
using Denali.Kernel.Network;
using Denali.Net;
using Xunit;

namespace Denali.Guests.Tests.Soak;

/// <summary>
/// A VM that talks to an echo service in a VM, of the kernel's own host, or outside, until it is done or killed.
/// </summary>
internal sealed class GuestTalk
{
    // Of the guest talk: the network failed.
    private const uint Failed = 1;

    /// <summary>
    /// Longest life. The guest waits at most 20 s in a call; the largest number of calls that may each wait, once the
    /// peer is gone, is that of datagrams: 50 of half a second.
    /// </summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(120);

    private static readonly string[] s_ways = ["transact", "bulk", "short", "datagrams"];

    private readonly long _start = TimeProvider.System.GetTimestamp();
    private readonly GuestHost _host;
    private readonly EchoServer? _server;
    private readonly int _kills;
    private readonly string _description;
    private readonly GuestMachine _machine;
    private bool _isKilled;

    /// <summary>Starts a talk of a random kind.</summary>
    /// <param name="host">The kernel.</param>
    /// <param name="server">With whom; null for the kernel's own host or outside, which take no datagrams.</param>
    /// <param name="port">The port there: echo's, or that of <see cref="OutsideEcho"/>.</param>
    /// <param name="random">What decides.</param>
    internal GuestTalk(GuestHost host, EchoServer? server, ushort port, Random random)
    {
        _host = host;
        _server = server;
        Way = s_ways[random.Next(server is null ? s_ways.Length - 1 : s_ways.Length)];
        (int rounds, int bytes) = Way switch
        {
            "transact" => (random.Next(1, 500), random.Next(1, 4000)),
            "bulk" => (random.Next(1, 100), random.Next(1, 100_000)),
            "short" => (random.Next(1, 30), random.Next(1, 2000)),
            _ => (random.Next(1, 50), random.Next(4, 1400)),
        };
        (IpAddress ipv4, IpAddress ipv6, _kills) = server?.Current
            ?? (host.Kernel.Switch.Addressing.Ipv4Gateway, host.Kernel.Switch.Addressing.Ipv6Gateway, 0);
        string peer = GuestHost.TextOf(random.Next(2) == 0 ? ipv4 : ipv6);
        int seed = random.Next();
        _description = $"{Way} {peer} {rounds} {bytes} {seed} {port}";
        var network = new NetworkOptions { AllowOutbound = port == OutsideEcho.Port };
        _machine = host.StartOnNetwork(network, "talk", Way, peer, $"{rounds}", $"{bytes}", $"{seed}", $"{port}");
        Way = network.AllowOutbound ? $"{Way} outside" : Way;
    }

    /// <summary>Its kind.</summary>
    internal string Way { get; }

    /// <summary>Kills it without warning.</summary>
    internal void Kill()
    {
        _isKilled = true;
        _host.Kernel.Kill(_machine.Id);
    }

    /// <summary>Waits a little for its end, and checks that it ended as it may.</summary>
    /// <returns>How it ended; null if it goes on.</returns>
    internal string? TryFinish(TimeSpan patience)
    {
        if (!_machine.TryWaitForEnd(patience))
        {
            TimeSpan age = TimeProvider.System.GetElapsedTime(_start);
            Assert.True(age < s_limit, $"{_description} is stuck: it goes on for {age}; {_machine.Text}");
            return null;
        }

        MachineExit exit = _machine.WaitForEnd();
        if (exit.Cause == ExitCause.Killed && _isKilled)
        {
            return "killed";
        }

        bool mayFail = _server?.WasKilledSince(_kills) ?? false;
        string end = $"{_description}: {GuestMachine.Describe(exit)}; {_machine.Text}";
        Assert.True(exit.Cause == ExitCause.Terminated, $"{end}\n{Report(exit)}");
        Assert.True(exit.Code == 0 || (exit.Code == Failed && mayFail), end);
        return exit.Code == 0 ? "whole" : "broken off";
    }

    private static string Report(MachineExit exit)
    {
        if (exit.Fault is not { } fault
            || !DenaliImage.TryParse(GuestHost.ReadGuest("talk"), out DenaliImage? image, out _))
        {
            return string.Empty;
        }

        return FaultReport.Render(fault, image, image.Note.MemoryBytes);
    }
}
