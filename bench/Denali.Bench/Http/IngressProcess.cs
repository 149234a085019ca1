// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Net;

namespace Denali.Bench.Http;

/// <summary>The command <c>denali up</c>, as a user starts it: a VM behind the ingress.</summary>
internal static class IngressProcess
{
    /// <summary>The host name of its site.</summary>
    internal const string Host = "bench";

    /// <summary>Starts it.</summary>
    internal static ServerProcess Serve(NamespaceThread home, WebContent content, IPEndPoint endpoint)
    {
        string[] arguments =
            ["up", "--no-state", "--site", $"{Host}={content.Site}", "--listen", endpoint.ToString()];
        var start = new ProcessStartInfo(FindCommand(), arguments);
        start.Environment["XDG_CACHE_HOME"] = Path.Combine(content.Folder, "cache");

        // Beside a kernel that the user runs.
        start.Environment["XDG_RUNTIME_DIR"] = Path.Combine(content.Folder, "run");
        return new ServerProcess(home, start, endpoint, Host);
    }

    /// <summary>The command that was built last: published, or beside this program.</summary>
    private static string FindCommand()
    {
        List<string> found = [];
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            found.AddRange(((string[])["publish", "bin"])
                .Select(kind => Path.Combine(folder.FullName, kind, "denali", "release", "denali"))
                .Where(File.Exists));
        }

        return found.MaxBy(path => File.GetLastWriteTimeUtc(Path.ChangeExtension(path, ".dll")))
            ?? throw new FileNotFoundException("the command is not built: start the benchmark with ./denali bench");
    }
}
