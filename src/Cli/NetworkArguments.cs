// SPDX-License-Identifier: MIT
using System.CommandLine;
using System.Linq;
using Denali.Kernel.Network;

namespace Denali.Cli;

/// <summary>The options of <c>denali run</c> that concern the network.</summary>
internal sealed class NetworkArguments
{
    private readonly Option<bool> _attach = new("--net")
    {
        Description = "Attach the VMs to the virtual LAN, even if the image does not ask for it",
    };

    private readonly Option<string[]> _publish = new("--publish", "-p")
    {
        Description = "[ADDRESS:]HOSTPORT:PORT; a TCP port of this machine that leads to the VM's",
    };

    private readonly Option<bool> _outbound = new("--outbound")
    {
        Description = "Let the VMs reach the world outside: TCP, UDP, ping and DNS, by this machine's sockets",
    };

    private readonly Option<bool> _isolate = new("--isolate")
    {
        Description = "With --count: the VMs cannot reach each other",
    };

    private readonly Option<string> _rate = new("--rate")
    {
        Description = "Most bytes per second that a VM sends, as in 10M",
    };

    private readonly Option<string> _tap = new("--tap")
    {
        Description = "Join the VMs' network to Linux by a TAP interface of this name; needs CAP_NET_ADMIN",
    };

    private readonly Option<bool> _dhcp = new("--dhcp")
    {
        Description = "With --tap: the VMs get their IPv4 addresses from a DHCP server behind it",
    };

    private readonly Option<string> _capture = new("--pcap")
    {
        Description = "Write all frames between the VMs into a file for Wireshark",
    };

    internal void AddTo(Command command)
    {
        command.Add(_attach);
        command.Add(_publish);
        command.Add(_outbound);
        command.Add(_isolate);
        command.Add(_rate);
        command.Add(_tap);
        command.Add(_dhcp);
        command.Add(_capture);
    }

    /// <exception cref="UsageException">Something is impossible.</exception>
    internal NetworkRunOptions Parse(ParseResult result, int count)
    {
        PublishOption[] publish = [.. (result.GetValue(_publish) ?? []).Select(PublishOption.Parse)];
        if (publish.Length > 0 && count > 1)
        {
            throw new UsageException("--publish leads to one VM: leave out --count, or publish each VM by itself");
        }

        string? tap = result.GetValue(_tap);
        bool isOutbound = result.GetValue(_outbound);
        if (tap is not null && (publish.Length > 0 || isOutbound))
        {
            throw new UsageException(
                "--tap makes Linux the gateway, so --publish and --outbound lead nowhere: leave them out and let Linux "
                + "forward, or leave out --tap");
        }

        bool usesDhcp = result.GetValue(_dhcp);
        if (usesDhcp && tap is null)
        {
            throw new UsageException("--dhcp asks a server behind a TAP interface: name one with --tap");
        }

        return new NetworkRunOptions
        {
            Attach = result.GetValue(_attach),
            Outbound = isOutbound,
            Isolate = result.GetValue(_isolate),
            Publish = publish,
            TapName = tap,
            Dhcp = usesDhcp,
            CapturePath = result.GetValue(_capture),
            BytesPerSecond = result.GetValue(_rate) is { } rate ? ParseRate(rate) : 0,
        };
    }

    // Before anything is set up: the kernel would refuse it only when it makes the VM.
    private static ulong ParseRate(string text)
    {
        ulong rate = ByteSize.Parse(text, "--rate");
        return rate <= NetworkOptions.RateMax
            ? rate
            : throw new UsageException(
                $"'{text}' is too high a limit for --rate: {NetworkOptions.RateMax} bytes per second is the highest");
    }
}
