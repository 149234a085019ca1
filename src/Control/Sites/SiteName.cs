// SPDX-License-Identifier: MIT
using System;
using System.Buffers;

namespace Denali.Control.Sites;

/// <summary>
/// Names of sites, which are host names. One without a dot is found as NAME and as NAME.localhost, which browsers and
/// resolvers take for this machine (RFC 6761, 6.3); one with a dot is found as it is.
/// </summary>
public static class SiteName
{
    /// <summary>Most characters of a name (RFC 1035, 2.3.4), the final dot left out.</summary>
    public const int LengthMax = 253;

    private const int LabelMax = 63;
    private const string LocalSuffix = ".localhost";

    private static readonly SearchValues<char> s_labelCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-");

    /// <summary>Whether a text can be a name: labels of letters, digits and inner hyphens (RFC 1123, 2.1).</summary>
    /// <param name="name">The text.</param>
    /// <returns>True if so.</returns>
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        if (name.Length > LengthMax)
        {
            return false;
        }

        foreach (Range range in name.Split('.'))
        {
            ReadOnlySpan<char> label = name[range];
            if (label.Length is 0 or > LabelMax || label[0] == '-' || label[^1] == '-'
                || label.ContainsAnyExcept(s_labelCharacters))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The form in which names are compared: small letters, no final dot, NAME for NAME.localhost.</summary>
    /// <param name="host">A name, or the host of a request without its port.</param>
    /// <returns>That form.</returns>
    public static string Normalize(string host)
    {
        ArgumentNullException.ThrowIfNull(host);
        string name = (host.EndsWith('.') ? host[..^1] : host).ToLowerInvariant();
        int end = name.Length - LocalSuffix.Length;
        return end > 0 && name.EndsWith(LocalSuffix, StringComparison.Ordinal) && !name.AsSpan(0, end).Contains('.')
            ? name[..end]
            : name;
    }

    /// <summary>The host under which people find a site.</summary>
    /// <param name="name">Its name, normalized.</param>
    /// <returns>The host.</returns>
    public static string HostOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.Contains('.', StringComparison.Ordinal) ? name : name + LocalSuffix;
    }
}
