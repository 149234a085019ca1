// SPDX-License-Identifier: MIT
using System;
using System.Net;

namespace Denali.Cli;

/// <summary>A value of <c>--listen</c>.</summary>
internal static class ListenOption
{
    /// <summary>The port without the option.</summary>
    internal const int DefaultPort = 8080;

    /// <summary>Reads <c>ADDRESS:PORT</c>, or <c>PORT</c> for the loopback address.</summary>
    /// <exception cref="UsageException">It is something else.</exception>
    internal static IPEndPoint Parse(string text)
    {
        bool isPort = !text.Contains(':', StringComparison.Ordinal) && !text.Contains('.', StringComparison.Ordinal);
        string whole = isPort ? $"{IPAddress.Loopback}:{text}" : text;

        // Without its port an IPv6 address would pass for one with port 0.
        bool hasPort = whole.LastIndexOf(':') > whole.LastIndexOf(']') && (whole.StartsWith('[')
            || whole.IndexOf(':', StringComparison.Ordinal) == whole.LastIndexOf(':'));
        return hasPort && IPEndPoint.TryParse(whole, out IPEndPoint? endpoint)
            ? endpoint
            : throw new UsageException(
                $"'{text}' is not an address to listen on: write ADDRESS:PORT, as in 127.0.0.1:8080 or [::]:80");
    }
}
