// SPDX-License-Identifier: MIT
using System;

namespace Denali.Control.Ingress;

/// <summary>Bounds on what visitors and sites may take of the ingress.</summary>
public sealed class IngressLimits
{
    /// <summary>Bytes of a request's header fields: what the web guest takes as well.</summary>
    public int HeaderBytesMax { get; init; } = 16_384;

    /// <summary>Bytes of a request's first line: what the web guest takes as well.</summary>
    public int RequestLineBytesMax { get; init; } = 8192;

    /// <summary>Header fields of a request; the ingress adds some before the web guest counts them.</summary>
    public int HeaderCountMax { get; init; } = 90;

    /// <summary>Bytes of a request's content. Sites of files need none; other guests may want some.</summary>
    public long BodyBytesMax { get; init; } = 16 << 20;

    /// <summary>Connections of visitors. Each takes a descriptor and some tens of kilobytes.</summary>
    public long ConnectionMax { get; init; } = 16_384;

    /// <summary>Requests of all sites that may be under way.</summary>
    public int RequestMax { get; init; } = 8192;

    /// <summary>Requests of one site that may be under way, so that a busy site leaves room for the others.</summary>
    public int RequestPerSiteMax { get; init; } = 512;

    /// <summary>Connections that have become something else, such as WebSockets.</summary>
    public long UpgradedConnectionMax { get; init; } = 4096;

    /// <summary>How long the header of a request may take.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a visitor's connection is kept that asks for nothing.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>How long a site may be silent in the middle of a request; then the visitor gets status 504.</summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
