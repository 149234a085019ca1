// SPDX-License-Identifier: MIT
using System;

namespace Denali.Http;

/// <summary>The reason phrases of status codes (RFC 9110 section 15).</summary>
public static class StatusText
{
    /// <summary>The phrase of a status.</summary>
    /// <param name="status">The status.</param>
    /// <returns>The phrase.</returns>
    public static ReadOnlySpan<byte> Of(HttpStatus status) => status switch
    {
        HttpStatus.Ok => "OK"u8,
        HttpStatus.NoContent => "No Content"u8,
        HttpStatus.PartialContent => "Partial Content"u8,
        HttpStatus.MovedPermanently => "Moved Permanently"u8,
        HttpStatus.NotModified => "Not Modified"u8,
        HttpStatus.BadRequest => "Bad Request"u8,
        HttpStatus.Forbidden => "Forbidden"u8,
        HttpStatus.NotFound => "Not Found"u8,
        HttpStatus.MethodNotAllowed => "Method Not Allowed"u8,
        HttpStatus.RequestTimeout => "Request Timeout"u8,
        HttpStatus.PreconditionFailed => "Precondition Failed"u8,
        HttpStatus.ContentTooLarge => "Content Too Large"u8,
        HttpStatus.UriTooLong => "URI Too Long"u8,
        HttpStatus.RangeNotSatisfiable => "Range Not Satisfiable"u8,
        HttpStatus.ExpectationFailed => "Expectation Failed"u8,
        HttpStatus.FieldsTooLarge => "Request Header Fields Too Large"u8,
        HttpStatus.NotImplemented => "Not Implemented"u8,
        HttpStatus.ServiceUnavailable => "Service Unavailable"u8,
        HttpStatus.VersionNotSupported => "HTTP Version Not Supported"u8,
        _ => "Internal Server Error"u8,
    };
}
