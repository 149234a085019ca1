// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Security;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Sites;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace Denali.Control.Ingress;

/// <summary>
/// Where visitors come in: one server for all sites, HTTP/1.1 and with TLS HTTP/2, that takes each request to the VM of
/// the site that it names.
/// </summary>
/// <remarks>Any thread.</remarks>
public sealed class IngressServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private IngressServer(WebApplication application, IReadOnlyList<IPEndPoint> endpoints)
    {
        _application = application;
        Endpoints = endpoints;
    }

    /// <summary>Where it listens; ports that were 0 are the ones that were found.</summary>
    public IReadOnlyList<IPEndPoint> Endpoints { get; }

    /// <summary>Starts one.</summary>
    /// <param name="sites">Finds the sites.</param>
    /// <param name="options">Settings.</param>
    /// <returns>The server, which listens.</returns>
    /// <exception cref="ControlException">It cannot listen; then nothing is left of it.</exception>
    public static async Task<IngressServer> StartAsync(ISiteDirectory sites, IngressOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, options));
        if (options.Certificates is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        IngressPorts ports = options.Ports ?? IngressPorts.Take(options.Listen);
        builder.WebHost.UseSockets(sockets =>
        {
            sockets.Backlog = IngressPorts.Backlog;
            sockets.CreateBoundListenSocket = ports.Give;
        });
        builder.Services.AddHttpForwarder();

        // Signals are whoever's affair who has the whole process.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        WebApplication application = builder.Build();
        try
        {
            var router = new RequestRouter(
                sites, application.Services.GetRequiredService<IHttpForwarder>(), options);
            application.Run(router.HandleAsync);
            await application.StartAsync().ConfigureAwait(false);
            return new IngressServer(application, EndpointsOf(application));
        }
        catch (Exception e)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            ports.Dispose();
            if (e is IOException or System.Net.Sockets.SocketException or UnauthorizedAccessException)
            {
                throw new ControlException(
                    $"cannot listen on {string.Join(" and ", options.Listen)} ({e.Message}); choose another address or "
                    + "port with --listen",
                    e);
            }

            throw;
        }
    }

    /// <summary>Takes no more connections, and lets requests come to their end.</summary>
    /// <param name="cancellation">Breaks off those that have not.</param>
    public Task StopAsync(CancellationToken cancellation) => _application.StopAsync(cancellation);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static void Configure(KestrelServerOptions kestrel, IngressOptions options)
    {
        IngressLimits limits = options.Limits;
        kestrel.AddServerHeader = false;

        // Values are bytes that pass as they are; in this encoding, each is a character. A length is a number, and in
        // an encoding of our choice the server has no answer to one that is too long.
        kestrel.RequestHeaderEncodingSelector =
            name => name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase) ? null : Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.HeaderBytesMax;
        kestrel.Limits.MaxRequestLineSize = limits.RequestLineBytesMax;
        kestrel.Limits.MaxRequestHeaderCount = limits.HeaderCountMax;
        kestrel.Limits.MaxRequestBodySize = limits.BodyBytesMax;
        kestrel.Limits.MaxConcurrentConnections = limits.ConnectionMax;
        kestrel.Limits.MaxConcurrentUpgradedConnections = limits.UpgradedConnectionMax;
        kestrel.Limits.RequestHeadersTimeout = limits.HeaderTimeout;
        kestrel.Limits.KeepAliveTimeout = limits.KeepAliveTimeout;
        foreach (IPEndPoint endpoint in options.Listen)
        {
            kestrel.Listen(endpoint, listen =>
            {
                if (options.Certificates is { } certificates)
                {
                    listen.Protocols = HttpProtocols.Http1AndHttp2;
                    listen.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        OnConnection = context => ValueTask.FromResult(new SslServerAuthenticationOptions
                        {
                            ServerCertificateContext = certificates.Find(context.ClientHelloInfo.ServerName),
                        }),
                    });
                }
                else
                {
                    listen.Protocols = HttpProtocols.Http1;
                }
            });
        }
    }

    private static IPEndPoint[] EndpointsOf(WebApplication application) =>
    [
        .. application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(address => new Uri(address))
            .Select(address => new IPEndPoint(IPAddress.Parse(address.Host.Trim('[', ']')), address.Port)),
    ];
}
