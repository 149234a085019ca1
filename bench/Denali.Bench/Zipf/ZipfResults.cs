// SPDX-License-Identifier: MIT
using System.Collections.Generic;

namespace Denali.Bench.Zipf;

/// <summary>What was measured: by number of pages, distribution and server.</summary>
internal sealed class ZipfResults
{
    private readonly Dictionary<(int Size, double Alpha, string Server), ZipfResult> _results = [];
    private readonly List<string> _servers = [];

    /// <summary>The servers, in the order in which they came.</summary>
    internal IReadOnlyList<string> Servers => _servers;

    internal void Add(int size, double alpha, string server, ZipfResult result)
    {
        _results.Add((size, alpha, server), result);
        if (!_servers.Contains(server))
        {
            _servers.Add(server);
        }
    }

    /// <summary>A result; null if that was not measured.</summary>
    internal ZipfResult? Find(int size, double alpha, string server) =>
        _results.GetValueOrDefault((size, alpha, server));
}
