// SPDX-License-Identifier: MIT
using System;

namespace Denali.Control.Api;

/// <summary>Bounds on what the clients of the local socket may take. They are programs of one user.</summary>
public sealed class ApiLimits
{
    /// <summary>Most connections at a time; more are closed at once.</summary>
    public int ConnectionMax { get; init; } = 512;

    /// <summary>Most bytes of a request's content: a path or two.</summary>
    public int BodyBytesMax { get; init; } = 64 << 10;

    /// <summary>Most bytes of a request's headers.</summary>
    public int HeaderBytesMax { get; init; } = 16 << 10;

    /// <summary>How long the headers of a request may take.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may wait for the next request.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(60);
}
