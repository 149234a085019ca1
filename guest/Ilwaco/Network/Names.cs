// SPDX-License-Identifier: MIT
using System;
using Denali.Hardware;
using Denali.Net;

namespace Ilwaco;

/// <summary>Asks for the addresses of names, and waits for the answers. The gateway is the name server, where no
/// lease names others.</summary>
/// <remarks>Used inside of <see cref="Network.Enter"/>.</remarks>
internal sealed class Names : IDnsEvents
{
    private static Names? s_names;

    private IpAddress _gateway;
    private uint _leaseVersion;
    private Lookup? _free;
    private WaitQueue _waiters;

    /// <summary>Looks a name up.</summary>
    /// <param name="name">The name.</param>
    /// <param name="family">Which addresses.</param>
    /// <param name="port">Port to put into the results.</param>
    /// <param name="results">Where they go: IPv4 first, because behind a gateway it reaches more.</param>
    /// <returns>How many there are; or ENOENT, EINVAL, EAGAIN, ETIMEDOUT.</returns>
    internal static int Find(
        ReadOnlySpan<byte> name, AddressFamily family, ushort port, Span<SocketAddress> results)
    {
        s_names ??= new Names();
        return s_names.Look(name, family, port, results);
    }

    /// <inheritdoc/>
    public void OnCompleted(DnsQuery query)
    {
        CriticalSection.Enter();
        _waiters.WakeAll();
        CriticalSection.Leave();
    }

    private int Look(ReadOnlySpan<byte> name, AddressFamily family, ushort port, Span<SocketAddress> results)
    {
        TakeServers();
        DnsService dns = Network.Stack.Dns;
        Lookup lookup = _free ?? new Lookup();
        _free = lookup.Next;
        lookup.Next = null;

        // Both are asked at once. They end by themselves: the resolver gives up after seconds.
        bool wantsIpv4 = family != AddressFamily.Ipv6;
        bool wantsIpv6 = family != AddressFamily.Ipv4;
        if (wantsIpv4)
        {
            dns.Start(lookup.Ipv4, name, DnsRecordType.A, Clock.MonotonicNs);
        }

        if (wantsIpv6)
        {
            dns.Start(lookup.Ipv6, name, DnsRecordType.Aaaa, Clock.MonotonicNs);
        }

        while (IsPending(lookup))
        {
            Wait(lookup);
        }

        int count = wantsIpv4 ? Take(lookup.Ipv4, port, results) : 0;
        count += wantsIpv6 ? Take(lookup.Ipv6, port, results.Slice(count)) : 0;
        Errno error = Worse(
            wantsIpv4 ? ErrorOf(lookup.Ipv4.State) : Errno.None, wantsIpv6 ? ErrorOf(lookup.Ipv6.State) : Errno.None);
        lookup.Next = _free;
        _free = lookup;
        return count > 0 || error == Errno.None ? count : -(int)error;
    }

    // A cloned VM may find another gateway, and a lease may bring other servers.
    private void TakeServers()
    {
        IpAddress gateway = Network.Stack.Interface.Ipv4Gateway;
        DhcpService? dhcp = Network.Stack.Dhcp;
        uint leaseVersion = dhcp is null ? 0 : dhcp.Version;
        if (gateway == _gateway && leaseVersion == _leaseVersion)
        {
            return;
        }

        _gateway = gateway;
        _leaseVersion = leaseVersion;
        DnsService dns = Network.Stack.Dns;
        dns.Events = this;
        dns.ClearSearchList();
        if (dhcp is null)
        {
            IpEndpoint server = new(gateway, DnsService.ServerPort);
            dns.SetServers(new ReadOnlySpan<IpEndpoint>(in server));
            return;
        }

        DhcpLease lease = dhcp.HasLease ? dhcp.Lease : default;
        Span<IpEndpoint> servers = stackalloc IpEndpoint[DhcpServerList.Capacity];
        for (int i = 0; i < lease.DnsServerCount; i++)
        {
            servers[i] = new IpEndpoint(lease.DnsServers[i], DnsService.ServerPort);
        }

        dns.SetServers(servers.Slice(0, lease.DnsServerCount));
        if (!dhcp.Domain.IsEmpty)
        {
            _ = dns.TryAddSearchDomain(dhcp.Domain);
        }
    }

    // As sockets wait: whoever completes a query needs the lock, and gets it when this thread is in the queue. But what
    // this thread's own poll completes wakes nobody.
    private void Wait(Lookup lookup)
    {
        Network.Poll();
        if (!IsPending(lookup))
        {
            return;
        }

        CriticalSection.Enter();
        Network.Lock.HandOver();
        _ = _waiters.Wait(InstructionPage.Never);
        CriticalSection.Leave();
        Network.Enter();
    }

    private static bool IsPending(Lookup lookup) =>
        lookup.Ipv4.State == DnsQueryState.Pending || lookup.Ipv6.State == DnsQueryState.Pending;

    private static int Take(DnsQuery query, ushort port, Span<SocketAddress> results)
    {
        int count = query.State == DnsQueryState.Resolved ? Math.Min(query.AddressCount, results.Length) : 0;
        for (int i = 0; i < count; i++)
        {
            results[i] = new SocketAddress(query.AddressAt(i), port);
        }

        return count;
    }

    // That a name may exist is worth more than that one family does not know it.
    private static Errno Worse(Errno first, Errno second) =>
        first is Errno.None or Errno.ENOENT && second != Errno.None ? second : first;

    private static Errno ErrorOf(DnsQueryState state) => state switch
    {
        DnsQueryState.Resolved => Errno.None,
        DnsQueryState.NoSuchName or DnsQueryState.NoData => Errno.ENOENT,
        DnsQueryState.InvalidName => Errno.EINVAL,
        DnsQueryState.TimedOut => Errno.ETIMEDOUT,
        _ => Errno.EAGAIN,
    };
}
