// SPDX-License-Identifier: MIT
using System;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Denali.Control.Ingress;

/// <summary>What a site is asked for: path and query as the visitor wrote them.</summary>
/// <remarks>
/// Decoded and encoded again they would be another path: "%2F" and "/", "%25" and "%" are not the same to a site.
/// </remarks>
internal static class ForwardedTarget
{
    private static readonly UriCreationOptions s_asItIs = new() { DangerousDisablePathAndQueryCanonicalization = true };

    /// <summary>The address of a request to a site.</summary>
    /// <param name="context">The visitor's request, which <see cref="RequestRules"/> let through.</param>
    /// <param name="prefix">Scheme and authority of the site.</param>
    /// <returns>The address, or null where the target has no path.</returns>
    internal static Uri? Of(HttpContext context, string prefix)
    {
        string target = context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? string.Empty;
        if (!target.StartsWith('/'))
        {
            // The absolute form: a scheme, an authority, then perhaps a path.
            int authority = target.IndexOf("://", StringComparison.Ordinal) + 3;
            int path = authority < 3 ? -1 : target.AsSpan(authority).IndexOfAny('/', '?');
            if (path < 0)
            {
                return null;
            }

            string rest = target[(authority + path)..];
            target = rest[0] == '/' ? rest : "/" + rest;
        }

        return new Uri(prefix + target, s_asItIs);
    }
}
