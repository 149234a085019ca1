// SPDX-License-Identifier: MIT
using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Denali.Guests.Tests;
using Xunit;

namespace Denali.Sites.Tests.Support;

/// <summary>An nginx of the test's own that serves a directory: what an ordinary server answers.</summary>
internal sealed class Nginx : IDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-nginx-").FullName;
    private readonly Process _process;

    internal Nginx(string root)
    {
        Tool.Needs("nginx", "nginx-light");
        string path = Path.Combine(_folder, "socket");
        EndPoint = new UnixDomainSocketEndPoint(path);
        string configuration = Path.Combine(_folder, "nginx.conf");
        File.WriteAllText(configuration, Configuration(root, path));
        _process = Process.Start(new ProcessStartInfo("nginx", ["-p", _folder, "-c", configuration, "-e", "stderr"])
        {
            RedirectStandardError = true,
        })!;
        Task<string> errors = _process.StandardError.ReadToEndAsync();
        bool isUp = SpinWait.SpinUntil(() => File.Exists(path) || _process.HasExited, s_limit);
        Assert.True(isUp && !_process.HasExited, "nginx did not start" + (_process.HasExited ? errors.Result : ""));
    }

    /// <summary>Where it listens: a socket in its folder, so that no port can be taken.</summary>
    internal EndPoint EndPoint { get; }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private string Configuration(string root, string socket) =>
        $$"""
        daemon off;
        master_process off;
        pid {{_folder}}/pid;
        worker_processes 1;
        events { worker_connections 512; }
        http {
            include /etc/nginx/mime.types;
            default_type application/octet-stream;
            client_body_temp_path {{_folder}}/body;
            proxy_temp_path {{_folder}}/proxy;
            fastcgi_temp_path {{_folder}}/fastcgi;
            uwsgi_temp_path {{_folder}}/uwsgi;
            scgi_temp_path {{_folder}}/scgi;
            access_log off;
            absolute_redirect off;
            keepalive_requests 1000000;
            gzip_static on;
            server {
                listen unix:{{socket}};
                root {{root}};
                index index.html;
            }
        }
        """;
}
