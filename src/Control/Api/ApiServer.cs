// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Ingress;
using Denali.Control.Sites;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Denali.Control.Api;

/// <summary>Takes commands of the kernel's own user over a local socket: HTTP/1.1 with JSON.</summary>
/// <remarks>Any thread.</remarks>
public sealed class ApiServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly KernelSocket _socket;

    private ApiServer(WebApplication application, KernelSocket socket)
    {
        _application = application;
        _socket = socket;
    }

    /// <summary>Starts one.</summary>
    /// <param name="sites">What is commanded.</param>
    /// <param name="socket">Where it listens; goes with the server.</param>
    /// <param name="limits">Bounds, or null for the usual ones.</param>
    /// <returns>The server, which listens.</returns>
    /// <exception cref="ControlException">It cannot listen; then nothing is left of it.</exception>
    public static async Task<ApiServer> StartAsync(SiteControl sites, KernelSocket socket, ApiLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(socket);
        limits ??= new ApiLimits();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, socket, limits));
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        WebApplication application = builder.Build();
        try
        {
            var router = new ApiRouter(sites, application.Lifetime.ApplicationStopping);
            application.Run(router.HandleAsync);
            await application.StartAsync().ConfigureAwait(false);
            File.SetUnixFileMode(socket.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            return new ApiServer(application, socket);
        }
        catch (Exception e)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            if (e is IOException or SocketException or UnauthorizedAccessException)
            {
                throw new ControlException(
                    $"the local socket '{socket.Path}' cannot be made ({e.Message}): name another path with --socket",
                    e);
            }

            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    /// <summary>Takes no more commands, and lets those under way come to their end.</summary>
    /// <param name="cancellation">Breaks off those that have not.</param>
    public Task StopAsync(CancellationToken cancellation) => _application.StopAsync(cancellation);

    private static void Configure(KestrelServerOptions kestrel, KernelSocket socket, ApiLimits limits)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = limits.ConnectionMax;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
        kestrel.Limits.MaxRequestBodySize = limits.BodyBytesMax;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytesMax;
        kestrel.Limits.MaxRequestLineSize = limits.HeaderBytesMax;
        kestrel.Limits.RequestHeadersTimeout = limits.HeaderTimeout;
        kestrel.Limits.KeepAliveTimeout = limits.KeepAliveTimeout;
        kestrel.ListenUnixSocket(socket.Path, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Use(next => connection => IsOwn(connection) ? next(connection) : Task.CompletedTask);
        });
    }

    // The file's mode keeps others out. This does so too where the file was made with another one.
    private static bool IsOwn(ConnectionContext connection)
    {
        if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is not { } socket)
        {
            return false;
        }

        return PeerCredentials.UserOf(socket) is { } user && user == OwnUser.Id;
    }
}
