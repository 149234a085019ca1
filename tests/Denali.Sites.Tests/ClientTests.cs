// SPDX-License-Identifier: MIT
using System;
using System.IO;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Denali.Guests.Tests;
using Denali.Kernel.Tests.Fakes;
using Denali.Sites.Tests.Support;
using Xunit;

namespace Denali.Sites.Tests;

/// <summary>The clients that people use, against <c>denali up</c>: through the ingress, and over TAP.</summary>
public sealed partial class ClientTests : IDisposable
{
    private const string Host = SitesProcess.Name + ".localhost";
    private const int Requests = 2000;

    private readonly string _folder = Directory.CreateTempSubdirectory("denali-clients-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Curl_RangeResumeAndHead_GetTheFile(bool overTap) => Serve("curl", "curl", overTap, (tree, server) =>
    {
        byte[] content = File.ReadAllBytes(Path.Combine(tree.Content, "medium.bin"));
        string url = $"http://{server}/medium.bin";
        string curl = $"-s -S -f --http1.1 -H Host:{Host}";

        Assert.Equal(content, Tool.Run("curl", $"{curl} {url}"));
        Assert.Equal(content[1000..2000], Tool.Run("curl", $"{curl} -r 1000-1999 {url}"));
        Assert.Equal(content[^77..], Tool.Run("curl", $"{curl} -r -77 {url}"));
        Assert.Contains("206", Tool.Text("curl", $"{curl} -r 0-1,5-6 -o /dev/null -w %{{http_code}} {url}"),
            StringComparison.Ordinal);

        string part = Path.Combine(_folder, "part");
        File.WriteAllBytes(part, content[..70_001]);
        _ = Tool.Run("curl", $"{curl} -C - -o {part} {url}");
        Assert.Equal(content, File.ReadAllBytes(part));

        Assert.Contains($"Content-Length: {content.Length}", Tool.Text("curl", $"{curl} -I {url}"),
            StringComparison.Ordinal);
        Assert.Equal(
            File.ReadAllText(Path.Combine(tree.Content, "packed.html")),
            Tool.Text("curl", $"{curl} --compressed http://{server}/packed.html"));
        string stamp = Path.Combine(_folder, "stamp");
        File.WriteAllText(stamp, "");
        Assert.Equal("304", Tool.Text("curl", $"{curl} -z {stamp} -o /dev/null -w %{{http_code}} {url}"));
    });

    [Fact]
    public void Curl_WithTlsAndHttp2_GetsTheFile() => Serve("curl", "curl", overTap: false, (tree, server) =>
    {
        byte[] content = File.ReadAllBytes(Path.Combine(tree.Content, "medium.bin"));
        string url = $"https://{Host}:{server.Port}/medium.bin";
        string curl = $"-s -S -f -k --resolve {Host}:{server.Port}:127.0.0.1";

        Assert.Equal("2", Tool.Text("curl", $"{curl} -o /dev/null -w %{{http_version}} {url}"));
        Assert.Equal("1.1", Tool.Text("curl", $"{curl} --http1.1 -o /dev/null -w %{{http_version}} {url}"));
        Assert.Equal(content, Tool.Run("curl", $"{curl} {url}"));
        Assert.Equal(content[5000..], Tool.Run("curl", $"{curl} -r 5000- {url}"));
        Assert.Equal(
            new string('2', 50),
            Tool.Text("curl", $"{curl} -Z -o /dev/null -w %{{http_version}} {url}?[1-50]"));
    }, "--tls");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wget_Mirror_HasEveryFile(bool overTap) => Serve("wget", "wget", overTap, (tree, server) =>
    {
        string copy = Path.Combine(_folder, "copy");
        string wget = $"-q --mirror -nH -e robots=off --header=Host:{Host} -P {copy}";
        _ = Tool.Run("wget", $"{wget} http://{server}/links.html");

        string[] paths = SampleTree.PathsOf(Path.Combine(tree.Content, "pages"));
        Assert.Equal(paths, SampleTree.PathsOf(Path.Combine(copy, "pages")));
        Assert.All(paths, path =>
        {
            Assert.Equal(File.ReadAllBytes(tree.Content + "/pages" + path), File.ReadAllBytes(copy + "/pages" + path));
            Assert.Equal(SampleTree.Modified, File.GetLastWriteTimeUtc(copy + "/pages" + path));
        });
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Wrk_ForAWhile_MeetsNoError(bool overTap) => Serve("wrk", "wrk", overTap, (_, server) =>
    {
        string report = Tool.Text("wrk", $"-t1 -c64 -d2s --timeout 20s -H \"Host: {Host}\" http://{server}/file.txt");

        Assert.DoesNotContain("Socket errors", report, StringComparison.Ordinal);
        Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
        Assert.True(long.Parse(RequestCount().Match(report).Groups[1].Value, null) > 100, report);
    });

    [Theory]
    [InlineData(false, "")]
    [InlineData(false, "-k")]
    [InlineData(true, "")]
    [InlineData(true, "-k")]
    public void Ab_ManyRequests_AllSucceed(bool overTap, string keepAlive) =>
        Serve("ab", "apache2-utils", overTap, (_, server) =>
        {
            string report = Tool.Text(
                "ab", $"-q {keepAlive} -n {Requests} -c 32 -H Host:{Host} http://{server}/file.txt");

            Assert.Matches($@"Complete requests: +{Requests}\n", report);
            Assert.Matches(@"Failed requests: +0\n", report);
            Assert.DoesNotContain("Non-2xx", report, StringComparison.Ordinal);
            Assert.Matches(@"Document Length: +900 bytes", report);
        });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Httperf_Connections_AllReply(bool overTap) => Serve("httperf", "httperf", overTap, (_, server) =>
    {
        string report = Tool.Text(
            "httperf",
            $"--hog --server {server.Address} --port {server.Port} --server-name {Host} --uri /file.txt "
            + "--num-conns 200 --num-calls 5 --rate 400 --timeout 20");

        Assert.Contains("Total: connections 200 requests 1000 replies 1000 ", report, StringComparison.Ordinal);
        Assert.Contains("Reply status: 1xx=0 2xx=1000 3xx=0 4xx=0 5xx=0", report, StringComparison.Ordinal);
        Assert.Contains("Errors: total 0 ", report, StringComparison.Ordinal);
    });

    [Fact]
    public void H2load_ManyStreams_AllSucceed() => Serve("h2load", "nghttp2-client", overTap: false, (_, server) =>
    {
        string report = Tool.Text(
            "h2load", $"-n {Requests} -c 4 -m 32 -H :authority:{Host} https://{server}/file.txt");

        Assert.Contains($"{Requests} succeeded, 0 failed, 0 errored, 0 timeout", report, StringComparison.Ordinal);
        Assert.Contains($"status codes: {Requests} 2xx", report, StringComparison.Ordinal);
        Assert.Contains("Application protocol: h2", report, StringComparison.Ordinal);
    }, "--tls");

    [Fact]
    [Trait("Speed", "Slow")]
    public void Chromium_PageWithImagesStylesAndScripts_IsShown()
    {
        Tool.Needs("chromium", "chromium");
        PrivateNetwork.Run(() =>
        {
            using var tree = new SampleTree();
            Fill(tree);
            PrivateNetwork.Configure("link set lo up");
            using SitesProcess sites = SitesProcess.Start(tree.Content, "--access-log");
            string picture = Path.Combine(_folder, "page.png");
            string options = "--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking "
                + $"--disable-component-update --window-size=640,400 --user-data-dir={_folder}/profile "
                + "--virtual-time-budget=5000";

            string page = Tool.Text("chromium", $"{options} --dump-dom {sites.Url}page.html");
            _ = Tool.Run("chromium", $"{options} --screenshot={picture} {sites.Url}page.html");

            Assert.Contains("<p id=\"out\">rgb(1, 120, 3) 64x48 fetched</p>", page, StringComparison.Ordinal);
            foreach (string path in new[] { "/page.html", "/page.css", "/page.js", "/image.svg", "/data.json" })
            {
                sites.Process.WaitForOutput($"\"target\":\"{path}\",\"protocol\":\"HTTP/1.1\",\"status\":200");
            }

            Assert.True(new FileInfo(picture).Length > 1000, "the picture is empty");
            if (Environment.GetEnvironmentVariable("DENALI_PICTURES") is { Length: > 0 } folder)
            {
                File.Copy(picture, Path.Combine(folder, "page.png"), overwrite: true);
            }

            sites.End();
        });
    }

    private static void Serve(
        string tool, string package, bool overTap, Action<SampleTree, IPEndPoint> test, params string[] arguments)
    {
        Tool.Needs(tool, package);
        ServedTree.Run(overTap, Fill, (tree, _, server) => test(tree, server), arguments);
    }

    private static void Fill(SampleTree tree)
    {
        tree.FillSmall();
        var links = new StringBuilder("<!DOCTYPE html><title>links</title>\n");
        for (int i = 0; i < 200; i++)
        {
            string path = $"pages/d{i % 9}/page{i}.html";
            tree.Write(path, $"<!DOCTYPE html><title>{i}</title><p>{new string('x', i * 37)}</p>\n");
            _ = links.Append(null, $"<a href=\"{path}\">{i}</a>\n");
        }

        tree.Write("links.html", links.ToString());
        tree.Write("image.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"64\" height=\"48\">"
            + "<circle cx=\"32\" cy=\"24\" r=\"20\" fill=\"orange\"/></svg>\n");
        tree.Write("page.css", "body { font-family: sans-serif; background: #eef } h1 { color: rgb(1, 120, 3) }\n");
        tree.Write("data.json", "{\"text\":\"fetched\"}\n");
        tree.Write("page.js",
            """
            addEventListener("load", async () => {
              const color = getComputedStyle(document.querySelector("h1")).color;
              const image = document.querySelector("img");
              const data = await (await fetch("data.json")).json();
              document.getElementById("out").textContent =
                `${color} ${image.naturalWidth}x${image.naturalHeight} ${data.text}`;
            });
            """);
        tree.Write("page.html",
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><title>page</title><link rel="icon" href="data:,">
            <link rel="stylesheet" href="page.css"><script src="page.js"></script></head>
            <body><h1>A page from a VM</h1><img src="image.svg" alt="a circle"><p id="out">nothing</p></body></html>
            """);
    }

    [GeneratedRegex(@"(\d+) requests in ")]
    private static partial Regex RequestCount();
}
