// SPDX-License-Identifier: MIT
using System;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Stack;

/// <summary>A server that has answered sleeps on: no timer of its stack wakes it.</summary>
public sealed class TcpQuietTests
{
    private const ushort Port = 80;
    private const ulong Second = 1_000_000_000;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Visit_IsOver_LeavesTheServerNoTimer(bool isIpv4)
    {
        var lan = new TestLan();
        TestHost server = lan.Add(1);
        TestHost client = lan.Add(2);
        TcpListener listener = server.Stack.Tcp.Listen(new IpEndpoint(default, Port), 8, out NetError error)!;
        Assert.Equal(NetError.None, error);
        var endpoint = new IpEndpoint(isIpv4 ? server.Address4 : server.Address6, Port);

        // The second visit comes when the neighbour is doubted, as it is for a server that has few.
        for (int visit = 0; visit < 2; visit++)
        {
            Visit(lan, client, endpoint, listener);
            lan.Advance(Second);

            Assert.Equal(ulong.MaxValue, server.NextNs);
            int sent = lan.Log.Count;
            lan.Advance(60 * Second);
            Assert.DoesNotContain(
                lan.Log[sent..],
                frame => EthernetHeader.TryParse(frame, out EthernetHeader header)
                    && header.Source == server.Stack.Interface.Mac);
        }
    }

    private static void Visit(TestLan lan, TestHost client, IpEndpoint endpoint, TcpListener listener)
    {
        TcpConnection request = client.Stack.Tcp.Connect(default, endpoint, out _)!;
        lan.Settle();
        Assert.Equal(1, request.Send("?"u8));
        lan.Settle();
        TcpConnection answer = listener.Accept()!;
        Span<byte> bytes = stackalloc byte[16];
        Assert.Equal(1, answer.Receive(bytes));
        Assert.Equal(1, answer.Send("!"u8));
        lan.Settle();
        Assert.Equal(1, request.Receive(bytes));
        request.Close();
        lan.Settle();
        answer.Close();
        lan.Settle();
        request.Release();
        answer.Release();
    }
}
