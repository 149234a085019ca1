// SPDX-License-Identifier: MIT
using System.IO;
using System.Net.Sockets;
using Denali.Interop.Tests.Ends;
using Denali.Interop.Tests.Wire;
using Denali.Net;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Interop.Tests;

/// <summary>How connections end: in halves, with resets, refused.</summary>
public sealed class EndTests
{
    private const int Bytes = 300_000;

    [Theory]
    [InlineData("none", true, true)]
    [InlineData("none", false, false)]
    [InlineData("everything", true, false)]
    public void HalfClose_OfLinux_WeStillSend(string plan, bool isIpv4, bool isOurs) => StackLab.Run(
        FaultPlan.Named(plan),
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs);
            using (linux)
            using (ours)
            {
                linux.ShutdownSend();
                Assert.Equal(0, ours.Read(new byte[1]));
                Conversation.RunAll(
                    () => Conversation.SendAll(ours, 2, Bytes), () => Conversation.ReceiveAll(linux, 2, Bytes));
            }
        });

    [Theory]
    [InlineData("none", true, false)]
    [InlineData("none", false, true)]
    [InlineData("everything", false, false)]
    public void HalfClose_OfOurs_LinuxStillSends(string plan, bool isIpv4, bool isOurs) => StackLab.Run(
        FaultPlan.Named(plan),
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs);
            using (linux)
            using (ours)
            {
                ours.ShutdownSend();
                Assert.Equal(0, linux.Read(new byte[1]));
                Conversation.RunAll(
                    () => Conversation.SendAll(linux, 1, Bytes), () => Conversation.ReceiveAll(ours, 1, Bytes));
            }
        });

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Reset_OfLinux_IsToldToOurOwner(bool isIpv4, bool isOurs) => StackLab.Run(
        FaultPlan.None,
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs);
            using (ours)
            {
                Conversation.Send(ours, 2, 0, Bytes);
                linux.Abort();
                ours.WaitUntil(connection => connection.State == TcpState.Closed, "the reset");
                Assert.Equal(NetError.Reset, ours.Error);
            }
        });

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Reset_OfOurs_IsToldToLinux(bool isIpv4, bool isOurs) => StackLab.Run(
        FaultPlan.None,
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs);
            using (linux)
            {
                Conversation.Send(linux, 1, 0, 10_000);
                ours.WaitUntil(connection => connection.ReadableBytes == 10_000, "data comes");
                ours.Abort();
                IOException failure = Assert.Throws<IOException>(() => linux.Read(new byte[1]));
                SocketException reset = Assert.IsType<SocketException>(failure.InnerException);
                Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
            }
        });

    [Fact]
    public void Close_WithUnreadBytes_ResetsLinux() => StackLab.Run(
        FaultPlan.None,
        lab =>
        {
            (LinuxStream linux, StackStream ours) = lab.Open(isIpv4: true, isOurs: false);
            using (linux)
            {
                Conversation.Send(linux, 1, 0, 1000);
                ours.WaitUntil(connection => connection.ReadableBytes == 1000, "data comes");
                ours.Dispose();
                _ = Assert.Throws<IOException>(() => linux.Read(new byte[1]));
            }
        });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Connect_NobodyListens_IsRefusedBothWays(bool isIpv4) => StackLab.Run(
        FaultPlan.None,
        lab =>
        {
            using Socket socket = LinuxStream.Make(isIpv4);
            System.Net.IPEndPoint remote = StackLab.Remote(isIpv4);
            remote.Port++;
            SocketException refusal = Assert.Throws<SocketException>(() => socket.Connect(remote));
            Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);

            IpAddress linux = isIpv4 ? LinuxWire.Lan.Ipv4Gateway : LinuxWire.Lan.Ipv6Gateway;
            using StackStream ours = lab.End.Connect(new IpEndpoint(linux, 9));
            Assert.Equal(NetError.Refused, ours.Error);
        });

    [Fact]
    public void Close_OfBothAtOnce_EndsInPeace() => StackLab.Run(
        new FaultPlan { DelayMs = 5 },
        lab =>
        {
            for (int i = 0; i < 20; i++)
            {
                (LinuxStream linux, StackStream ours) = lab.Open(isIpv4: true, isOurs: i % 2 == 0);
                using (linux)
                using (ours)
                {
                    Conversation.RunAll(linux.ShutdownSend, ours.ShutdownSend);
                    Assert.Equal(0, linux.Read(new byte[1]));
                    Assert.Equal(0, ours.Read(new byte[1]));
                    Assert.Equal(NetError.None, ours.Error);
                }
            }
        });
}
