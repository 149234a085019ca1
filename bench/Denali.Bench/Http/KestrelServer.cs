// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Denali.Bench.Http;

/// <summary>Kestrel with ASP.NET Core's static files: this program again, in a process of its own.</summary>
internal static class KestrelServer
{
    /// <summary>The hidden command that is it.</summary>
    internal const string Command = "kestrel";

    /// <summary>Starts it.</summary>
    internal static ServerProcess Serve(NamespaceThread home, WebContent content, IPEndPoint endpoint)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Command, content.Site, endpoint.ToString()]);

        // What a server is run with; the benchmarks themselves are not.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        start.Environment["DOTNET_TieredPGO"] = "1";
        return new ServerProcess(home, start, endpoint, "bench");
    }

    /// <summary>Runs it until the process is ended.</summary>
    internal static void Run(string folder, string endpoint)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPEndPoint.Parse(endpoint)));
        using WebApplication application = builder.Build();
        using var files = new PhysicalFileProvider(folder);
        application.UseStaticFiles(new StaticFileOptions { FileProvider = files });
        application.Run();
    }
}
