// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using Denali.Net.Tcp;

namespace Denali.Net.Tests.Conformance;

/// <summary>A segment as a script writes it: <c>S. 0:0(0) ack 1 win 65535 &lt;mss 1460&gt;</c>.</summary>
internal sealed class ScriptSegment
{
    private const string FlagLetters = "FSRP.UEC";

    public TcpFlags Flags { get; private set; }

    public uint Start { get; private set; }

    public int Length { get; private set; }

    public uint? Acknowledgment { get; private set; }

    public ushort? Window { get; private set; }

    public ushort Urgent { get; private set; }

    /// <summary>The options, or null if they do not matter.</summary>
    public string[]? Options { get; private set; }

    /// <summary>It is sent with a wrong checksum.</summary>
    public bool IsDamaged { get; private set; }

    public static ScriptSegment Parse(string text)
    {
        var segment = new ScriptSegment();
        int open = text.IndexOf('<', StringComparison.Ordinal);
        if (open >= 0)
        {
            int close = text.IndexOf('>', open);
            segment.Options = text[(open + 1)..close].Split(
                ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            text = text[..open] + text[(close + 1)..];
        }

        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        segment.Flags = ParseFlags(words[0]);
        segment.ParseRange(words[1]);
        for (int i = 2; i < words.Length; i++)
        {
            switch (words[i])
            {
                case "ack":
                    segment.Acknowledgment = Number(words[++i]);
                    break;
                case "win":
                    segment.Window = (ushort)Number(words[++i]);
                    break;
                case "urg":
                    segment.Urgent = (ushort)Number(words[++i]);
                    break;
                case "badsum":
                    segment.IsDamaged = true;
                    break;
                default:
                    throw new ScriptFailureException($"'{words[i]}' is no part of a segment");
            }
        }

        return segment;
    }

    /// <summary>Flags as letters.</summary>
    public static string Letters(TcpFlags flags)
    {
        string text = string.Empty;
        foreach (int bit in (ReadOnlySpan<int>)[1, 0, 2, 3, 4, 5, 6, 7])
        {
            text += (((int)flags >> bit) & 1) != 0 ? FlagLetters[bit] : string.Empty;
        }

        return text;
    }

    public static uint Number(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint value)
            ? value
            : throw new ScriptFailureException($"'{text}' is no number");

    private static TcpFlags ParseFlags(string text)
    {
        TcpFlags flags = TcpFlags.None;
        foreach (char letter in text)
        {
            int bit = FlagLetters.IndexOf(letter, StringComparison.Ordinal);
            flags |= bit >= 0 || letter == '-'
                ? (TcpFlags)(bit >= 0 ? 1 << bit : 0)
                : throw new ScriptFailureException($"'{letter}' is no flag");
        }

        return flags;
    }

    private void ParseRange(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        int open = text.IndexOf('(', StringComparison.Ordinal);
        if (colon < 0 || open < colon || !text.EndsWith(')'))
        {
            throw new ScriptFailureException($"'{text}' is no range: first:end(length)");
        }

        Start = Number(text[..colon]);
        Length = (int)Number(text[(open + 1)..^1]);
        if (Start + Length != Number(text[(colon + 1)..open]))
        {
            throw new ScriptFailureException($"'{text}': the length is not the difference");
        }
    }
}
