// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>The conditions of a request, in their order (RFC 9110 section 13.2.2).</summary>
public static class Preconditions
{
    /// <summary>Tells what the conditions make of a request for a file.</summary>
    /// <param name="data">The bytes that the head was read from.</param>
    /// <param name="head">The head of a GET or HEAD.</param>
    /// <param name="entry">The file.</param>
    /// <param name="tag">Its entity tag.</param>
    /// <param name="nowUnixSeconds">Now.</param>
    /// <returns>OK, not modified, or precondition failed.</returns>
    public static HttpStatus Evaluate(
        ReadOnlySpan<byte> data,
        in RequestHead head,
        in ContentEntry entry,
        ReadOnlySpan<byte> tag,
        long nowUnixSeconds)
    {
        if (head.IfMatch.IsPresent)
        {
            if (!EntityTag.IsInList(head.IfMatch.Of(data), tag, isStrong: true))
            {
                return HttpStatus.PreconditionFailed;
            }
        }
        else if (HttpDate.TryParse(head.IfUnmodifiedSince.Of(data), nowUnixSeconds, out long unmodifiedSince)
            && entry.ModifiedUnixSeconds > unmodifiedSince)
        {
            return HttpStatus.PreconditionFailed;
        }

        if (head.IfNoneMatch.IsPresent)
        {
            return EntityTag.IsInList(head.IfNoneMatch.Of(data), tag, isStrong: false)
                ? HttpStatus.NotModified
                : HttpStatus.Ok;
        }

        bool isUnmodified =
            HttpDate.TryParse(head.IfModifiedSince.Of(data), nowUnixSeconds, out long modifiedSince)
            && entry.ModifiedUnixSeconds <= modifiedSince;
        return isUnmodified ? HttpStatus.NotModified : HttpStatus.Ok;
    }

    /// <summary>Whether Range counts: there is no If-Range, or the client has parts of the same file.</summary>
    /// <param name="data">The bytes that the head was read from.</param>
    /// <param name="head">The head.</param>
    /// <param name="entry">The file.</param>
    /// <param name="tag">Its entity tag.</param>
    /// <param name="nowUnixSeconds">Now.</param>
    /// <returns>Whether it does (RFC 9110 section 13.1.5).</returns>
    public static bool RangeCounts(
        ReadOnlySpan<byte> data,
        in RequestHead head,
        in ContentEntry entry,
        ReadOnlySpan<byte> tag,
        long nowUnixSeconds)
    {
        if (!head.IfRange.IsPresent)
        {
            return true;
        }

        ReadOnlySpan<byte> validator = head.IfRange.Of(data);
        return validator.SequenceEqual(tag)
            || (HttpDate.TryParse(validator, nowUnixSeconds, out long date) && date == entry.ModifiedUnixSeconds);
    }
}
