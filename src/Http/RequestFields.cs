// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>The header fields of a request that mean something to this server.</summary>
internal static class RequestFields
{
    /// <summary>Takes a field into a head.</summary>
    /// <param name="name">Its name, a token.</param>
    /// <param name="value">Its value without spaces around it.</param>
    /// <param name="range">Where the value is.</param>
    /// <param name="head">The head.</param>
    /// <returns>What to answer if the request is bad, or none.</returns>
    internal static HttpStatus Take(
        ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, TextRange range, ref RequestHead head)
    {
        // By length first: most fields are of no interest, and this tells it without reading them.
        switch (name.Length)
        {
            case 4 when Is(name, "host"u8):
                return TakeHost(value, range, ref head);
            case 5 when Is(name, "range"u8):
                return TakeOnce(range, ref head.Range);
            case 6 when Is(name, "expect"u8):
                head.ExpectsContinue = Is(value, "100-continue"u8);
                return head.ExpectsContinue ? HttpStatus.None : HttpStatus.ExpectationFailed;
            case 7 when Is(name, "referer"u8):
                head.Referer = range;
                break;
            case 8 when Is(name, "if-match"u8):
                return TakeOnce(range, ref head.IfMatch);
            case 8 when Is(name, "if-range"u8):
                return TakeOnce(range, ref head.IfRange);
            case 10 when Is(name, "connection"u8):
                TakeConnection(value, ref head);
                break;
            case 10 when Is(name, "user-agent"u8):
                head.UserAgent = range;
                break;
            case 13 when Is(name, "if-none-match"u8):
                return TakeOnce(range, ref head.IfNoneMatch);
            case 14 when Is(name, "content-length"u8):
                return TakeContentLength(value, ref head);
            case 15 when Is(name, "accept-encoding"u8):

                // A list may come in several lines; what is not seen is not chosen.
                head.AcceptEncoding = head.AcceptEncoding.IsPresent ? head.AcceptEncoding : range;
                break;
            case 17 when Is(name, "if-modified-since"u8):
                return TakeOnce(range, ref head.IfModifiedSince);
            case 17 when Is(name, "transfer-encoding"u8):
                return TakeTransferEncoding(value, ref head);
            case 19 when Is(name, "if-unmodified-since"u8):
                return TakeOnce(range, ref head.IfUnmodifiedSince);
        }

        return HttpStatus.None;
    }

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) =>
        ByteText.EqualsIgnoringCase(text, lower);

    /// <summary>Takes a field that a request must not have twice: a second one makes the request ambiguous.</summary>
    private static HttpStatus TakeOnce(TextRange range, ref TextRange field)
    {
        HttpStatus error = field.IsPresent ? HttpStatus.BadRequest : HttpStatus.None;
        field = range;
        return error;
    }

    private static HttpStatus TakeHost(ReadOnlySpan<byte> value, TextRange range, ref RequestHead head)
    {
        foreach (byte character in value)
        {
            // What may be in a host (RFC 3986 section 3.2.2) and a port, as a set of what may not.
            if (character is <= (byte)' ' or >= 127 or (byte)'/' or (byte)'?' or (byte)'#' or (byte)'@' or (byte)'\\'
                or (byte)',' or (byte)'<' or (byte)'>' or (byte)'"')
            {
                return HttpStatus.BadRequest;
            }
        }

        return TakeOnce(range, ref head.Host);
    }

    private static void TakeConnection(ReadOnlySpan<byte> list, ref RequestHead head)
    {
        while (ByteText.TryTakeElement(ref list, out ReadOnlySpan<byte> option))
        {
            if (Is(option, "close"u8))
            {
                head.HasClose = true;
            }
            else if (Is(option, "keep-alive"u8))
            {
                head.HasKeepAlive = true;
            }
        }

        // RFC 9112 section 9.3.
        head.IsLast = head.HasClose || (!head.IsVersion11 && !head.HasKeepAlive);
    }

    private static HttpStatus TakeContentLength(ReadOnlySpan<byte> value, ref RequestHead head)
    {
        bool isGood = !head.HasContentLength && ByteText.TryParseDecimal(value, out head.ContentBytes);
        head.HasContentLength = true;
        return isGood ? HttpStatus.None : HttpStatus.BadRequest;
    }

    private static HttpStatus TakeTransferEncoding(ReadOnlySpan<byte> value, ref RequestHead head)
    {
        if (head.IsChunked)
        {
            return HttpStatus.BadRequest;
        }

        head.IsChunked = Is(value, "chunked"u8);
        return head.IsChunked ? HttpStatus.None : HttpStatus.NotImplemented;
    }
}
