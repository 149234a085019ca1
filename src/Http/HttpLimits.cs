// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>What a client may ask of the server; each bound keeps one client from taking what is everybody's.</summary>
public static class HttpLimits
{
    /// <summary>Most bytes of a request line. RFC 9112 section 3 recommends at least 8,000.</summary>
    public const int RequestLineBytesMax = 8192;

    /// <summary>Most bytes of a request's head: it must fit into a connection's receive buffer.</summary>
    public const int HeadBytesMax = 16_384;

    /// <summary>Most header fields of a request.</summary>
    public const int FieldCountMax = 100;

    /// <summary>Most bytes of a decoded path: PATH_MAX of Linux.</summary>
    public const int PathBytesMax = 4096;

    /// <summary>
    /// Most bytes of a request's content that are read and dropped so that the connection can be used again. It is
    /// closed after a request with more.
    /// </summary>
    public const long SkippedContentBytesMax = 1 << 20;

    /// <summary>
    /// Most ranges of one request: every connection has room for them. Asked for more, the whole is sent, as RFC 9110
    /// section 14.2 allows.
    /// </summary>
    public const int RangeCountMax = 8;

    /// <summary>Most bytes of the head of a response, of a part's head and of an error page with its head.</summary>
    public const int ResponseHeadBytesMax = 8192;

    /// <summary>Requests that one connection gets answered before the others have their turn.</summary>
    public const int RequestsPerTurn = 32;

    /// <summary>How long a connection may stay open without a request, in nanoseconds.</summary>
    public const ulong IdleNs = 75_000_000_000;

    /// <summary>How long a head may take from its first byte, in nanoseconds.</summary>
    public const ulong HeadNs = 30_000_000_000;

    /// <summary>How long a client may take nothing of a response, in nanoseconds.</summary>
    public const ulong SendNs = 60_000_000_000;

    /// <summary>How long what a client still sends is dropped after an error, in nanoseconds (RFC 9112 9.6).</summary>
    public const ulong LingerNs = 5_000_000_000;
}
