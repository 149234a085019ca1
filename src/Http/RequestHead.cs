// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>A request's head, taken apart (RFC 9112 sections 3 and 5). Pieces point into the bytes.</summary>
public struct RequestHead
{
    /// <summary>Bytes of the head with the empty line at its end, and with empty lines before it.</summary>
    public int LengthBytes;

    /// <summary>If it is bad: what to answer.</summary>
    public HttpStatus Error;

    /// <summary>The method.</summary>
    public HttpMethod Method;

    /// <summary>The method's name.</summary>
    public TextRange MethodName;

    /// <summary>The request target, in whatever form.</summary>
    public TextRange Target;

    /// <summary>HTTP/1.1 or later, and not HTTP/1.0.</summary>
    public bool IsVersion11;

    /// <summary>The connection ends after this request.</summary>
    public bool IsLast;

    /// <summary>The request asks that the connection end.</summary>
    public bool HasClose;

    /// <summary>The request asks that the connection stay.</summary>
    public bool HasKeepAlive;

    /// <summary>The request's content comes in chunks.</summary>
    public bool IsChunked;

    /// <summary>The request has a field Expect with 100-continue.</summary>
    public bool ExpectsContinue;

    /// <summary>The request says how long its content is.</summary>
    public bool HasContentLength;

    /// <summary>Bytes of the request's content, 0 if there is none or if it comes in chunks.</summary>
    public long ContentBytes;

    /// <summary>Host (RFC 9110 section 7.2).</summary>
    public TextRange Host;

    /// <summary>Range (RFC 9110 section 14.2).</summary>
    public TextRange Range;

    /// <summary>If-Range (RFC 9110 section 13.1.5).</summary>
    public TextRange IfRange;

    /// <summary>If-Match (RFC 9110 section 13.1.1).</summary>
    public TextRange IfMatch;

    /// <summary>If-None-Match (RFC 9110 section 13.1.2).</summary>
    public TextRange IfNoneMatch;

    /// <summary>If-Modified-Since (RFC 9110 section 13.1.3).</summary>
    public TextRange IfModifiedSince;

    /// <summary>If-Unmodified-Since (RFC 9110 section 13.1.4).</summary>
    public TextRange IfUnmodifiedSince;

    /// <summary>Accept-Encoding (RFC 9110 section 12.5.3).</summary>
    public TextRange AcceptEncoding;

    /// <summary>Referer (RFC 9110 section 10.1.3), for the log.</summary>
    public TextRange Referer;

    /// <summary>User-Agent (RFC 9110 section 10.1.5), for the log.</summary>
    public TextRange UserAgent;

    /// <summary>Neither a condition nor a range: a file is asked for as it is.</summary>
    public readonly bool AsksForAll =>
        !Range.IsPresent && !IfMatch.IsPresent && !IfNoneMatch.IsPresent && !IfModifiedSince.IsPresent
        && !IfUnmodifiedSince.IsPresent;
}
