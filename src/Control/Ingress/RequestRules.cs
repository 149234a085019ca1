// SPDX-License-Identifier: MIT
using System;
using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace Denali.Control.Ingress;

/// <summary>
/// Refuses what the framework lets through although two servers could read it differently, or the framework itself
/// would on its way to a site.
/// </summary>
internal static class RequestRules
{
    // Under this name the framework puts a length away that came with a transfer coding.
    private const string DroppedLength = "X-Content-Length";

    // What may be in a target (RFC 3986), generously: no controls, no blank, no fragment, nothing above ASCII.
    private static readonly SearchValues<char> s_targetCharacters = SearchValues.Create(
        "!\"$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>Looks at a request.</summary>
    /// <param name="context">The request.</param>
    /// <returns>What to answer, or a status of 0 if nothing is wrong.</returns>
    internal static (int Status, string Text) Check(HttpContext context)
    {
        HttpRequest request = context.Request;
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        if (target.AsSpan().ContainsAnyExcept(s_targetCharacters))
        {
            return (StatusCodes.Status400BadRequest, "the target has characters that must be encoded");
        }

        // Methods are case-sensitive (RFC 9110 section 9.1), but "head" would go on as HEAD.
        if (HttpMethods.GetCanonicalizedValue(request.Method) != request.Method)
        {
            return (StatusCodes.Status400BadRequest, "methods are written in capitals");
        }

        // No site is a way to elsewhere; a WebSocket over HTTP/2 only looks like it (RFC 8441).
        if (HttpMethods.IsConnect(request.Method)
            && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true })
        {
            return (StatusCodes.Status405MethodNotAllowed, "there is no way on from here");
        }

        StringValues coding = request.Headers.TransferEncoding;
        return coding.Count == 0 ? default : CheckCoding(request, coding);
    }

    private static (int Status, string Text) CheckCoding(HttpRequest request, StringValues coding) =>
        coding.Count != 1 || !"chunked".Equals(coding[0], StringComparison.OrdinalIgnoreCase)
            ? (StatusCodes.Status501NotImplemented, "no transfer coding but chunked is known here")
        : HttpProtocol.IsHttp10(request.Protocol) || request.Headers.ContainsKey(DroppedLength)
            ? (StatusCodes.Status400BadRequest, "the length of the content is told in two ways")
        : default;
}
