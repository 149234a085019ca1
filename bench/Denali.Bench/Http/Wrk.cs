// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;
using System.Threading.Tasks;

namespace Denali.Bench.Http;

/// <summary>The client of all servers: wrk, in the network namespace of a thread.</summary>
/// <param name="home">That thread.</param>
/// <param name="content">Where its script may lie.</param>
internal sealed class Wrk(NamespaceThread home, WebContent content)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly string _program = ServerProcess.Find("wrk", "wrk");

    /// <summary>Asks servers for a file, as fast as they answer.</summary>
    /// <param name="load">What is asked for, and on how many connections in all.</param>
    /// <param name="servers">Whom: a thread for each of them.</param>
    /// <param name="host">The host name that is asked for.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="threads">Threads; if there are more than servers, servers get several.</param>
    internal WrkResult Run(
        HttpCase load, IReadOnlyList<IPEndPoint> servers, string host, int seconds = 1, int threads = 1)
    {
        string script = Path.Combine(content.Folder, "wrk.lua");
        File.WriteAllText(script, WrkResult.Script + Spread(servers));
        string[] close = load.IsShort ? ["-H", "Connection: close"] : [];
        string[] arguments =
        [
            $"-t{threads}", $"-c{Math.Max(load.Connections, threads)}", $"-d{seconds}s", "--timeout", "10s",
            "-s", script, "-H", $"Host: {host}", .. close, $"http://{servers[0]}{load.Path}",
        ];
        string output = "";
        home.Invoke(() => output = Run(arguments));
        WrkResult result = WrkResult.Parse(output);
        if (result.Errors > 0)
        {
            string what = $"{result.Errors} errors in {result.Requests} answers";
            BenchmarkContext.Progress($"{load.Name}, {servers[0]}: {what}");
        }

        return result;
    }

    /// <summary>Gives wrk's threads their servers in turn.</summary>
    private static string Spread(IReadOnlyList<IPEndPoint> servers)
    {
        if (servers.Count == 1)
        {
            return "";
        }

        IEnumerable<string> addresses = servers.Select(server => $"{{\"{server.Address}\", \"{server.Port}\"}}");
        return $$"""
            local servers = { {{string.Join(", ", addresses)}} }
            local count = 0
            setup = function(thread)
                local server = servers[count % #servers + 1]
                count = count + 1
                thread.addr = wrk.lookup(server[1], server[2])[1]
            end

            """;
    }

    private string Run(string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(_program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(s_patience))
        {
            process.Kill();
        }

        return output.Result + errors.Result;
    }
}
