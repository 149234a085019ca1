// SPDX-License-Identifier: MIT
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Net.Tests.Stack;

/// <summary>What a host sends to itself.</summary>
public sealed class LoopbackTests
{
    private const ulong NowNs = 2_000_000_000;

    [Fact]
    public void Tcp_ToOwnAddress_NeedsNoTimer()
    {
        var host = new TestHost(1, configure: null);
        host.Poll(NowNs);
        TcpListener listener = host.Stack.Tcp.Listen(new IpEndpoint(default, 80), 1, out _)!;
        TcpConnection client = host.Stack.Tcp.Connect(default, new IpEndpoint(host.Address4, 80), out _)!;
        host.Poll(NowNs);

        Assert.Equal(TcpState.Established, client.State);
        TcpConnection? server = listener.Accept();
        Assert.NotNull(server);
        Assert.Equal(3, client.Send("abc"u8));
        host.Poll(NowNs);
        Assert.Equal(3, server.ReadableBytes);
    }
}
