// SPDX-License-Identifier: MIT
using System;
using Denali.Net;
using GuestTests;
using Ilwaco;

/// <summary>Tests what sockets and names do inside of one VM: nothing of it leaves the VM.</summary>
internal static unsafe class Sockets
{
    private const ulong PatienceNs = 5_000_000_000;

    private static int Main()
    {
        TestReport.Begin("sockets"u8);
        TestReport.Run("connect_to_oneself_does_not_wait_for_ever"u8, &ConnectToOneself);
        TestReport.Run("poll_sees_what_its_own_poll_brings"u8, &PollSeesOwnDatagram);
        TestReport.Run("end_before_a_reset_is_an_end"u8, &EndBeforeReset);
        TestReport.Run("event_poll_tells_of_a_change_once"u8, &EventPollTellsOnce);
        TestReport.Run("event_poll_forgets_what_is_closed"u8, &EventPollForgets);
        TestReport.Run("event_poll_ends_at_its_deadline_or_when_interrupted"u8, &EventPollEnds);
        TestReport.Run("names_numeric_are_not_asked_for"u8, &NamesNumeric);
        TestReport.Run("names_localhost_has_both_families"u8, &NamesLocalhost);
        TestReport.Run("names_services_are_known"u8, &NamesServices);
        TestReport.Run("names_bad_are_refused"u8, &NamesBad);
        TestReport.Run("ping_to_oneself_is_answered"u8, &PingOneself);
        TestReport.Run("bind_port_zero_takes_a_port"u8, &BindPortZero);
        TestReport.Run("ipv6_only_leaves_ipv4_to_others"u8, &Ipv6Only);
        TestReport.Run("statistics_count_sockets"u8, &StatisticsCount);
        return TestReport.End("sockets"u8);
    }

    private static void ConnectToOneself()
    {
        SocketAddress address = new(IpAddress.FromIpv4(0x7F00_0001), 99);
        int listener = Posix.Socket(AddressFamily.Ipv4, SocketType.Stream);
        TestReport.CheckEqual(Posix.Bind(listener, address), 0, "bind"u8);
        TestReport.CheckEqual(Posix.Listen(listener, 1), 0, "listen"u8);
        int client = Posix.Socket(AddressFamily.Ipv4, SocketType.Stream);
        ulong startNs = Clock.MonotonicNs;
        TestReport.CheckEqual(Posix.Connect(client, address), 0, "connect"u8);
        int server = Posix.Accept(listener, out _);
        TestReport.CheckEqual(Posix.Send(client, "hello"u8), 5, "bytes sent"u8);
        byte[] buffer = new byte[8];
        TestReport.CheckEqual(Posix.Receive(server, buffer), 5, "bytes received"u8);
        TestReport.Check(Clock.MonotonicNs - startNs < PatienceNs, "it took seconds"u8);
        TestReport.CheckEqual(Posix.Close(client) + Posix.Close(server) + Posix.Close(listener), 0, "close"u8);
        Heap.Free(buffer);
    }

    private static void PollSeesOwnDatagram()
    {
        SocketAddress address = new(IpAddress.FromIpv4(0x7F00_0001), 98);
        int socket = Posix.Socket(AddressFamily.Ipv4, SocketType.Datagram);
        TestReport.CheckEqual(Posix.Bind(socket, address), 0, "bind"u8);
        TestReport.CheckEqual(Posix.SendTo(socket, "x"u8, address), 1, "bytes sent"u8);
        var entry = new PollEntry { Descriptor = socket, Events = PollEvents.Readable };
        TestReport.CheckEqual(Posix.Poll(new Span<PollEntry>(ref entry), -1), 1, "ready descriptors"u8);
        TestReport.CheckEqual(Posix.Close(socket), 0, "close"u8);
    }

    private static void BindPortZero()
    {
        int listener = Posix.Socket(AddressFamily.Ipv4, SocketType.Stream);
        TestReport.CheckEqual(Posix.Bind(listener, SocketAddress.Any(AddressFamily.Ipv4, 0)), 0, "bind"u8);
        TestReport.CheckEqual(Posix.GetSocketName(listener, out SocketAddress name), 0, "name"u8);
        TestReport.Check(name.Port != 0, "there is no port"u8);
        TestReport.CheckEqual(Posix.Listen(listener, 1), 0, "listen"u8);
        TestReport.CheckEqual(Posix.GetSocketName(listener, out SocketAddress listening), 0, "name"u8);
        TestReport.CheckEqual(listening.Port, name.Port, "port"u8);

        int unbound = Posix.Socket(AddressFamily.Ipv4, SocketType.Stream);
        TestReport.CheckEqual(Posix.Listen(unbound, 1), 0, "listen without bind"u8);
        TestReport.CheckEqual(Posix.GetSocketName(unbound, out SocketAddress other), 0, "name"u8);
        TestReport.Check(other.Port != 0 && other.Port != name.Port, "there is no port of its own"u8);
        TestReport.CheckEqual(Posix.Close(listener) + Posix.Close(unbound), 0, "close"u8);
    }

    private static void Ipv6Only()
    {
        const ushort Port = 97;
        int ipv6 = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        TestReport.CheckEqual(Posix.SetSocketOption(ipv6, SocketOption.Ipv6Only, 1), 0, "option"u8);
        TestReport.CheckEqual(Posix.Bind(ipv6, SocketAddress.Any(AddressFamily.Ipv6, Port)), 0, "bind"u8);
        TestReport.CheckEqual(
            Posix.SetSocketOption(ipv6, SocketOption.Ipv6Only, 0), -(int)Errno.EINVAL, "option after bind"u8);
        TestReport.CheckEqual(Posix.Listen(ipv6, 1), 0, "listen"u8);

        SocketAddress local = new(IpAddress.FromIpv4(0x7F00_0001), Port);
        int client = Posix.Socket(AddressFamily.Ipv4, SocketType.Stream);
        TestReport.CheckEqual(Posix.Connect(client, local), -(int)Errno.ECONNREFUSED, "connect"u8);
        TestReport.CheckEqual(Posix.Close(client), 0, "close"u8);

        client = Posix.Socket(AddressFamily.Ipv6, SocketType.Stream);
        TestReport.CheckEqual(Posix.Connect(client, new SocketAddress(new IpAddress(0, 1), Port)), 0, "connect"u8);
        TestReport.CheckEqual(Posix.Close(client) + Posix.Close(ipv6), 0, "close"u8);
    }

    private static void EndBeforeReset()
    {
        SocketAddress address = new(IpAddress.FromIpv4(0x7F00_0001), 96);
        int listener = Posix.Socket(AddressFamily.Ipv4, SocketType.Stream);
        TestReport.CheckEqual(Posix.Bind(listener, address) + Posix.Listen(listener, 2), 0, "listen"u8);
        byte[] buffer = new byte[8];
        for (int i = 0; i < 2; i++)
        {
            int client = Posix.Socket(AddressFamily.Ipv4, SocketType.Stream);
            TestReport.CheckEqual(Posix.Connect(client, address), 0, "connect"u8);
            int server = Posix.Accept(listener, out _);
            bool hasEnd = i == 0;
            if (hasEnd)
            {
                TestReport.CheckEqual(Posix.Shutdown(client, ShutdownHow.Write), 0, "shutdown"u8);
            }

            // Closed without waiting, a connection is reset.
            TestReport.CheckEqual(Posix.SetSocketOption(client, SocketOption.Linger, 0), 0, "linger"u8);
            TestReport.CheckEqual(Posix.Close(client), 0, "close"u8);
            var entry = new PollEntry { Descriptor = server, Events = PollEvents.None };
            TestReport.CheckEqual(Posix.Poll(new Span<PollEntry>(ref entry), 5000), 1, "the reset"u8);
            TestReport.CheckEqual(
                Posix.Receive(server, buffer), hasEnd ? 0 : -(int)Errno.ECONNRESET, "what reading says"u8);
            TestReport.CheckEqual(Posix.Close(server), 0, "close"u8);
        }

        TestReport.CheckEqual(Posix.Close(listener), 0, "close"u8);
        Heap.Free(buffer);
    }

    private static void EventPollTellsOnce()
    {
        SocketAddress address = new(IpAddress.FromIpv4(0x7F00_0001), 97);
        var poll = new EventPoll();
        Span<SocketNews> news = stackalloc SocketNews[4];
        int socket = Posix.Socket(AddressFamily.Ipv4, SocketType.Datagram);
        int other = Posix.Socket(AddressFamily.Ipv4, SocketType.Datagram);
        TestReport.CheckEqual(Posix.Bind(socket, address), 0, "bind"u8);
        TestReport.CheckEqual(poll.Add(socket, 17), 0, "add"u8);
        TestReport.CheckEqual(poll.Add(other, 18), 0, "add another"u8);
        TestReport.CheckEqual(poll.Add(socket, 19), -(int)Errno.EEXIST, "add again"u8);
        TestReport.CheckEqual(poll.Wait(news, 0), 2, "sockets that are new"u8);
        TestReport.CheckEqual(poll.Wait(news, 0), 0, "sockets without news"u8);
        TestReport.CheckEqual(Posix.SendTo(other, "x"u8, address), 1, "bytes sent"u8);
        TestReport.CheckEqual(poll.Wait(news, Clock.After(PatienceNs)), 1, "sockets with news"u8);
        TestReport.CheckEqual(news[0].Data, 17, "whose news"u8);
        TestReport.Check((news[0].Events & PollEvents.Readable) != 0, "it is not readable"u8);
        TestReport.CheckEqual(poll.Wait(news, 0), 0, "sockets with the same news"u8);
        TestReport.CheckEqual(poll.Remove(socket), 0, "remove"u8);
        TestReport.CheckEqual(poll.Remove(socket), -(int)Errno.ENOENT, "remove again"u8);
        TestReport.CheckEqual(Posix.SendTo(other, "x"u8, address), 1, "bytes sent again"u8);
        TestReport.CheckEqual(poll.Wait(news, Clock.After(Clock.NsPerMs)), 0, "sockets that are watched"u8);
        TestReport.CheckEqual(Posix.Close(socket) + Posix.Close(other), 0, "close"u8);
        Heap.Free(poll);
    }

    private static void EventPollForgets()
    {
        var poll = new EventPoll();
        Span<SocketNews> news = stackalloc SocketNews[4];
        int first = Posix.Socket(AddressFamily.Ipv4, SocketType.Datagram);
        int second = Posix.Socket(AddressFamily.Ipv4, SocketType.Datagram);
        int third = Posix.Socket(AddressFamily.Ipv4, SocketType.Datagram);
        TestReport.CheckEqual(poll.Add(first, 1) + poll.Add(second, 2) + poll.Add(third, 3), 0, "add"u8);
        TestReport.CheckEqual(Posix.Close(second), 0, "close"u8);
        TestReport.CheckEqual(poll.Wait(news, 0), 2, "sockets that are left"u8);
        TestReport.CheckEqual(news[0].Data, 1, "the first"u8);
        TestReport.CheckEqual(news[1].Data, 3, "the second"u8);
        TestReport.CheckEqual(poll.Add(second, 2), -(int)Errno.EBADF, "add what is closed"u8);
        TestReport.CheckEqual(Posix.Close(first) + Posix.Close(third), 0, "close"u8);
        Heap.Free(poll);
    }

    private static void EventPollEnds()
    {
        var poll = new EventPoll();
        Span<SocketNews> news = stackalloc SocketNews[1];
        ulong deadlineNs = Clock.After(2 * Clock.NsPerMs);
        TestReport.CheckEqual(poll.Wait(news, deadlineNs), 0, "sockets"u8);
        TestReport.Check(Clock.MonotonicNs >= deadlineNs, "it ended before its deadline"u8);
        poll.Interrupt();
        TestReport.CheckEqual(poll.Wait(news, Clock.After(3600 * Clock.NsPerSecond)), 0, "sockets"u8);
        var timer = new Timer(poll.Interrupt);
        timer.SetAfter(Clock.NsPerMs);
        TestReport.CheckEqual(poll.Wait(news, Clock.After(3600 * Clock.NsPerSecond)), 0, "sockets"u8);
        Heap.Free(timer);
        Heap.Free(poll);
    }

    private static void NamesNumeric()
    {
        Span<SocketAddress> results = stackalloc SocketAddress[4];
        int count = Posix.GetAddressInfo("192.0.2.1"u8, "80"u8, AddressFamily.Unspecified, results);
        TestReport.CheckEqual(count, 1, "addresses"u8);
        TestReport.Check(results[0].Address == IpAddress.FromIpv4(0xC000_0201), "another address"u8);
        TestReport.CheckEqual(results[0].Port, 80, "port"u8);
        count = Posix.GetAddressInfo("::1"u8, default, AddressFamily.Ipv6, results);
        TestReport.CheckEqual(count, 1, "IPv6 addresses"u8);
        TestReport.CheckEqual(results[0].Port, 0, "port"u8);
        count = Posix.GetAddressInfo("::1"u8, default, AddressFamily.Ipv4, results);
        TestReport.CheckEqual(count, -(int)Errno.EAFNOSUPPORT, "addresses of another family"u8);
    }

    private static void NamesLocalhost()
    {
        Span<SocketAddress> results = stackalloc SocketAddress[4];
        int count = Posix.GetAddressInfo("localhost"u8, "telnet"u8, AddressFamily.Unspecified, results);
        TestReport.CheckEqual(count, 2, "addresses"u8);
        TestReport.Check(results[0].Family == AddressFamily.Ipv4, "IPv4 is not the first"u8);
        TestReport.Check(results[1].Family == AddressFamily.Ipv6, "IPv6 is not the second"u8);
        TestReport.CheckEqual(results[1].Port, 23, "port"u8);
        count = Posix.GetAddressInfo("localhost"u8, default, AddressFamily.Ipv6, results);
        TestReport.CheckEqual(count, 1, "IPv6 addresses"u8);
        TestReport.Check(results[0].Family == AddressFamily.Ipv6, "it is not IPv6"u8);
        count = Posix.GetAddressInfo("localhost"u8, default, AddressFamily.Unspecified, results.Slice(0, 1));
        TestReport.CheckEqual(count, 1, "addresses where one fits"u8);
    }

    private static void NamesServices()
    {
        CheckService("echo"u8, 7);
        CheckService("https"u8, 443);
        CheckService("65535"u8, 65535);
        CheckService("65536"u8, -1);
        CheckService("gopher"u8, -1);
        CheckService("-1"u8, -1);
    }

    private static void CheckService(ReadOnlySpan<byte> service, int port)
    {
        Span<SocketAddress> results = stackalloc SocketAddress[1];
        int count = Posix.GetAddressInfo("localhost"u8, service, AddressFamily.Ipv4, results);
        TestReport.CheckEqual(count, port < 0 ? -(int)Errno.EINVAL : 1, service);
        TestReport.CheckEqual(port < 0 ? port : results[0].Port, port, service);
    }

    private static void NamesBad()
    {
        Span<SocketAddress> results = stackalloc SocketAddress[1];
        int error = Posix.GetAddressInfo(default, default, AddressFamily.Ipv4, results);
        TestReport.CheckEqual(error, -(int)Errno.EINVAL, "no name"u8);
        error = Posix.GetAddressInfo("a..b"u8, default, AddressFamily.Unspecified, results);
        TestReport.CheckEqual(error, -(int)Errno.EINVAL, "an empty label"u8);
        error = Posix.GetAddressInfo("localhost"u8, default, AddressFamily.Ipv4, default);
        TestReport.CheckEqual(error, -(int)Errno.EINVAL, "no room"u8);
        error = Posix.GetAddressInfo("localhost"u8, default, (AddressFamily)3, results);
        TestReport.CheckEqual(error, -(int)Errno.EAFNOSUPPORT, "no such family"u8);
    }

    private static void PingOneself()
    {
        IpAddress self = IpAddress.FromIpv4(0x7F00_0001);
        TestReport.CheckEqual(Ping.Send(self, PatienceNs, out ulong roundTripNs), 0, "ping"u8);
        TestReport.Check(roundTripNs is > 0 and < PatienceNs, "the round trip took no time, or seconds"u8);
    }

    private static void StatisticsCount()
    {
        int before = NetworkStatistics.Take().SocketCount;
        int socket = Posix.Socket(AddressFamily.Ipv4, SocketType.Datagram);
        TestReport.CheckEqual(NetworkStatistics.Take().SocketCount, before + 1, "sockets"u8);
        TestReport.CheckEqual(Posix.Close(socket), 0, "close"u8);
        TestReport.CheckEqual(NetworkStatistics.Take().SocketCount, before, "sockets after close"u8);
    }
}
