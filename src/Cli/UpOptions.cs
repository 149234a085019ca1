// SPDX-License-Identifier: MIT
using System.Collections.Generic;
using System.Net;
using Denali.Control.Sites;

namespace Denali.Cli;

/// <summary>What the user asked of <c>denali up</c>.</summary>
internal sealed class UpOptions
{
    /// <summary>The sites of the command line; without any and without a file, the demo sites.</summary>
    internal IReadOnlyList<SiteDefinition> Sites { get; init; } = [];

    /// <summary>A file with more of them, or null.</summary>
    internal string? SitesFile { get; init; }

    /// <summary>How many sites that are alike there are to be; null for those that were kept.</summary>
    internal int? UniformCount { get; init; }

    /// <summary>Full path of the directory that these serve; null for what was kept, or a demo site's.</summary>
    internal string? UniformDirectory { get; init; }

    /// <summary>Where to listen.</summary>
    internal IReadOnlyList<IPEndPoint> Listen { get; init; } = [];

    /// <summary>Whether to speak TLS.</summary>
    internal bool IsTls { get; init; }

    /// <summary>The certificate's file, or null for a self-signed one.</summary>
    internal string? CertificatePath { get; init; }

    /// <summary>Name of a TAP interface that joins the virtual LAN to Linux, or null.</summary>
    internal string? TapName { get; init; }

    /// <summary>Memory size of a VM in bytes, 0 for what the image asks for.</summary>
    internal ulong MemoryBytes { get; init; }

    /// <summary>The folder of what is to be there after a restart, or null for none.</summary>
    internal string? StatePath { get; init; }

    /// <summary>What it may take of the machine.</summary>
    internal required UpLimits Limits { get; init; }

    /// <summary>Where to listen for the other commands.</summary>
    internal required string SocketPath { get; init; }

    /// <summary>Whether to tell what happens as JSON.</summary>
    internal bool IsJson { get; init; }

    /// <summary>Whether to tell of each request.</summary>
    internal bool IsLogged { get; init; }
}
