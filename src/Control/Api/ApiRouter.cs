// SPDX-License-Identifier: MIT
using System;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading;
using System.Threading.Tasks;
using Denali.Control.Sites;
using Denali.Kernel;
using Microsoft.AspNetCore.Http;

namespace Denali.Control.Api;

/// <summary>Takes a request to the command that it means, and answers with JSON.</summary>
/// <remarks>Any thread.</remarks>
internal sealed class ApiRouter
{
    // A site that has not been ready for so long is told as it is; its own limits are shorter.
    private static readonly TimeSpan s_createLimit = TimeSpan.FromSeconds(60);

    private readonly SiteControl _sites;
    private readonly CancellationToken _stopping;

    internal ApiRouter(SiteControl sites, CancellationToken stopping)
    {
        _sites = sites;
        _stopping = stopping;
    }

    /// <summary>Answers a request.</summary>
    internal async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context).ConfigureAwait(false);
        }
        catch (ControlException e)
        {
            await RefuseAsync(context, StatusOf(e.Refusal), e.Message).ConfigureAwait(false);
        }
        catch (JsonException)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "the content is not the JSON that is asked for")
                .ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            await RefuseAsync(context, e.StatusCode, "the content cannot be taken: send less").ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The client has gone, or the kernel ends.
            context.Abort();
        }
    }

    private static int StatusOf(Refusal refusal) => refusal switch
    {
        Refusal.NotFound => StatusCodes.Status404NotFound,
        Refusal.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status400BadRequest,
    };

    private static Task RefuseAsync(HttpContext context, int status, string message)
    {
        if (context.Response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        context.Response.StatusCode = status;
        return WriteAsync(context, new ApiError(message), ApiJson.Default.ApiError);
    }

    private static async Task WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        byte[] content = JsonSerializer.SerializeToUtf8Bytes(value, type);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = content.Length;
        await context.Response.BodyWriter.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
    }

    private Task RouteAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        if (!path.StartsWith(ApiPaths.Root, StringComparison.Ordinal))
        {
            throw new ControlException(
                $"'{path}' is not of {ApiPaths.Root}: this kernel speaks that version only; use its own denali",
                Refusal.NotFound);
        }

        string[] parts = path[ApiPaths.Root.Length..].Split('/');
        return (context.Request.Method, parts) switch
        {
            ("GET", [ApiPaths.Sample]) => WriteAsync(context, _sites.Sample(), ApiJson.Default.KernelSample),
            ("GET", [ApiPaths.Sites]) => ListAsync(context),
            ("POST", [ApiPaths.Sites]) => MakeAsync(context, _sites.CreateAsync),
            ("GET", [ApiPaths.Sites, var name]) =>
                WriteAsync(context, _sites.Inspect(name), ApiJson.Default.SiteDetail),
            ("GET", [ApiPaths.Sites, var name, ApiPaths.Pages]) => ExplainAsync(context, name),
            ("DELETE", [ApiPaths.Sites, var name]) => DoAsync(context, _sites.DestroyAsync(name)),
            ("POST", [ApiPaths.Sites, var name, ApiPaths.Clone]) =>
                MakeAsync(context, (site, limit) => _sites.CloneAsync(name, site.Name, limit)),
            ("POST", [ApiPaths.Sites, var name, ApiPaths.Park]) => DoAsync(context, _sites.ParkAsync(name)),
            ("POST", [ApiPaths.Sites, var name, ApiPaths.SwapOut]) => DoAsync(context, _sites.SwapOutAsync(name)),
            ("POST", [ApiPaths.Sites, var name, ApiPaths.Wake]) => DoAsync(context, () => _sites.Wake(name)),
            ("POST", [ApiPaths.Sites, var name, ApiPaths.Kill]) => DoAsync(context, () => _sites.Kill(name)),
            _ => throw new ControlException(
                $"there is no {context.Request.Method} {path} here: use the denali of this kernel's version",
                Refusal.NotFound),
        };
    }

    private static async Task DoAsync(HttpContext context, Task work)
    {
        await work.ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task DoAsync(HttpContext context, Action work)
    {
        work();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private static T? ParseOption<T>(HttpContext context, string name)
        where T : struct, Enum
    {
        string? text = context.Request.Query[name];
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        return Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value)
            ? value
            : throw new ControlException(
                $"'{text}' is not a {name}: it is one of {string.Join(", ", Enum.GetNames<T>())}");
    }

    private Task ListAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string? limit = query[ApiPaths.Limit];
        int most = SiteControl.PageMax;
        if (limit is not null && !int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out most))
        {
            throw new ControlException($"'{limit}' is not a number of sites");
        }

        var filter = new SiteFilter(
            query[ApiPaths.Prefix].ToString(),
            ParseOption<SiteState>(context, ApiPaths.State),
            ParseOption<Residence>(context, ApiPaths.Residence));
        SitePage page = _sites.List(filter, query[ApiPaths.After].ToString(), most);
        return WriteAsync(context, page, ApiJson.Default.SitePage);
    }

    private async Task ExplainAsync(HttpContext context, string name)
    {
        PageList pages = await _sites.ExplainPagesAsync(name, context.RequestAborted).ConfigureAwait(false);
        await WriteAsync(context, pages, ApiJson.Default.PageList).ConfigureAwait(false);
    }

    private async Task MakeAsync(HttpContext context, Func<NewSite, CancellationToken, Task<SiteDetail>> make)
    {
        NewSite site = await JsonSerializer.DeserializeAsync(
            context.Request.Body, ApiJson.Default.NewSite, context.RequestAborted).ConfigureAwait(false)
            ?? throw new ControlException("there is no site in the content");
        if (site.Name is null)
        {
            throw new ControlException("the site has no name");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        limit.CancelAfter(s_createLimit);
        SiteDetail detail = await make(site, limit.Token).ConfigureAwait(false);
        await WriteAsync(context, detail, ApiJson.Default.SiteDetail).ConfigureAwait(false);
    }
}
