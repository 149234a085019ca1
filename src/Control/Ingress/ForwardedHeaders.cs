// SPDX-License-Identifier: MIT
using System.Net.Http;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Denali.Control.Ingress;

/// <summary>
/// Makes a visitor's request one to a VM: the same, with who asks, how and for which host. What the visitor says of
/// that himself does not get through: the ingress is the first that a site can believe.
/// </summary>
internal sealed class ForwardedHeaders : HttpTransformer
{
    private const string For = "X-Forwarded-For";
    private const string Proto = "X-Forwarded-Proto";
    private const string Host = "X-Forwarded-Host";
    private const string Standard = "Forwarded";

    /// <inheritdoc/>
    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext,
        HttpRequestMessage proxyRequest,
        string destinationPrefix,
        CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken)
            .ConfigureAwait(false);
        proxyRequest.RequestUri = ForwardedTarget.Of(httpContext, destinationPrefix);
        string host = httpContext.Request.Host.Value ?? string.Empty;
        proxyRequest.Headers.Host = host;
        Set(proxyRequest, For, httpContext.Connection.RemoteIpAddress?.ToString() ?? "unknown");
        Set(proxyRequest, Proto, httpContext.Request.Scheme);
        Set(proxyRequest, Host, host);
        _ = proxyRequest.Headers.Remove(Standard);
    }

    private static void Set(HttpRequestMessage request, string name, string value)
    {
        _ = request.Headers.Remove(name);
        _ = request.Headers.TryAddWithoutValidation(name, value);
    }
}
