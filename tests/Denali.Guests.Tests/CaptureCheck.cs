// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.Linq;
using Denali.Kernel.Network;
using Xunit;

namespace Denali.Guests.Tests;

/// <summary>Has a second opinion on captured frames: that of Wireshark's dissectors.</summary>
internal static class CaptureCheck
{
    /// <summary>PI_ERROR in Wireshark: a wrong checksum, a message that ends too early.</summary>
    private const uint SeverityOfErrors = 0x80_0000;

    // What a sender may do again, because it was not answered in time, is no fault; what was never sent, is.
    private static readonly string[] s_faults =
        ["tcp.analysis.lost_segment", "tcp.analysis.ack_lost_segment", "tcp.analysis.out_of_order"];

    internal static void NeedsTool() => Tool.Needs("tshark", "tshark");

    /// <summary>Ends a capture, and asserts that it is whole and has no faulty frame.</summary>
    /// <param name="capture">The capture.</param>
    /// <param name="path">Its file.</param>
    /// <param name="protocols">What must be in it: an end of a list of protocols, such as ":icmp:data".</param>
    internal static void AssertFaultless(CaptureWriter capture, string path, params string[] protocols)
    {
        capture.Dispose();
        Assert.Null(capture.Error);
        Assert.Equal(0, capture.Dropped);
        string[] fields = ["frame.number", "frame.protocols", "_ws.expert.severity", "_ws.expert.message", .. s_faults];
        string[] lines = Tool.Text(
            "tshark",
            $"-n -r {path} -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields "
            + string.Concat(fields.Select(field => $"-e {field} "))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.False(IsFaulty(line.Split('\t')), line));
        Assert.All(protocols, protocol =>
            Assert.True(lines.Any(line => line.Split('\t')[1].Contains(protocol, StringComparison.Ordinal)),
                $"no frame of {protocol} in {lines.Length}"));
    }

    // Linux quotes a datagram as it came over the TAP interface: before anybody has completed its checksum.
    private static bool IsQuote(string protocols) =>
        protocols.Contains(":icmp:ip:", StringComparison.Ordinal)
        || protocols.Contains(":icmpv6:ipv6:", StringComparison.Ordinal);

    private static bool IsFaulty(string[] fields) =>
        fields[1].Contains("malformed", StringComparison.Ordinal)
        || (!IsQuote(fields[1]) && HasError(fields[2]))
        || fields[4..].Any(fault => fault.Length != 0);

    private static bool HasError(string severities) =>
        severities.Split(',', StringSplitOptions.RemoveEmptyEntries).Any(text => Number(text) >= SeverityOfErrors);

    private static uint Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? uint.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : uint.Parse(text, CultureInfo.InvariantCulture);
}
