// SPDX-License-Identifier: MIT
using Denali.Net;

namespace Denali.Guests.Tests.Soak;

/// <summary>An echo service that is killed now and then, and made anew.</summary>
internal sealed class EchoServer
{
    private readonly GuestHost _host;
    private GuestMachine _machine;

    // Odd from before a VM is killed until there is the next one.
    private int _kills;

    internal EchoServer(GuestHost host)
    {
        _host = host;
        _machine = Start(host);
    }

    /// <summary>Address of the VM that serves now, and how many served before it.</summary>
    internal (IpAddress Ipv4, IpAddress Ipv6, int Kills) Current
    {
        get
        {
            lock (_host)
            {
                ulong id = _machine.Id;
                return (_host.Kernel.Switch.AddressOf(id), _host.Kernel.Switch.Ipv6AddressOf(id), _kills);
            }
        }
    }

    /// <summary>Whether the VM that had served when a talk began was killed since, or just then.</summary>
    internal bool WasKilledSince(int kills)
    {
        lock (_host)
        {
            return kills != _kills || kills % 2 != 0;
        }
    }

    /// <summary>Kills the VM without warning and starts another one.</summary>
    internal void Replace()
    {
        GuestMachine old = _machine;
        lock (_host)
        {
            // In this order: whoever talks to it learns that it may fail before it can.
            _kills++;
        }

        old.Kill();
        GuestMachine next = Start(_host);
        lock (_host)
        {
            // Whoever asked in between was told the address of the one that is gone.
            _kills++;
            _machine = next;
        }
    }

    /// <summary>Ends it for good.</summary>
    internal void End() => _machine.Kill();

    private static GuestMachine Start(GuestHost host)
    {
        GuestMachine machine = host.StartOnNetwork(new(), "echo");
        machine.WaitForOutput("echo: ready");
        return machine;
    }
}
