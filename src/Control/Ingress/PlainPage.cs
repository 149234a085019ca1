// SPDX-License-Identifier: MIT
using System;
using System.Text;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Denali.Control.Ingress;

/// <summary>Answers of the ingress itself: a line of text.</summary>
internal static class PlainPage
{
    /// <summary>Answers a request, unless an answer has begun: then the connection is broken off.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="text">What the visitor should know; nothing that came from him.</param>
    /// <param name="retryAfterSeconds">When to come again, 0 for nothing to say.</param>
    /// <param name="isLast">Whether nothing that follows on this connection may be believed.</param>
    internal static Task WriteAsync(
        HttpContext context, int status, string text, int retryAfterSeconds = 0, bool isLast = false)
    {
        HttpResponse response = context.Response;
        if (response.HasStarted)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        response.Clear();
        response.StatusCode = status;
        if (retryAfterSeconds > 0)
        {
            response.Headers.RetryAfter = retryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        // Requests over HTTP/2 come each in a stream of its own.
        if (isLast && !HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            response.Headers.Connection = "close";
        }

        response.Headers.CacheControl = "no-store";
        return WriteAsync(
            context,
            "text/plain; charset=utf-8",
            Encoding.UTF8.GetBytes($"{status} {ReasonPhrases.GetReasonPhrase(status)}: {text}\n"));
    }

    /// <summary>Sends a small content, or for HEAD its length.</summary>
    internal static async Task WriteAsync(HttpContext context, string type, ReadOnlyMemory<byte> content)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = content.Length;

        // As the server itself compares: to it, "Head" is another method, whose answer has content.
        if (context.Request.Method != HttpMethods.Head)
        {
            await context.Response.BodyWriter.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
        }
    }
}
