// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

namespace Denali.Control.Sites;

/// <summary>A VM of a site with the connections to it. When the VM has ended, so has all that was under way.</summary>
/// <remarks>Any thread.</remarks>
public sealed class SiteMachine : IDisposable
{
    /// <summary>
    /// How long a connection that nobody uses is kept: less than the web guest keeps it, so that hardly a request goes
    /// into one that is being closed.
    /// </summary>
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(30);

    // What is left of a response that the visitor does not want any more is read this long for the connection's sake.
    private static readonly TimeSpan s_drain = TimeSpan.FromSeconds(1);

    // Of 1024 bytes: what the headers of a response may take.
    private const int ResponseHeadersMaxKb = 32;

    private readonly CancellationTokenSource _ended = new();

    /// <summary>Makes the pool of connections to a VM.</summary>
    /// <param name="machine">The VM.</param>
    /// <param name="connectionMax">Most connections to it.</param>
    /// <param name="connectTimeout">How long a connection may take to come about.</param>
    /// <param name="startedTimestamp">When it was started, by the clock of whoever asks.</param>
    public SiteMachine(ISiteMachine machine, int connectionMax, TimeSpan connectTimeout, long startedTimestamp)
    {
        ArgumentNullException.ThrowIfNull(machine);
        Machine = machine;
        StartedTimestamp = startedTimestamp;
        Ended = _ended.Token;
        Client = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = connectTimeout,
            MaxConnectionsPerServer = connectionMax,
            MaxResponseHeadersLength = ResponseHeadersMaxKb,
            PooledConnectionIdleTimeout = s_idle,

            // Values are bytes that pass as they are; in this encoding, each is a character.
            RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            ResponseHeaderEncodingSelector = (_, _) => Encoding.Latin1,
            ResponseDrainTimeout = s_drain,
            UseCookies = false,
            UseProxy = false,
        });
    }

    /// <summary>The VM.</summary>
    public ISiteMachine Machine { get; }

    /// <summary>When it was started.</summary>
    public long StartedTimestamp { get; }

    /// <summary>Sends requests to it.</summary>
    public HttpMessageInvoker Client { get; }

    /// <summary>Cancelled when it has ended.</summary>
    public CancellationToken Ended { get; }

    /// <summary>The VM has ended: breaks off what is under way.</summary>
    public void Dispose()
    {
        // Not here and now: what waits for it may take its time.
        _ = _ended.CancelAsync();
        Client.Dispose();
    }

    private ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation) =>
        Machine.ConnectAsync(cancellation);
}
