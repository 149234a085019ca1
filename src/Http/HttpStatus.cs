// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>The status codes that this server sends (RFC 9110 section 15).</summary>
public enum HttpStatus
{
    /// <summary>None yet.</summary>
    None = 0,

    /// <summary>The content follows.</summary>
    Ok = 200,

    /// <summary>The answer to OPTIONS: nothing follows.</summary>
    NoContent = 204,

    /// <summary>One or more ranges follow.</summary>
    PartialContent = 206,

    /// <summary>A directory was asked for without the slash at its end.</summary>
    MovedPermanently = 301,

    /// <summary>What the client has is still good.</summary>
    NotModified = 304,

    /// <summary>The request is malformed.</summary>
    BadRequest = 400,

    /// <summary>There is something, but not for the client: a directory without an index page.</summary>
    Forbidden = 403,

    /// <summary>There is nothing.</summary>
    NotFound = 404,

    /// <summary>Files can be read only.</summary>
    MethodNotAllowed = 405,

    /// <summary>The head did not come in time.</summary>
    RequestTimeout = 408,

    /// <summary>A condition of the client does not hold.</summary>
    PreconditionFailed = 412,

    /// <summary>The request's content is larger than the server will read.</summary>
    ContentTooLarge = 413,

    /// <summary>The request line or the path is too long.</summary>
    UriTooLong = 414,

    /// <summary>No range lies in the file.</summary>
    RangeNotSatisfiable = 416,

    /// <summary>The request expects what the server does not know.</summary>
    ExpectationFailed = 417,

    /// <summary>The head is too large.</summary>
    FieldsTooLarge = 431,

    /// <summary>The file cannot be read.</summary>
    InternalServerError = 500,

    /// <summary>The transfer coding is unknown.</summary>
    NotImplemented = 501,

    /// <summary>The server has no room for the request.</summary>
    ServiceUnavailable = 503,

    /// <summary>The major version is not 1.</summary>
    VersionNotSupported = 505,
}
