// SPDX-License-Identifier: MIT
using Denali.Interop.Tests.Ends;
using Denali.Interop.Tests.Wire;
using Denali.Net.Tcp;
using Xunit;

namespace Denali.Interop.Tests;

/// <summary>A Linux that lacks options, or wants some that we lack; and handshakes by SYN cookies.</summary>
public sealed class OptionTests
{
    private const int Bytes = 300_000;

    // Without selective acknowledgments each loss of a window costs a round trip, and many a time-out that doubles: a
    // long transfer over a wire that loses so much may take minutes.
    private const int BytesWithoutSack = 60_000;

    [Theory]
    [InlineData("tcp_sack=0", true, false)]
    [InlineData("tcp_sack=0", false, true)]
    [InlineData("tcp_timestamps=0", true, true)]
    [InlineData("tcp_timestamps=0", false, false)]
    [InlineData("tcp_window_scaling=0", true, false)]
    [InlineData("tcp_window_scaling=0", false, true)]
    [InlineData("tcp_ecn=1", true, false)]
    [InlineData("tcp_ecn=1", false, true)]
    [InlineData("tcp_syncookies=2", true, true)]
    [Trait("Speed", "Slow")]
    public void Linux_SetOtherwise_TransfersAllTheSame(string setting, bool isIpv4, bool isOurs) => StackLab.Run(
        FaultPlan.Named("everything"),
        lab => Exchange(lab, isIpv4, isOurs, setting == "tcp_sack=0" ? BytesWithoutSack : Bytes),
        settings: null,
        setting);

    [Fact]
    public void Linux_WithoutAnyOption_TransfersAllTheSame() => StackLab.Run(
        FaultPlan.Named("everything"),
        lab => Exchange(lab, isIpv4: true, isOurs: true, BytesWithoutSack),
        settings: null,
        "tcp_sack=0",
        "tcp_timestamps=0",
        "tcp_window_scaling=0");

    [Theory]
    [InlineData("none", true, true)]
    [InlineData("none", false, false)]
    [InlineData("everything", false, true)]
    public void Cookies_OfOurs_LetLinuxIn(string plan, bool isIpv4, bool hasTimestamps) => StackLab.Run(
        FaultPlan.Named(plan),
        lab =>
        {
            Exchange(lab, isIpv4, isOurs: false, Bytes);
            Assert.True(lab.End.Do(tcp => tcp.Statistics.CookiesAccepted) > 0);
        },
        new TcpSettings { SynQueueMax = 0 },
        hasTimestamps ? "tcp_timestamps=1" : "tcp_timestamps=0");

    private static void Exchange(StackLab lab, bool isIpv4, bool isOurs, int bytes)
    {
        (LinuxStream linux, StackStream ours) = lab.Open(isIpv4, isOurs);
        using (linux)
        using (ours)
        {
            Conversation.Run(linux, bytes, ours, bytes);
        }
    }
}
