// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>Makes the path of a file from a request target (RFC 9112 section 3.2, RFC 3986 section 5.2.4).</summary>
public static class RequestTarget
{
    /// <summary>Finds path and query in a target.</summary>
    /// <param name="target">The target in origin form or absolute form.</param>
    /// <param name="path">The path as it was sent; "/" if an absolute target has none.</param>
    /// <param name="query">The query with its question mark, or nothing.</param>
    /// <returns>False for other forms.</returns>
    public static bool TrySplit(
        ReadOnlySpan<byte> target, out ReadOnlySpan<byte> path, out ReadOnlySpan<byte> query)
    {
        path = target;
        query = default;
        if (target.IsEmpty || target[0] != (byte)'/')
        {
            int scheme = SchemeLength(target);
            if (scheme == 0)
            {
                return false;
            }

            ReadOnlySpan<byte> rest = target[scheme..];
            int authority = rest.IndexOfAny((byte)'/', (byte)'?');
            authority = authority < 0 ? rest.Length : authority;
            if (authority == 0)
            {
                return false;
            }

            path = rest[authority..];
        }

        int mark = path.IndexOf((byte)'?');
        if (mark >= 0)
        {
            query = path[mark..];
            path = path[..mark];
        }

        if (path.IsEmpty)
        {
            path = "/"u8;
        }

        return true;
    }

    /// <summary>
    /// Decodes a path, and takes out of it what means nothing or another place: "//", "/./", "/../", also where they
    /// were written with percent signs.
    /// </summary>
    /// <param name="path">The path as it was sent; it begins with a slash.</param>
    /// <param name="decoded">Where it goes.</param>
    /// <param name="length">Bytes of the decoded path. It begins with a slash.</param>
    /// <returns>None, or what to answer: the path is malformed, leads out of the root, or is too long.</returns>
    public static HttpStatus Decode(ReadOnlySpan<byte> path, Span<byte> decoded, out int length)
    {
        length = 0;
        int at = 0;
        while (at < path.Length)
        {
            if (!TryTakeByte(path, ref at, out byte value))
            {
                return HttpStatus.BadRequest;
            }

            if (value == (byte)'/' && !TryEndSegment(decoded, ref length))
            {
                return HttpStatus.BadRequest;
            }

            bool isRepeated = value == (byte)'/' && length > 0 && decoded[length - 1] == (byte)'/';
            if (!isRepeated)
            {
                if (length == decoded.Length)
                {
                    return HttpStatus.UriTooLong;
                }

                decoded[length++] = value;
            }
        }

        return TryEndSegment(decoded, ref length) && length > 0 ? HttpStatus.None : HttpStatus.BadRequest;
    }

    private static int SchemeLength(ReadOnlySpan<byte> target)
    {
        int length = target.Length >= 7 && ByteText.EqualsIgnoringCase(target[..7], "http://"u8) ? 7 : 0;
        return target.Length >= 8 && ByteText.EqualsIgnoringCase(target[..8], "https://"u8) ? 8 : length;
    }

    private static bool TryTakeByte(ReadOnlySpan<byte> path, ref int at, out byte value)
    {
        value = path[at++];
        if (value != (byte)'%')
        {
            return true;
        }

        if (path.Length - at < 2)
        {
            return false;
        }

        int code = (ByteText.HexValue(path[at]) << 4) | ByteText.HexValue(path[at + 1]);
        at += 2;
        value = (byte)code;
        return code > 0; // Not hexadecimal, or the NUL that ends names elsewhere.
    }

    /// <summary>At the end of a segment: takes it out again if it is "." or "..", and the one before "..".</summary>
    /// <returns>False if that leads out of the root.</returns>
    private static bool TryEndSegment(Span<byte> decoded, ref int length)
    {
        ReadOnlySpan<byte> path = decoded[..length];
        if (path.EndsWith("/."u8))
        {
            length--;
        }
        else if (path.EndsWith("/.."u8))
        {
            ReadOnlySpan<byte> parent = path[..(length - 3)];
            length = parent.LastIndexOf((byte)'/') + 1;
            return length > 0;
        }

        return true;
    }
}
