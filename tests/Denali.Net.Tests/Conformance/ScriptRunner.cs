// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Conformance;

/// <summary>Runs a script: a stack, a peer that does what the script says, and virtual time.</summary>
/// <remarks>The language is described in docs/notes/network-conformance.md.</remarks>
internal sealed class ScriptRunner
{
    private const ulong AnyTimeNs = 1000_000_000_000;
    private const ushort FirstPeerPort = 5000;

    private readonly TcpSettings _settings = new() { SendBufferBytes = 256 * 1024, ReceiveBufferBytes = 128 * 1024 };
    private readonly Dictionary<ushort, ScriptFlow> _flows = [];
    private bool _isIpv6;
    private bool _isOffloaded;
    private int _mtuBytes = 1500;
    private int _backlog = 8;
    private ushort _hostPort = 80;
    private uint _peerIss = 3_000_000_000;
    private ulong _toleranceNs = 1_000_000;
    private ulong _eventNs;
    private ScriptHost? _host;
    private ScriptSocket? _socket;

    private ScriptRunner()
    {
    }

    private ScriptHost Host => _host ??= new ScriptHost(_isIpv6, _mtuBytes, _isOffloaded, _settings);

    private ScriptSocket Socket => _socket ??= new ScriptSocket(Host, _hostPort, _backlog);

    /// <summary>Runs a script.</summary>
    /// <param name="text">The script.</param>
    /// <exception cref="ScriptFailureException">It did not go as written.</exception>
    public static void Run(string text)
    {
        var runner = new ScriptRunner();
        string[] lines = text.Split('\n');
        for (int index = 0; index < lines.Length; index++)
        {
            string line = lines[index].Split('#')[0].Trim();
            try
            {
                foreach (string step in ScriptOpenings.Expand(line))
                {
                    runner.Execute(step);
                }
            }
            catch (ScriptFailureException failure)
            {
                throw new ScriptFailureException($"line {index + 1}: {line}: {failure.Message}");
            }
        }

        runner.ExpectSilence();
    }

    private static ulong Seconds(string text) =>
        decimal.TryParse(text, CultureInfo.InvariantCulture, out decimal seconds)
            ? (ulong)(seconds * 1_000_000_000)
            : throw new ScriptFailureException($"'{text}' is no time");

    private void Execute(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words[0] == "set")
        {
            Set(words[1], words.Length > 2 ? words[2] : string.Empty);
            return;
        }

        ulong? when = Host.ScriptNs;
        bool isTimed = words[0] == "*" || char.IsDigit(words[0][0]) || words[0][0] == '+';
        if (isTimed)
        {
            when = words[0] == "*" ? null
                : words[0][0] == '+' ? _eventNs + Seconds(words[0][1..]) : Seconds(words[0]);
            line = line[words[0].Length..].TrimStart();
            words = words[1..];
        }

        if (words[0][0] == '>')
        {
            Expect(line[words[0].Length..], FlowOf(words[0]), when);
            return;
        }

        if (words[0] != "drain")
        {
            ExpectSilence();
        }

        Host.Advance(when ?? throw new ScriptFailureException("only what is sent may come at any time"), false);
        if (words[0] != "drain")
        {
            ExpectSilence();
        }

        _eventNs = when.Value;
        if (words[0][0] == '<')
        {
            var segment = ScriptSegment.Parse(line[words[0].Length..].Trim());
            Host.Inject(ScriptWire.Build(segment, FlowOf(words[0]), Host.Addresses));
            return;
        }

        Act(words);
    }

    private void Set(string name, string value)
    {
        switch (name)
        {
            case "ipv6":
                _isIpv6 = true;
                break;
            case "offload":
                _isOffloaded = true;
                break;
            case "mtu":
                _mtuBytes = (int)ScriptSegment.Number(value);
                break;
            case "backlog":
                _backlog = (int)ScriptSegment.Number(value);
                break;
            case "synqueue":
                _settings.SynQueueMax = (int)ScriptSegment.Number(value);
                break;
            case "sndbuf":
                _settings.SendBufferBytes = (int)ScriptSegment.Number(value);
                break;
            case "rcvbuf":
                _settings.ReceiveBufferBytes = (int)ScriptSegment.Number(value);
                break;
            case "challenges":
                _settings.ChallengeAcksPerSecond = (int)ScriptSegment.Number(value);
                break;
            case "peeriss":
                _peerIss = ScriptSegment.Number(value);
                break;
            case "tolerance":
                _toleranceNs = Seconds(value);
                break;
            default:
                throw new ScriptFailureException($"'{name}' cannot be set");
        }
    }

    private void Act(string[] words)
    {
        switch (words[0])
        {
            case "connect":
                ushort port = words.Length > 1 ? (ushort)ScriptSegment.Number(words[1]) : FirstPeerPort;
                ScriptFlow flow = new(40000, port, _peerIss);
                _flows[port] = flow;
                Socket.Connect(flow);
                break;
            case "icmp":
                Host.Inject(ScriptIcmp.Build(words, FlowOf("<"), Host.Addresses));
                break;
            case "drain":
                Drain();
                break;
            case "forget":
                // The next segments are those of a new connection of the same ports.
                _ = _flows.Remove(FirstPeerPort);
                _peerIss = words.Length > 1 ? ScriptSegment.Number(words[1]) : _peerIss;
                break;
            case "quiet":
                Host.Advance(Host.ScriptNs + Seconds(words[1]), false);
                ExpectSilence();
                _eventNs = Host.ScriptNs;
                break;
            default:
                Socket.Execute(words);
                break;
        }

        Host.Poll();
    }

    // "<" or ">" with the peer's port, if it is not the usual one.
    private ScriptFlow FlowOf(string sign)
    {
        ushort port = sign.Length > 1 ? (ushort)ScriptSegment.Number(sign[1..]) : FirstPeerPort;
        if (!_flows.TryGetValue(port, out ScriptFlow? flow))
        {
            flow = new ScriptFlow(_hostPort, port, _peerIss);
            _flows.Add(port, flow);
        }

        return flow;
    }

    private void Expect(string text, ScriptFlow flow, ulong? when)
    {
        var expected = ScriptSegment.Parse(text.Trim());
        Host.Advance(when is ulong time ? time + _toleranceNs : Host.ScriptNs + AnyTimeNs, stopsWhenSent: true);
        if (!Host.Sent.TryDequeue(out (ulong TimeNs, byte[] Tcp) sent))
        {
            throw new ScriptFailureException("nothing was sent");
        }

        Note(flow, sent.Tcp, sent.TimeNs);
        if (ScriptWire.Compare(expected, sent.Tcp, flow) is string difference)
        {
            throw new ScriptFailureException(difference);
        }

        if (when is ulong target && (sent.TimeNs + _toleranceNs < target || sent.TimeNs > target + _toleranceNs))
        {
            throw new ScriptFailureException($"sent at {sent.TimeNs / 1e9:0.000000}, not at {target / 1e9:0.000000}");
        }

        _eventNs = sent.TimeNs;
    }

    private void Drain()
    {
        while (Host.Sent.TryDequeue(out (ulong TimeNs, byte[] Tcp) sent))
        {
            Note(FlowOf("<"), sent.Tcp, sent.TimeNs);
        }
    }

    private void ExpectSilence()
    {
        if (_host is not null && _host.Sent.TryPeek(out (ulong TimeNs, byte[] Tcp) sent))
        {
            ScriptFlow flow = FlowOf("<");
            throw new ScriptFailureException(
                $"unexpected at {sent.TimeNs / 1e9:0.000000}: {ScriptWire.Describe(sent.Tcp, flow)}");
        }
    }

    // Learns the numbers of the host.
    private static void Note(ScriptFlow flow, byte[] tcp, ulong timeNs)
    {
        _ = TcpHeader.TryParse(tcp, out TcpHeader header);
        if (header.Flags.HasFlag(TcpFlags.Syn))
        {
            flow.HostIss = header.Sequence;
        }

        TcpOptions options = TcpOptions.Parse(tcp.AsSpan(TcpHeader.SizeOf..header.HeaderBytes));
        if (options.HasTimestamps)
        {
            flow.LastTimestamp = options.TimestampValue;
            flow.ClockOffset ??= options.TimestampValue - (uint)(timeNs / 1_000_000);
        }
    }
}
