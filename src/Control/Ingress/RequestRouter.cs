// SPDX-License-Identifier: MIT
using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Sites;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;

namespace Denali.Control.Ingress;

/// <summary>Takes a request to the VM of the site that it names, or answers why not.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class RequestRouter
{
    private const int RetrySeconds = 1;

    private readonly ISiteDirectory _sites;
    private readonly IHttpForwarder _forwarder;
    private readonly IngressOptions _options;
    private readonly ForwardedHeaders _headers = new();
    private readonly ForwarderRequestConfig _config;
    private int _requestsUnderWay;

    internal RequestRouter(ISiteDirectory sites, IHttpForwarder forwarder, IngressOptions options)
    {
        _sites = sites;
        _forwarder = forwarder;
        _options = options;
        _config = new ForwarderRequestConfig
        {
            ActivityTimeout = options.Limits.ActivityTimeout,
            Version = HttpVersion.Version11,
            VersionPolicy = System.Net.Http.HttpVersionPolicy.RequestVersionExact,
        };
    }

    /// <summary>Answers a request.</summary>
    internal async Task HandleAsync(HttpContext context)
    {
        long start = _options.Time.GetTimestamp();
        try
        {
            if (Interlocked.Increment(ref _requestsUnderWay) <= _options.Limits.RequestMax)
            {
                await RouteAsync(context).ConfigureAwait(false);
            }
            else
            {
                await RefuseAsync(context, "too many requests are under way; try again").ConfigureAwait(false);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _requestsUnderWay);
            TimeSpan took = _options.Time.GetElapsedTime(start);
            _options.Latency?.Add(took);
            _options.OnRequest?.Invoke(Describe(context, took));
        }
    }

    private static Task RefuseAsync(HttpContext context, string text) =>
        PlainPage.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, text, RetrySeconds);

    private static AccessLogEntry Describe(HttpContext context, TimeSpan duration) => new(
        context.Connection.RemoteIpAddress?.ToString() ?? string.Empty,
        context.Request.Host.Value ?? string.Empty,
        context.Request.Method,
        context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty,
        context.Request.Protocol,
        context.Response.StatusCode,
        context.Response.ContentLength,
        duration);

    private async Task RouteAsync(HttpContext context)
    {
        if (RequestRules.Check(context) is { Status: not 0 } refusal)
        {
            await PlainPage.WriteAsync(context, refusal.Status, refusal.Text, isLast: true).ConfigureAwait(false);
            return;
        }

        if (_sites.Find(context.Request.Host.Host) is not { } site)
        {
            await PlainPage.WriteAsync(
                context, StatusCodes.Status404NotFound, "there is no site of this name here").ConfigureAwait(false);
            return;
        }

        bool isFacts = context.Request.Path.Equals(SiteFacts.Path, StringComparison.Ordinal);
        if (!site.TryEnter(_options.Limits.RequestPerSiteMax))
        {
            await RefuseAsync(context, "the site has too many visitors; try again").ConfigureAwait(false);
            return;
        }

        try
        {
            if (isFacts)
            {
                await TellFactsAsync(context, site).ConfigureAwait(false);
            }
            else if (site.Machine is { } machine)
            {
                await ForwardAsync(context, machine).ConfigureAwait(false);
            }
            else
            {
                await RefuseAsync(context, Explain(site.State)).ConfigureAwait(false);
            }
        }
        finally
        {
            site.Leave();
        }
    }

    private Task TellFactsAsync(HttpContext context, Site site)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return PlainPage.WriteAsync(
                context, StatusCodes.Status405MethodNotAllowed, "facts can only be asked for");
        }

        context.Response.Headers.CacheControl = "no-store";
        return PlainPage.WriteAsync(context, "application/json", SiteFacts.Write(site, _options.Time));
    }

    private async Task ForwardAsync(HttpContext context, SiteMachine machine)
    {
        ForwarderError error = await _forwarder.SendAsync(
            context, machine.Address, machine.Client, _config, _headers, machine.Ended).ConfigureAwait(false);
        if (error == ForwarderError.None || context.RequestAborted.IsCancellationRequested)
        {
            return;
        }

        int status = context.Response.StatusCode;
        (status, string text) = error switch
        {
            _ when machine.Ended.IsCancellationRequested =>
                (StatusCodes.Status502BadGateway, "the site has failed while it answered"),
            ForwarderError.RequestTimedOut or ForwarderError.UpgradeActivityTimeout =>
                (StatusCodes.Status504GatewayTimeout, "the site does not answer"),
            ForwarderError.RequestBodyClient =>
                (status >= StatusCodes.Status400BadRequest ? status : StatusCodes.Status400BadRequest,
                    "the content of the request cannot be taken"),
            _ => (StatusCodes.Status502BadGateway, "the site cannot be reached, or what it answers makes no sense"),
        };
        await PlainPage.WriteAsync(context, status, text).ConfigureAwait(false);
    }

    private static string Explain(SiteState state) => state switch
    {
        SiteState.Starting => "the site is starting; try again",
        SiteState.Stopped => "the site is being ended",
        _ => "the site has failed and is being started again",
    };
}
