// SPDX-License-Identifier: MIT
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Denali.Net.Tcp;
using Denali.Net.Tests.Simulation;

namespace Denali.Net.Tests.Conformance;

/// <summary>From segments of scripts to frames and back.</summary>
internal static class ScriptWire
{
    /// <summary>Streams of <see cref="Pattern"/>: what the host sends, what the peer sends.</summary>
    public const int HostStream = 1;

    /// <summary>See <see cref="HostStream"/>.</summary>
    public const int PeerStream = 2;

    /// <summary>A frame of the peer.</summary>
    public static byte[] Build(ScriptSegment segment, ScriptFlow flow, ScriptAddresses addresses)
    {
        byte[] options = BuildOptions(segment, flow);
        int headers = addresses.HeaderBytes;
        byte[] frame = new byte[headers + TcpHeader.SizeOf + options.Length + segment.Length];
        Span<byte> tcp = frame.AsSpan(headers);
        new TcpHeader
        {
            SourcePort = flow.PeerPort,
            DestinationPort = flow.HostPort,
            Sequence = flow.PeerIss + segment.Start,
            Acknowledgment = segment.Acknowledgment is uint ack ? flow.HostIss + ack : 0,
            HeaderBytes = TcpHeader.SizeOf + options.Length,
            Flags = segment.Flags,
            Window = segment.Window ?? ushort.MaxValue,
            UrgentPointer = segment.Urgent,
        }.Write(tcp);

        options.CopyTo(tcp[TcpHeader.SizeOf..]);
        if (segment.Length > 0)
        {
            bool isSyn = segment.Flags.HasFlag(TcpFlags.Syn);
            Pattern.Fill(
                tcp[(TcpHeader.SizeOf + options.Length)..], PeerStream, isSyn ? segment.Start : segment.Start - 1L);
        }

        uint sum = InternetChecksum.Add(
            InternetChecksum.PseudoHeader(addresses.Peer, addresses.Host, IpProtocol.Tcp, (uint)tcp.Length), tcp);
        ushort checksum = InternetChecksum.Complete(sum);
        BinaryPrimitives.WriteUInt16BigEndian(
            tcp[TcpHeader.ChecksumOffset..], segment.IsDamaged ? (ushort)(checksum ^ 0x100) : checksum);
        addresses.WriteHeaders(frame, IpProtocol.Tcp);
        return frame;
    }

    /// <summary>What is wrong with a segment of the host, or null.</summary>
    public static string? Compare(ScriptSegment expected, ReadOnlySpan<byte> tcp, ScriptFlow flow)
    {
        _ = TcpHeader.TryParse(tcp, out TcpHeader header);
        int length = tcp.Length - header.HeaderBytes;
        bool wantsPush = expected.Flags.HasFlag(TcpFlags.Psh);
        TcpFlags flags = wantsPush ? header.Flags : header.Flags & ~TcpFlags.Psh;
        bool isGood = flags == expected.Flags
            && header.Sequence - flow.HostIss == expected.Start
            && length == expected.Length
            && (expected.Acknowledgment is not uint ack || header.Acknowledgment - flow.PeerIss == ack)
            && (expected.Window is not ushort window || header.Window == window)
            && (expected.Options is null || HasOptions(expected.Options, tcp, header, flow));
        if (!isGood)
        {
            return $"sent was {Describe(tcp, flow)}";
        }

        return length > 0 && !Pattern.Matches(tcp[header.HeaderBytes..], HostStream, expected.Start - 1L)
            ? "the payload is not what was written"
            : null;
    }

    /// <summary>A segment of the host as a script would write it.</summary>
    public static string Describe(ReadOnlySpan<byte> tcp, ScriptFlow flow)
    {
        _ = TcpHeader.TryParse(tcp, out TcpHeader header);
        uint start = header.Sequence - flow.HostIss;
        int length = tcp.Length - header.HeaderBytes;
        string ack = header.Flags.HasFlag(TcpFlags.Ack) ? $" ack {header.Acknowledgment - flow.PeerIss}" : string.Empty;
        string options = string.Join(",", ReadOptions(tcp[TcpHeader.SizeOf..header.HeaderBytes], flow));
        string range = $"{start}:{start + length}({length})";
        return $"{ScriptSegment.Letters(header.Flags)} {range}{ack} win {header.Window} <{options}>";
    }

    // Options as words, without those that only align.
    private static List<string> ReadOptions(ReadOnlySpan<byte> options, ScriptFlow flow)
    {
        List<string> words = [];
        while (options.Length > 0 && options[0] != 0)
        {
            if (options[0] == 1)
            {
                options = options[1..];
                continue;
            }

            ReadOnlySpan<byte> body = options[2..options[1]];
            words.Add(options[0] switch
            {
                2 => $"mss {BinaryPrimitives.ReadUInt16BigEndian(body)}",
                3 => $"wscale {body[0]}",
                4 => "sackOK",
                5 => ReadSack(body, flow),
                8 => $"ts val {BinaryPrimitives.ReadUInt32BigEndian(body) - (flow.ClockOffset ?? 0)} "
                    + $"ecr {BinaryPrimitives.ReadUInt32BigEndian(body[4..])}",
                _ => $"kind {options[0]}",
            });
            options = options[options[1]..];
        }

        return words;
    }

    private static string ReadSack(ReadOnlySpan<byte> body, ScriptFlow flow)
    {
        string text = "sack";
        for (; body.Length >= 8; body = body[8..])
        {
            uint left = BinaryPrimitives.ReadUInt32BigEndian(body) - flow.PeerIss;
            uint right = BinaryPrimitives.ReadUInt32BigEndian(body[4..]) - flow.PeerIss;
            text += $" {left}:{right}";
        }

        return text;
    }

    private static bool HasOptions(string[] expected, ReadOnlySpan<byte> tcp, in TcpHeader header, ScriptFlow flow)
    {
        List<string> actual = ReadOptions(tcp[TcpHeader.SizeOf..header.HeaderBytes], flow);
        return actual.Count == expected.Length && actual.Zip(expected).All(pair => IsLike(pair.First, pair.Second));
    }

    private static bool IsLike(string actual, string expected)
    {
        string[] left = actual.Split(' ');
        string[] right = expected.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return left.Length == right.Length
            && left.Zip(right).All(pair => pair.Second == "*" || pair.First == pair.Second);
    }

    private static byte[] BuildOptions(ScriptSegment segment, ScriptFlow flow)
    {
        List<byte> bytes = [];
        foreach (string option in segment.Options ?? [])
        {
            bytes.AddRange(BuildOption(option.Split(' ', StringSplitOptions.RemoveEmptyEntries), segment, flow));
        }

        while (bytes.Count % 4 != 0)
        {
            bytes.Add(1);
        }

        return [.. bytes];
    }

    private static byte[] BuildOption(string[] words, ScriptSegment segment, ScriptFlow flow)
    {
        switch (words[0])
        {
            case "nop":
                return [1];
            case "eol":
                return [0];
            case "raw":
                return [.. words.Skip(1).Select(word => byte.Parse(word, NumberStyles.HexNumber, null))];
            case "mss":
                return [2, 4, .. Big((ushort)ScriptSegment.Number(words[1]))];
            case "wscale":
                return [3, 3, (byte)ScriptSegment.Number(words[1])];
            case "sackOK":
                return [4, 2];
            case "ts":
                return [8, 10, .. Big(ScriptSegment.Number(words[2])), .. Big(Echo(words[4], segment, flow))];
            case "sack":
                IEnumerable<byte> edges = words.Skip(1).SelectMany(word => word.Split(':'))
                    .SelectMany(edge => Big(flow.HostIss + ScriptSegment.Number(edge)));
                return [5, (byte)(2 + (8 * (words.Length - 1))), .. edges];
            default:
                throw new ScriptFailureException($"'{words[0]}' is no option");
        }
    }

    // The echo of a timestamp of the host: the last one, or that of a time.
    private static uint Echo(string text, ScriptSegment segment, ScriptFlow flow) =>
        text == "last" ? flow.LastTimestamp
        : segment.Acknowledgment is null ? ScriptSegment.Number(text)
        : (flow.ClockOffset ?? 0) + ScriptSegment.Number(text);

    private static byte[] Big(ushort value) => [(byte)(value >> 8), (byte)value];

    private static byte[] Big(uint value) =>
        [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];
}
