// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>Reads a request's head (RFC 9112 sections 2 to 6).</summary>
/// <remarks>
/// It takes nothing that two servers could read in two ways, because one may stand before the other: no bare line feed,
/// no folded line, no space before a colon, no second Host or length, no length beside a transfer coding.
/// </remarks>
public static class RequestParser
{
    // RFC 9112 section 2.2: empty lines before a request come from old clients; more than one is somebody else.
    private const int EmptyLinesMax = 1;

    private const byte CarriageReturn = (byte)'\r';
    private const byte LineFeed = (byte)'\n';

    /// <summary>Reads the first head in some bytes.</summary>
    /// <param name="data">The bytes from where a request begins.</param>
    /// <param name="head">The head; if it is bad, its error says what to answer.</param>
    /// <returns>Whether all of it is there.</returns>
    public static ParseOutcome Parse(ReadOnlySpan<byte> data, out RequestHead head)
    {
        head = default;
        int at = SkipEmptyLines(data);
        ParseOutcome outcome = TakeLine(data, ref at, HttpLimits.RequestLineBytesMax, out ReadOnlySpan<byte> line);
        if (outcome != ParseOutcome.Complete)
        {
            return outcome == ParseOutcome.Incomplete
                ? CheckStart(data, at, ref head)
                : Fail(ref head, line.IsEmpty ? HttpStatus.BadRequest : HttpStatus.UriTooLong);
        }

        if (!TryReadRequestLine(line, at - line.Length - 2, ref head))
        {
            return ParseOutcome.Bad;
        }

        for (int count = 0; ; count++)
        {
            outcome = TakeLine(data, ref at, HttpLimits.HeadBytesMax - at, out line);
            if (outcome == ParseOutcome.Incomplete)
            {
                return outcome;
            }

            if (outcome == ParseOutcome.Bad)
            {
                return Fail(ref head, line.IsEmpty ? HttpStatus.BadRequest : HttpStatus.FieldsTooLarge);
            }

            if (count == HttpLimits.FieldCountMax && !line.IsEmpty)
            {
                return Fail(ref head, HttpStatus.FieldsTooLarge);
            }

            if (line.IsEmpty)
            {
                head.LengthBytes = at;
                return CheckWhole(ref head);
            }

            if (!TryReadField(line, at - line.Length - 2, ref head))
            {
                return ParseOutcome.Bad;
            }
        }
    }

    private static int SkipEmptyLines(ReadOnlySpan<byte> data)
    {
        int at = 0;
        while (at < EmptyLinesMax * 2 && data[at..].StartsWith("\r\n"u8))
        {
            at += 2;
        }

        return at;
    }

    /// <summary>Takes a line without its end.</summary>
    /// <param name="data">The bytes.</param>
    /// <param name="at">Where the line begins; behind its end, if all of it is there.</param>
    /// <param name="bytesMax">Most bytes of the line with its end.</param>
    /// <param name="line">The line; if it is bad: not empty if it is too long, empty if its end is malformed.</param>
    private static ParseOutcome TakeLine(
        ReadOnlySpan<byte> data, ref int at, int bytesMax, out ReadOnlySpan<byte> line)
    {
        ReadOnlySpan<byte> rest = data[at..];
        int end = rest.IndexOf(LineFeed);
        if (end < 0 ? rest.Length >= bytesMax : end >= bytesMax)
        {
            line = data[..1];
            return ParseOutcome.Bad;
        }

        line = default;
        if (end < 0)
        {
            return ParseOutcome.Incomplete;
        }

        // A carriage return anywhere else is refused with the control characters.
        if (end == 0 || rest[end - 1] != CarriageReturn)
        {
            return ParseOutcome.Bad;
        }

        line = rest[..(end - 1)];
        at += end + 1;
        return ParseOutcome.Complete;
    }

    /// <summary>What does not begin like a method will not become a request: a client that speaks TLS, say.</summary>
    private static ParseOutcome CheckStart(ReadOnlySpan<byte> data, int at, ref RequestHead head)
    {
        bool isHopeless = at < data.Length && !ByteText.IsToken(data[at])
            && !(at == 0 && data[0] == CarriageReturn && data.Length == 1);
        return isHopeless ? Fail(ref head, HttpStatus.BadRequest) : ParseOutcome.Incomplete;
    }

    private static bool TryReadRequestLine(ReadOnlySpan<byte> line, int start, ref RequestHead head)
    {
        int methodLength = line.IndexOf((byte)' ');
        if (methodLength <= 0 || !ByteText.IsToken(line[..methodLength]))
        {
            return Refuse(ref head, HttpStatus.BadRequest);
        }

        ReadOnlySpan<byte> rest = line[(methodLength + 1)..];
        int targetLength = rest.IndexOf((byte)' ');
        if (targetLength <= 0 || !IsTarget(rest[..targetLength]))
        {
            return Refuse(ref head, HttpStatus.BadRequest);
        }

        head.MethodName = new TextRange(start, methodLength);
        head.Method = MethodOf(line[..methodLength]);
        head.Target = new TextRange(start + methodLength + 1, targetLength);
        return TryReadVersion(rest[(targetLength + 1)..], ref head);
    }

    private static HttpMethod MethodOf(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("GET"u8) ? HttpMethod.Get
        : name.SequenceEqual("HEAD"u8) ? HttpMethod.Head
        : name.SequenceEqual("OPTIONS"u8) ? HttpMethod.Options
        : HttpMethod.Other;

    private static bool IsTarget(ReadOnlySpan<byte> target)
    {
        foreach (byte value in target)
        {
            // Bytes above 127 are not URI characters, but clients send them and no two servers differ about them.
            if (value is <= (byte)' ' or 127 or (byte)'#')
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadVersion(ReadOnlySpan<byte> version, ref RequestHead head)
    {
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || version[6] != (byte)'.'
            || !IsDigit(version[5]) || !IsDigit(version[7]))
        {
            return Refuse(ref head, HttpStatus.BadRequest);
        }

        if (version[5] != (byte)'1')
        {
            return Refuse(ref head, HttpStatus.VersionNotSupported);
        }

        head.IsVersion11 = version[7] != (byte)'0';
        head.IsLast = !head.IsVersion11;
        return true;
    }

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';

    private static bool TryReadField(ReadOnlySpan<byte> line, int start, ref RequestHead head)
    {
        int colon = line.IndexOf((byte)':');
        if (colon <= 0 || !ByteText.IsToken(line[..colon]))
        {
            return Refuse(ref head, HttpStatus.BadRequest);
        }

        ReadOnlySpan<byte> padded = line[(colon + 1)..];
        foreach (byte value in padded)
        {
            if (value is < (byte)' ' and not (byte)'\t' or 127)
            {
                return Refuse(ref head, HttpStatus.BadRequest);
            }
        }

        ReadOnlySpan<byte> text = ByteText.Trim(padded);
        int leading = 0;
        while (leading < padded.Length && padded[leading] is (byte)' ' or (byte)'\t')
        {
            leading++;
        }

        int textStart = start + colon + 1 + (text.IsEmpty ? 0 : leading);
        HttpStatus error = RequestFields.Take(line[..colon], text, new TextRange(textStart, text.Length), ref head);
        return error == HttpStatus.None || Refuse(ref head, error);
    }

    private static ParseOutcome CheckWhole(ref RequestHead head)
    {
        bool isFramedTwice = head.IsChunked && head.HasContentLength;
        bool isFramedOddly = head.IsChunked && !head.IsVersion11;
        bool lacksHost = head.IsVersion11 && !head.Host.IsPresent;
        return isFramedTwice || isFramedOddly || lacksHost
            ? Fail(ref head, HttpStatus.BadRequest)
            : ParseOutcome.Complete;
    }

    private static ParseOutcome Fail(ref RequestHead head, HttpStatus error)
    {
        head.Error = error;
        head.IsLast = true;
        return ParseOutcome.Bad;
    }

    private static bool Refuse(ref RequestHead head, HttpStatus error)
    {
        _ = Fail(ref head, error);
        return false;
    }
}
