// SPDX-License-Identifier: MIT
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net;

namespace Denali.Bench.Http;

/// <summary>nginx with one worker, tuned for small files that do not change, or in front of another server.</summary>
internal static class NginxServer
{
    /// <summary>Starts one that serves files.</summary>
    internal static ServerProcess Serve(NamespaceThread home, WebContent content, IPEndPoint endpoint) =>
        Start(home, content, endpoint, $"root {content.Site};", "");

    /// <summary>Starts one that asks another server.</summary>
    internal static ServerProcess Forward(
        NamespaceThread home, WebContent content, IPEndPoint endpoint, IPEndPoint server) =>
        Start(
            home,
            content,
            endpoint,
            """
            location / {
                        proxy_pass http://behind;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                        proxy_set_header Host $host;
                        proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                        proxy_set_header X-Forwarded-Proto $scheme;
                    }
            """,
            string.Create(
                CultureInfo.InvariantCulture,
                $"upstream behind {{ server {server}; keepalive 512; keepalive_requests 1000000000; }}"));

    /// <summary>The configuration; nothing of it lies outside of the folder.</summary>
    internal static string Configuration(string folder, IPEndPoint endpoint, string what, string upstream) =>
        $$"""
        daemon off;
        master_process on;
        worker_processes 1;
        worker_rlimit_nofile 16384;
        pid {{folder}}/nginx.pid;
        error_log stderr crit;
        events {
            worker_connections 8192;
            multi_accept on;
        }
        http {
            types { application/octet-stream bin; }
            access_log off;
            sendfile on;
            tcp_nopush on;
            tcp_nodelay on;
            keepalive_requests 1000000000;
            keepalive_timeout 75s;
            open_file_cache max=1024 inactive=600s;
            open_file_cache_valid 600s;
            open_file_cache_min_uses 1;
            client_body_temp_path {{folder}};
            proxy_temp_path {{folder}};
            fastcgi_temp_path {{folder}};
            uwsgi_temp_path {{folder}};
            scgi_temp_path {{folder}};
            {{upstream}}
            server {
                listen {{endpoint}} backlog=4096;
                {{what}}
            }
        }

        """;

    private static ServerProcess Start(
        NamespaceThread home, WebContent content, IPEndPoint endpoint, string what, string upstream)
    {
        string program = ServerProcess.Find("nginx", "nginx-light");
        string folder = Directory.CreateDirectory(Path.Combine(content.Folder, $"nginx-{endpoint}")).FullName;
        string path = Path.Combine(folder, "nginx.conf");
        File.WriteAllText(path, Configuration(folder, endpoint, what, upstream));

        // nginx's workers are nobody's unless told otherwise, and nobody may not look into the folder.
        string[] arguments = ["-c", path, "-p", folder, "-e", "stderr", "-g", "user root;"];
        return new ServerProcess(home, new ProcessStartInfo(program, arguments), endpoint, "bench");
    }
}
