// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Net;

namespace Denali.Control.Ingress;

/// <summary>Settings of an <see cref="IngressServer"/>.</summary>
public sealed class IngressOptions
{
    /// <summary>Where to listen. A port of 0 is one that is free.</summary>
    public required IReadOnlyList<IPEndPoint> Listen { get; init; }

    /// <summary>The same, if they were taken before; null to take them at the start.</summary>
    public IngressPorts? Ports { get; init; }

    /// <summary>Certificates for TLS, or null for no TLS. With it HTTP/2 is spoken to those who ask for it.</summary>
    public IngressCertificates? Certificates { get; init; }

    /// <summary>Bounds on what visitors may take.</summary>
    public IngressLimits Limits { get; init; } = new();

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Counts how long requests take, or null.</summary>
    public LatencyWindow? Latency { get; init; }

    /// <summary>Is told of each request that was answered, or null. Any thread; must neither block nor throw.</summary>
    public Action<AccessLogEntry>? OnRequest { get; init; }
}
