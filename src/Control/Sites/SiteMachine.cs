// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
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

    /// <summary>Most connections to a VM, unless something else is said.</summary>
    internal const int ConnectionMax = 512;

    /// <summary>How long a connection may take to come about: it is on the same machine.</summary>
    internal static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    private const string AddressPrefix = "vm-";

    private readonly CancellationTokenSource? _ended;

    /// <summary>Makes a VM with a pool of connections of its own.</summary>
    /// <param name="machine">The VM.</param>
    /// <param name="connectionMax">Most connections to it.</param>
    /// <param name="connectTimeout">How long a connection may take to come about.</param>
    /// <param name="startedTimestamp">When it was started, by the clock of whoever asks.</param>
    public SiteMachine(ISiteMachine machine, int connectionMax, TimeSpan connectTimeout, long startedTimestamp)
    {
        ArgumentNullException.ThrowIfNull(machine);
        Machine = machine;
        StartedTimestamp = startedTimestamp;
        Address = "http://site";
        _ended = new CancellationTokenSource();
        Ended = _ended.Token;
        Client = CreateClient(
            (_, cancellation) => machine.ConnectAsync(cancellation), connectionMax, connectTimeout);
    }

    /// <summary>Makes a VM whose connections are in a pool with those of others. What is under way when it ends, ends
    /// with its connections.</summary>
    /// <param name="machine">The VM.</param>
    /// <param name="client">The pool, of <see cref="CreateClient"/>; not this one's to dispose.</param>
    /// <param name="startedTimestamp">When it was started, by the clock of whoever asks.</param>
    internal SiteMachine(ISiteMachine machine, HttpMessageInvoker client, long startedTimestamp)
    {
        Machine = machine;
        Client = client;
        StartedTimestamp = startedTimestamp;
        Address = string.Create(CultureInfo.InvariantCulture, $"http://{AddressPrefix}{machine.Id}");
        Ended = CancellationToken.None;
    }

    /// <summary>The VM.</summary>
    public ISiteMachine Machine { get; }

    /// <summary>When it was started.</summary>
    public long StartedTimestamp { get; }

    /// <summary>Where requests go, as <see cref="Client"/> understands it.</summary>
    internal string Address { get; }

    /// <summary>Sends requests to it.</summary>
    public HttpMessageInvoker Client { get; }

    /// <summary>Cancelled when it has ended.</summary>
    public CancellationToken Ended { get; }

    /// <summary>The VM has ended: breaks off what is under way.</summary>
    public void Dispose()
    {
        if (_ended is not null)
        {
            // Not here and now: what waits for it may take its time.
            _ = _ended.CancelAsync();
            Client.Dispose();
        }
    }

    /// <summary>Makes a pool of connections to VMs.</summary>
    /// <param name="connect">Connects to the VM of an address.</param>
    /// <param name="connectionMax">Most connections to a VM.</param>
    /// <param name="connectTimeout">How long a connection may take to come about.</param>
    /// <returns>The pool.</returns>
    internal static HttpMessageInvoker CreateClient(
        Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>> connect,
        int connectionMax,
        TimeSpan connectTimeout) => new(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = connect,
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

    /// <summary>Reads the number of a VM off the host of an <see cref="Address"/>.</summary>
    /// <param name="host">The host.</param>
    /// <returns>The number, or null if it is none.</returns>
    internal static ulong? IdOf(string host) =>
        host.StartsWith(AddressPrefix, StringComparison.Ordinal) && ulong.TryParse(
            host.AsSpan(AddressPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out ulong id)
            ? id
            : null;
}
