// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tests.Support;

namespace Denali.Net.Tests.Stack;

/// <summary>A stack on a <see cref="TestLan"/>.</summary>
internal sealed class TestHost
{
    public TestHost(byte number, Action<IpInterface>? configure)
    {
        var configuration = new IpInterface
        {
            Mac = new MacAddress(0x0200_0000_0000UL + number),
            Ipv4Address = Ipv4(number),
            Ipv4PrefixLength = 24,
            Ipv4Gateway = Ipv4(254),
            Ipv6Address = Ipv6(number),
            Ipv6PrefixLength = 64,
            Ipv6Gateway = Ipv6(254),
        };
        configure?.Invoke(configuration);
        Stack = new NetworkStack(configuration, Link, Buffers, new SeededRandomSource(number));
    }

    public NetworkStack Stack { get; }

    public TestLink Link { get; } = new();

    public LeakCheckedBuffers Buffers { get; } = new();

    /// <summary>When the stack wants to be polled.</summary>
    public ulong NextNs { get; private set; }

    public IpAddress Address4 => Stack.Interface.Ipv4Address;

    public IpAddress Address6 => Stack.Interface.Ipv6Address;

    public static IpAddress Ipv4(byte number) => IpAddress.FromIpv4(0x0A00_0000u + number);

    public static IpAddress Ipv6(byte number) => new(0xFD00_0000_0000_0000, number);

    public void Poll(ulong nowNs) => NextNs = Stack.Poll(nowNs);

    /// <summary>A bound UDP socket for both families.</summary>
    public UdpSocket OpenUdp(ushort port = 0)
    {
        UdpSocket socket = Stack.Udp.Open();
        socket.IsDualStack = true;
        Xunit.Assert.Equal(NetError.None, Stack.Udp.Bind(socket, new IpEndpoint(default, port)));
        return socket;
    }
}
