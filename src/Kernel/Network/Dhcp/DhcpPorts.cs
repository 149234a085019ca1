// SPDX-License-Identifier: MIT
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Threading;
using Denali.Kernel.Machines;
using Denali.Net;

namespace Denali.Kernel.Network;

/// <summary>
/// The VMs that get their IPv4 address by DHCP from the network behind the TAP interface, and the addresses that they
/// have. The switch reads along what VMs and servers say (DHCP snooping), and enforces what the servers decided.
/// </summary>
/// <remarks>
/// <para>Answers are believed because they come from outside: no VM may send one, and a VM's frame that comes back by a
/// bridge or a router is known by its source. But a machine outside that takes a VM's side could send one through
/// routers, to the address that the VM has. So an answer gives an address only if it was sent to that address or to
/// 255.255.255.255, which no router passes on; such a helper can keep a VM its address at most.</para>
/// <para>There is at most one lease for each VM. Looking up takes no lock.</para>
/// </remarks>
/// <param name="addressing">The addresses of the virtual LAN.</param>
/// <param name="clock">Monotonic nanoseconds.</param>
/// <param name="isOfHost">Whether this machine itself has an IPv4 address.</param>
internal sealed class DhcpPorts(SwitchAddressing addressing, Func<ulong> clock, Func<IpAddress, bool> isOfHost)
{
    /// <summary>
    /// Least time between two addresses of a VM, so that it cannot use up those of a server by declining or releasing
    /// them. An honest client waits as long after it declined one (RFC 2131 section 3.1, 5).
    /// </summary>
    internal const ulong ChangeNs = DhcpClient.RestartNs;

    private const ulong SecondNs = 1_000_000_000;

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<int, DhcpPort> _ports = [];
    private readonly ConcurrentDictionary<uint, DhcpPort> _holders = [];
    private int _count;

    /// <summary>Whether no VM uses DHCP.</summary>
    internal bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>A VM's part of it; null if it has a computed address.</summary>
    internal DhcpPort? Find(int index) => !IsEmpty && _ports.TryGetValue(index, out DhcpPort? port) ? port : null;

    /// <summary>The VM that has a leased address.</summary>
    /// <returns>Its index, or <see cref="SwitchAddressing.None"/>.</returns>
    internal int FindIp(IpAddress address) =>
        !IsEmpty
        && address.IsIpv4
        && _holders.TryGetValue(address.Ipv4Value, out DhcpPort? port)
        && port.Address == address
            ? port.Index
            : SwitchAddressing.None;

    /// <summary>Lets a VM ask for an address.</summary>
    internal void Attach(int index, ulong machineId, IMachineObserver observer)
    {
        lock (_lock)
        {
            _ports[index] = new DhcpPort(index, machineId, observer, clock);
            Volatile.Write(ref _count, _ports.Count);
        }
    }

    /// <summary>A VM has ended. Its observer hears nothing more.</summary>
    internal void Detach(int index)
    {
        if (IsEmpty)
        {
            return;
        }

        lock (_lock)
        {
            if (_ports.TryRemove(index, out DhcpPort? port))
            {
                Forget(port);
                Volatile.Write(ref _count, _ports.Count);
            }
        }
    }

    /// <summary>A VM gave its address back, or a server took it.</summary>
    internal void End(DhcpPort port)
    {
        lock (_lock)
        {
            if (Forget(port) && IsAttached(port))
            {
                port.Observer.OnAddressChanged(port.MachineId, IpAddress.Ipv4Any);
            }
        }
    }

    /// <summary>Forgets the leases that have ended, and tells who had them.</summary>
    internal void Expire()
    {
        foreach ((int _, DhcpPort port) in _ports)
        {
            if (port.Term is not null && port.Address.IsAny)
            {
                End(port);
            }
        }
    }

    /// <summary>Takes what a server outside says to a VM.</summary>
    /// <param name="port">The VM whose hardware address is in the message.</param>
    /// <param name="message">The message.</param>
    /// <param name="source">Address that it comes from.</param>
    /// <param name="destination">Address that it was sent to.</param>
    /// <returns>Whether the VM is to get it. If it gives an address, that is the VM's by then.</returns>
    internal bool TryTake(DhcpPort port, in DhcpMessage message, IpAddress source, IpAddress destination)
    {
        if (!port.IsAnswer(message))
        {
            return false;
        }

        bool isToAll = destination == IpAddress.Ipv4Broadcast;
        switch (message.Type)
        {
            case DhcpMessageType.Acknowledge:
                bool isOthers = message.Lease.Address == source
                    || message.Lease.Address == message.Lease.Server
                    || message.Lease.Address == message.Lease.Router;
                return (isToAll || destination == message.Lease.Address)
                    && !isOthers
                    && TryGrant(port, message.Lease.Address, message.Lease.LeaseSeconds);

            case DhcpMessageType.Refuse:
                if (isToAll || destination == port.Address)
                {
                    End(port);
                    return true;
                }

                return false;

            default:
                return isToAll || destination == message.Lease.Address;
        }
    }

    private bool TryGrant(DhcpPort port, IpAddress address, uint seconds)
    {
        ulong nowNs = clock();
        ulong endNs = seconds == uint.MaxValue ? ulong.MaxValue : nowNs + (seconds * SecondNs);
        lock (_lock)
        {
            if (!IsAttached(port) || seconds == 0 || address.IsAny)
            {
                return false;
            }

            bool isNew = port.Address != address;
            if (isNew && (nowNs - port.ChangedNs < ChangeNs || !IsFree(address)))
            {
                return false;
            }

            if (isNew)
            {
                _ = Forget(port);
            }

            port.Term = new DhcpLeaseTerm(address, endNs);
            _holders[address.Ipv4Value] = port;
            if (isNew)
            {
                port.ChangedNs = nowNs;
                port.Observer.OnAddressChanged(port.MachineId, address);
            }

            return true;
        }
    }

    /// <summary>Whether an address can be a VM's: one for hosts that nobody known has.</summary>
    private bool IsFree(IpAddress address)
    {
        uint first = address.Ipv4Value >> 24;
        return first is not (0 or 127 or >= 224)
            && addressing.FindIp(address) == SwitchAddressing.None
            && FindIp(address) == SwitchAddressing.None
            && !isOfHost(address);
    }

    private bool IsAttached(DhcpPort port) =>
        _ports.TryGetValue(port.Index, out DhcpPort? attached) && attached == port;

    /// <returns>Whether there was a lease, even if it had ended.</returns>
    private bool Forget(DhcpPort port)
    {
        if (port.Term is not { } term)
        {
            return false;
        }

        // Another VM may have got the address since.
        _holders.TryRemove(new KeyValuePair<uint, DhcpPort>(term.Address.Ipv4Value, port));
        port.Term = null;
        return true;
    }
}
