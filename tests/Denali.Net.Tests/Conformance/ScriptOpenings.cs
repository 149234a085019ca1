// SPDX-License-Identifier: MIT
namespace Denali.Net.Tests.Conformance;

/// <summary>How most scripts begin, in one word. All take 100 ms, which is the first round-trip time.</summary>
internal static class ScriptOpenings
{
    private static readonly string[] s_passive =
    [
        "listen",
        "0 < S 0:0(0) win 65535 <mss 1000>",
        "> S. 0:0(0) ack 1 <mss 1460>",
        "+0.1 < . 1:1(0) ack 1 win 65535",
        "accept",
        "state Established",
    ];

    private static readonly string[] s_passiveSack =
    [
        "listen",
        "0 < S 0:0(0) win 65535 <mss 1000,sackOK>",
        "> S. 0:0(0) ack 1 <mss 1460,sackOK>",
        "+0.1 < . 1:1(0) ack 1 win 65535",
        "accept",
        "state Established",
    ];

    private static readonly string[] s_passiveFull =
    [
        "listen",
        "0 < S 0:0(0) win 65535 <mss 1012,sackOK,ts val 100 ecr 0,wscale 7>",
        "> S. 0:0(0) ack 1 <mss 1460,sackOK,ts val * ecr 100,wscale *>",
        "+0.1 < . 1:1(0) ack 1 win 1000 <ts val 200 ecr last>",
        "accept",
        "state Established",
    ];

    private static readonly string[] s_active =
    [
        "connect",
        "> S 0:0(0)",
        "+0.1 < S. 0:0(0) ack 1 win 65535 <mss 1000>",
        "> . 1:1(0) ack 1",
        "state Established",
    ];

    /// <summary>The lines that a line stands for: itself, or an opening.</summary>
    public static string[] Expand(string line) => line switch
    {
        "" => [],
        "passive" => s_passive,
        "passive sack" => s_passiveSack,
        "passive full" => s_passiveFull,
        "active" => s_active,
        _ => [line],
    };
}
