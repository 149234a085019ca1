// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net.Http;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Sites;

namespace Denali.Control.Api;

/// <summary>Gives commands to a kernel over its local socket.</summary>
/// <remarks>Any thread. A refusal is a <see cref="ControlException"/> with the kernel's own words.</remarks>
public sealed class ApiClient : IDisposable
{
    // Longer than anything that the kernel does for an answer.
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);

    // An answer that is larger is none of a kernel.
    private const int AnswerBytesMax = 64 << 20;

    private readonly HttpClient _client;
    private readonly string _path;

    /// <summary>Makes a client. It connects when it is first used.</summary>
    /// <param name="path">The socket.</param>
    public ApiClient(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        _path = path;
        _client = new HttpClient(new SocketsHttpHandler { ConnectCallback = ConnectAsync, UseProxy = false })
        {
            BaseAddress = new Uri("http://denali" + ApiPaths.Root),
            Timeout = s_limit,
            MaxResponseContentBufferSize = AnswerBytesMax,
        };
    }

    /// <summary>Tells a part of the list of sites.</summary>
    /// <param name="filter">Which ones.</param>
    /// <param name="cursor">Where it begins: nothing, or what the part before said.</param>
    /// <param name="limit">Most sites.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The part.</returns>
    public Task<SitePage> ListAsync(
        SiteFilter filter, string cursor, int limit, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        List<string> query =
        [
            $"{ApiPaths.Limit}={limit.ToString(CultureInfo.InvariantCulture)}",
            $"{ApiPaths.After}={Uri.EscapeDataString(cursor)}",
            $"{ApiPaths.Prefix}={Uri.EscapeDataString(filter.Prefix)}",
            $"{ApiPaths.State}={filter.State}",
            $"{ApiPaths.Residence}={filter.Residence}",
        ];
        string path = $"{ApiPaths.Sites}?{string.Join('&', query)}";
        return AskAsync(HttpMethod.Get, path, ApiJson.Default.SitePage, null, cancellation);
    }

    /// <summary>Tells how all is.</summary>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>A sample.</returns>
    public Task<KernelSample> SampleAsync(CancellationToken cancellation = default) =>
        AskAsync(HttpMethod.Get, ApiPaths.Sample, ApiJson.Default.KernelSample, null, cancellation);

    /// <summary>Tells all about a site.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>All that is known.</returns>
    public Task<SiteDetail> InspectAsync(string name, CancellationToken cancellation = default) =>
        AskAsync(HttpMethod.Get, PathOf(name), ApiJson.Default.SiteDetail, null, cancellation);

    /// <summary>Tells which pages a site's VM has of its own, and what they are. The VM stays as it is.</summary>
    /// <param name="name">The site.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The pages.</returns>
    public Task<PageList> ExplainPagesAsync(string name, CancellationToken cancellation = default)
    {
        string path = $"{PathOf(name)}/{ApiPaths.Pages}";
        return AskAsync(HttpMethod.Get, path, ApiJson.Default.PageList, null, cancellation);
    }

    /// <summary>Makes a site, and waits until it serves or has failed.</summary>
    /// <param name="site">What it is to be.</param>
    /// <param name="cancellation">Gives up; the site stays.</param>
    /// <returns>How it is then.</returns>
    public Task<SiteDetail> CreateAsync(NewSite site, CancellationToken cancellation = default) => AskAsync(
        HttpMethod.Post, ApiPaths.Sites, ApiJson.Default.SiteDetail,
        JsonContent.Create(site, ApiJson.Default.NewSite), cancellation);

    /// <summary>Makes a site whose VM goes on from where another's is.</summary>
    /// <param name="name">The other.</param>
    /// <param name="newName">Its name.</param>
    /// <param name="cancellation">Gives up; the site stays.</param>
    /// <returns>How it is then.</returns>
    public Task<SiteDetail> CloneAsync(string name, string newName, CancellationToken cancellation = default)
    {
        JsonContent content = JsonContent.Create(new NewSite(newName), ApiJson.Default.NewSite);
        string path = $"{PathOf(name)}/{ApiPaths.Clone}";
        return AskAsync(HttpMethod.Post, path, ApiJson.Default.SiteDetail, content, cancellation);
    }

    /// <summary>Takes a site's slot away from its VM.</summary>
    /// <param name="name">The site.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task ParkAsync(string name, CancellationToken cancellation = default) =>
        DoAsync(HttpMethod.Post, $"{PathOf(name)}/{ApiPaths.Park}", cancellation);

    /// <summary>Takes a site's slot away from its VM, and writes what is kept of it into the swap file.</summary>
    /// <param name="name">The site.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task SwapOutAsync(string name, CancellationToken cancellation = default) =>
        DoAsync(HttpMethod.Post, $"{PathOf(name)}/{ApiPaths.SwapOut}", cancellation);

    /// <summary>Gives a site's VM a slot and lets it run once.</summary>
    /// <param name="name">The site.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task WakeAsync(string name, CancellationToken cancellation = default) =>
        DoAsync(HttpMethod.Post, $"{PathOf(name)}/{ApiPaths.Wake}", cancellation);

    /// <summary>Ends a site's VM at once. The site starts another, as after a fault.</summary>
    /// <param name="name">The site.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task KillAsync(string name, CancellationToken cancellation = default) =>
        DoAsync(HttpMethod.Post, $"{PathOf(name)}/{ApiPaths.Kill}", cancellation);

    /// <summary>Ends a site for good.</summary>
    /// <param name="name">The site.</param>
    /// <param name="cancellation">Gives up.</param>
    public Task DestroyAsync(string name, CancellationToken cancellation = default) =>
        DoAsync(HttpMethod.Delete, PathOf(name), cancellation);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static string PathOf(string name) => SiteName.IsValid(SiteName.Normalize(name))
        ? $"{ApiPaths.Sites}/{Uri.EscapeDataString(name)}"
        : throw new ControlException($"'{name}' is not the name of a site: denali ls shows them", Refusal.NotFound);

    private async Task<T> AskAsync<T>(
        HttpMethod method, string path, JsonTypeInfo<T> type, HttpContent? content, CancellationToken cancellation)
    {
        using HttpResponseMessage response =
            await SendAsync(method, path, content, cancellation).ConfigureAwait(false);
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellation).ConfigureAwait(false)
                ?? throw NotUnderstood();
        }
        catch (JsonException)
        {
            throw NotUnderstood();
        }
    }

    private async Task DoAsync(HttpMethod method, string path, CancellationToken cancellation)
    {
        using HttpResponseMessage response = await SendAsync(method, path, null, cancellation).ConfigureAwait(false);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        HttpResponseMessage response;
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            response = await _client.SendAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw Explain(e);
        }
        catch (TaskCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new ControlException($"the kernel behind '{_path}' does not answer: see whether it is busy", e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ReadErrorAsync(response, cancellation).ConfigureAwait(false);
        }
    }

    private async Task<ControlException> ReadErrorAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        Refusal refusal = (int)response.StatusCode switch
        {
            404 => Refusal.NotFound,
            409 => Refusal.Conflict,
            _ => Refusal.Invalid,
        };
        try
        {
            ApiError? error = await response.Content.ReadFromJsonAsync(ApiJson.Default.ApiError, cancellation)
                .ConfigureAwait(false);
            return error?.Error is { Length: > 0 } text ? new ControlException(text, refusal) : NotUnderstood();
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            return NotUnderstood();
        }
    }

    private ControlException NotUnderstood() => new(
        $"what listens at '{_path}' does not answer as a kernel of this version: use the denali that started it");

    private ControlException Explain(HttpRequestException exception) => exception.InnerException switch
    {
        SocketException { SocketErrorCode: SocketError.AccessDenied } => new ControlException(
            $"the socket '{_path}' is another user's: run this as that user", exception),
        SocketException or ArgumentException => new ControlException(
            $"no kernel runs behind '{_path}': start one with denali up", exception),
        _ => new ControlException(
            $"the kernel behind '{_path}' has broken off: see whether it still runs", exception),
    };

    private async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_path), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
