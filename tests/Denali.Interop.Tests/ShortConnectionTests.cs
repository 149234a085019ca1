// SPDX-License-Identifier: MIT
using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using Denali.Interop.Tests.Ends;
using Denali.Interop.Tests.Wire;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Interop.Tests;

/// <summary>Many connections with a few bytes each, in a row and side by side.</summary>
public sealed class ShortConnectionTests
{
    private const ulong SegmentLifetimeNs = 200_000_000;

    [Fact]
    public void Connections_Some_AllServed() => Serve("none", 50, 4, isIpv4: true);

    [Theory]
    [InlineData("none", 500, 4, false)]
    [InlineData("cut", 2500, 1, true)]
    [InlineData("everything", 20, 16, true)]
    [Trait("Speed", "Slow")]
    public void Connections_Thousands_AllServed(string plan, int perClient, int clients, bool isIpv4) =>
        Serve(plan, perClient, clients, isIpv4);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TimeWait_OursAfterOurClose_IsReusedByTheSamePort(bool isIpv4) => StackLab.Run(
        FaultPlan.None,
        lab =>
        {
            // We close first, so that TIME-WAIT is ours; Linux comes again from the very same port at once.
            int port = 0;
            for (int i = 0; i < 20; i++)
            {
                Socket socket = LinuxStream.Make(isIpv4);
                socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, optionValue: true);
                socket.Bind(new IPEndPoint(isIpv4 ? IPAddress.Any : IPAddress.IPv6Any, port));
                port = ((IPEndPoint)socket.LocalEndPoint!).Port;
                socket.Connect(StackLab.Remote(isIpv4));
                using var linux = new LinuxStream(socket);
                using StackStream ours = lab.End.Accept(lab.Listener);
                ours.ShutdownSend();
                Assert.Equal(0, linux.Read(new byte[1]));
                linux.ShutdownSend();
                ours.WaitUntil(connection => connection.State == TcpState.TimeWait, "TIME-WAIT");
                linux.WaitClosed();
            }

            TcpStatistics statistics = lab.End.Do(tcp => tcp.Statistics);
            Assert.Equal(20u, statistics.TimeWaits);
            Assert.Equal(19u, statistics.TimeWaitsReused);
        });

    private static void Serve(string plan, int perClient, int clients, bool isIpv4) => StackLab.Run(
        FaultPlan.Named(plan),
        lab =>
        {
            int total = perClient * clients;
            Action[] actions = new Action[clients * 2];
            int accepted = 0;
            for (int i = 0; i < clients; i++)
            {
                int client = i;
                actions[i] = () =>
                {
                    for (int n = 0; n < perClient; n++)
                    {
                        Ask(isIpv4, (client * perClient) + n);
                    }
                };
                actions[clients + i] = () =>
                {
                    while (Interlocked.Increment(ref accepted) <= total)
                    {
                        Answer(lab.End.Accept(lab.Listener));
                    }
                };
            }

            Conversation.RunAll(actions);
            lab.End.WaitUntil(tcp => tcp.TimeWaitCount == 0, "TIME-WAIT ends");
        },
        new TcpSettings { SegmentLifetimeNs = SegmentLifetimeNs });

    // Every other connection is closed by us first, so that each side has its share of TIME-WAIT.
    private static void Ask(bool isIpv4, int number)
    {
        using LinuxStream linux = LinuxStream.Connect(StackLab.Remote(isIpv4));
        linux.Write(BitConverter.GetBytes(number));
        byte[] answer = new byte[4];
        for (int received = 0; received < 4;)
        {
            int count = linux.Read(answer.AsSpan(received));
            Assert.True(count > 0, "the connection ended before the answer");
            received += count;
        }

        Assert.Equal(~number, BitConverter.ToInt32(answer));
        if (number % 2 == 0)
        {
            Assert.Equal(0, linux.Read(answer));
        }
    }

    private static void Answer(StackStream ours)
    {
        using (ours)
        {
            byte[] question = new byte[4];
            for (int received = 0; received < 4;)
            {
                int count = ours.Read(question.AsSpan(received));
                Assert.True(count > 0, "the connection ended before the question");
                received += count;
            }

            int number = BitConverter.ToInt32(question);
            ours.Write(BitConverter.GetBytes(~number));
            if (number % 2 != 0)
            {
                Assert.Equal(0, ours.Read(question));
            }
        }
    }
}
