// SPDX-License-Identifier: MIT
namespace Denali.Http;

/// <summary>What all connections of a server have in common.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class HttpServer
{
    private ulong _boundary;

    /// <summary>Makes a server.</summary>
    /// <param name="site">What it serves.</param>
    /// <param name="log">Who is told of every request, or nobody.</param>
    public HttpServer(StaticSite site, IRequestLog? log)
    {
        Site = site;
        Log = log;
    }

    /// <summary>What it serves.</summary>
    public StaticSite Site { get; }

    /// <summary>Who is told of every request.</summary>
    public IRequestLog? Log { get; }

    /// <summary>Now, in seconds since 1970; whoever runs connections keeps it.</summary>
    public long UnixSeconds { get; set; }

    /// <summary>The server ends: every connection does after the response it is at.</summary>
    public bool IsEnding { get; set; }

    /// <summary>Where heads are made: they go to the transport before another connection runs.</summary>
    internal byte[] HeadBuffer { get; } = new byte[HttpLimits.ResponseHeadBytesMax];

    /// <summary>Begins a sequence of boundaries, which tell the parts of a response apart.</summary>
    /// <param name="seed">A random number, so that nobody knows them before.</param>
    public void SetBoundary(ulong seed) => _boundary = seed;

    /// <summary>A boundary that was not used before.</summary>
    internal ulong NextBoundary()
    {
        // A Weyl sequence, which has every value once: adding an odd number, here the golden ratio's share of 2^64.
        _boundary += 0x9E37_79B9_7F4A_7C15;
        return _boundary;
    }
}
